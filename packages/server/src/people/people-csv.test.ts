import type { ImportRecord } from '@invite-me/core'
import { describe, expect, it } from 'vitest'
import { readPeopleCsv } from './people-csv.ts'

const channels = ['email', 'log', 'twilio-sms']

async function read(text: string | Uint8Array, encoding?: string): Promise<readonly ImportRecord[]> {
  const records: ImportRecord[] = []
  const source = [typeof text === 'string' ? Buffer.from(text) : text]
  const options = { channels, phoneChannel: 'twilio-sms', ...(encoding === undefined ? {} : { encoding }) }
  for await (const record of readPeopleCsv(source, options)) records.push(record)
  return records
}

async function readOne(text: string): Promise<unknown> {
  const [record] = await read(text)
  return record !== undefined && 'recipient' in record ? record.recipient : record
}

const open = (channel: string, address: string): object => ({ channel, address, state: 'open' })

describe('readPeopleCsv', () => {
  it('reads every column it knows, in any spelling, and keeps the rest as attributes', async () => {
    const text =
      'External ID;Name;Phone;E-Mail;telegram;twilio_SMS2;Locale;Time Zone;table\n' +
      'sam;Sam Öz;+15550100;sam@guests.test;4711;;pt-BR;Europe/Lisbon;7\n'
    expect(await read(text)).toEqual([
      {
        line: 2,
        recipient: {
          externalId: 'sam',
          name: 'Sam Öz',
          locale: 'pt-BR',
          zone: 'Europe/Lisbon',
          attributes: { table: '7' },
          routes: [
            open('twilio-sms', '+15550100'),
            open('email', 'sam@guests.test'),
            open('telegram', '4711'),
          ],
        },
      },
    ])
  })

  it('tells which columns became attributes', async () => {
    const told: string[][] = []
    const source = [Buffer.from('email,emial,log\na@guests.test,x,y')]
    const options = {
      channels,
      phoneChannel: 'sms',
      onAttributes: (columns: readonly string[]) => told.push([...columns]),
    }
    for await (const record of readPeopleCsv(source, options)) expect(record).toHaveProperty('recipient')
    expect(told).toEqual([['emial']])
  })

  it('knows somebody without an id by the e-mail address in lower case, else by the first address', async () => {
    expect(await readOne('name,phone,email\nAnn,+15550100,Ann@Guests.test')).toMatchObject({
      externalId: 'ann@guests.test',
    })
    expect(await readOne('name,phone,email\nAnn,+15550100,')).toMatchObject({ externalId: '+15550100' })
    expect(await readOne('name,email\nAnn,')).toEqual({
      line: 2,
      problem: 'the line has neither an id nor an address',
    })
  })

  it.each([
    ['yes', 'opted_out', 'opted_out'],
    ['TRUE', 'opted_out', 'opted_out'],
    ['no', 'open', 'open'],
    ['', 'open', 'open'],
    ['email', 'opted_out', 'open'],
    ['"email, twilio-sms"', 'opted_out', 'opted_out'],
  ])('reads opted_out "%s"', async (cell, email, phone) => {
    expect(await readOne(`email,phone,opted_out\na@guests.test,+15550100,${cell}`)).toMatchObject({
      routes: [{ state: email }, { state: phone }],
    })
  })

  it('does not write to somebody whose opt-out it cannot understand', async () => {
    expect(await readOne('email,opted_out\na@guests.test,perhaps')).toEqual({
      line: 2,
      problem: 'the column opted_out holds neither yes nor no nor a list of channels',
    })
  })

  it('reports lines that cannot be used with their number and goes on', async () => {
    const text =
      'email,name\na@guests.test,Ann\nb@guests.test\nc@guests.test,Cy,extra\n"d@guests.test,Di\ne@guests.test,Eve,,\n'
    expect(await read(text)).toMatchObject([
      { line: 2, recipient: { name: 'Ann' } },
      { line: 3, problem: 'the line has 1 column, the headings have 2' },
      { line: 4, problem: 'the line has 3 columns, the headings have 2' },
      { line: 5, problem: 'a quotation mark is opened here and never closed' },
      { line: 6, recipient: { name: 'Eve' } },
    ])
  })

  it('passes on line breaks, NUL and endless names, for the engine to refuse with their line', async () => {
    const long = 'x'.repeat(1_000_000)
    expect(
      await read(`email,name\na@guests.test,"A\nB"\nb@guests.test,A\0B\nc@guests.test,${long}`),
    ).toMatchObject([
      { line: 2, recipient: { name: 'A\nB' } },
      { line: 4, recipient: { name: 'A\0B' } },
      { line: 5, recipient: { name: long } },
    ])
  })

  it('reads what spreadsheets save: a byte order mark, UTF-16, an old encoding that is named', async () => {
    const text = 'email;name\nz@guests.test;Zoë\n'
    const wanted = [{ line: 2, recipient: { name: 'Zoë' } }]
    expect(await read(`\ufeff${text}`)).toMatchObject(wanted)
    expect(await read(Buffer.from(`\ufeff${text}`, 'utf16le'))).toMatchObject(wanted)
    expect(await read(Buffer.from(text, 'latin1'), 'windows-1252')).toMatchObject(wanted)
  })

  it('does not guess an old encoding: the line is reported, the others are taken', async () => {
    const text = Buffer.concat([
      Buffer.from('email,name\nz@guests.test,Zo'),
      Buffer.from([0xeb]),
      Buffer.from('\na@guests.test,Ann'),
    ])
    expect(await read(text)).toMatchObject([
      { line: 2, problem: expect.stringContaining('not UTF-8') },
      { line: 3, recipient: { name: 'Ann' } },
    ])
  })

  it.each([
    ['an empty file', '', 'It is empty'],
    ['only a byte order mark', '\ufeff', 'It is empty'],
    ['headings that repeat', 'email,E-Mail\na,b', 'Two of its columns mean "email"'],
    ['headings that say nothing', 'Ann,a@guests.test\n', 'names no column of ids or addresses'],
    ['a heading without an end', '"email\na@guests.test', 'line of headings cannot be read'],
    [
      'UTF-16 without a mark',
      Buffer.from('email\na@guests.test', 'utf16le').toString('latin1'),
      'not plain text',
    ],
  ])('refuses %s as a whole', async (_name, text, reason) => {
    await expect(read(text)).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
      message: expect.stringContaining(reason),
    })
  })

  it('treats names of built-in properties as attributes', async () => {
    expect(await readOne('email,constructor\na@guests.test,x')).toMatchObject({
      attributes: { constructor: 'x' },
    })
  })
})
