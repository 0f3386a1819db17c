import { expect, test } from 'vitest'
import { readSuppressions, type suppressionFormats } from './read-suppressions.ts'

async function read(format: (typeof suppressionFormats)[number], text: string) {
  const records = []
  const options = { parse: (line: string): unknown => JSON.parse(line) }
  for await (const record of readSuppressions(format, [new TextEncoder().encode(text)], options))
    records.push(record)
  return records
}

test('a list in JSON, a suppression a line, also one that was handed out here', async () => {
  const list = [
    '{"channel":"email","address":"ann@guests.test"}',
    '',
    '{"id":"7","channel":"sms","address":"+1","category":"news","reason":"manual","source":"host","at":"2026-01-05T09:00:00Z"}',
    '{"line":40,"suppression":{"channel":"sms","address":"+2"}}',
    '{"line":41,"problem":"a broken line"}',
    '[1]',
  ].join('\n')
  expect(await read('application/x-ndjson', list)).toEqual([
    { line: 1, suppression: { channel: 'email', address: 'ann@guests.test' } },
    {
      line: 3,
      suppression: {
        channel: 'sms',
        address: '+1',
        category: 'news',
        reason: 'manual',
        source: 'host',
        at: '2026-01-05T09:00:00Z',
      },
    },
    { line: 40, suppression: { channel: 'sms', address: '+2' } },
    { line: 41, problem: 'a broken line' },
    { line: 6, problem: 'the line is no JSON object' },
  ])
})

test('a list in CSV, whatever the order of its columns; what is empty is not given', async () => {
  const list =
    'Address;channel;reason;remarks;category\nann@guests.test;email;;a friend;news\n;email;bounced;;\n'
  expect(await read('text/csv', list)).toEqual([
    { line: 2, suppression: { address: 'ann@guests.test', channel: 'email', category: 'news' } },
    { line: 3, suppression: { address: '', channel: 'email', reason: 'bounced' } },
  ])
})

test.each([
  ['without headings', ''],
  ['without addresses', 'channel,reason\nemail,bounced\n'],
  ['with a column twice', 'channel,address,Channel\n'],
])('a list in CSV cannot be used: %s', async (_name, list) => {
  await expect(read('text/csv', list)).rejects.toMatchObject({ code: 'REQUEST_INVALID', field: 'file' })
})
