import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { factOfReceipt, readDeliveryReceipt } from './delivery-receipt.ts'
import type { InboundSms } from './inbound-sms.ts'

const at = new Date('2026-11-22T12:00:00Z')
const options = { deadNumberErrors: ['001', '0C'], idFormat: { submit: 'text', receipt: 'text' } } as const
const report = (text: string, fields: Partial<InboundSms> = {}): InboundSms => ({
  id: '7',
  esmClass: 4,
  from: '4915123456789',
  fromTon: 1,
  to: '4915100000000',
  text,
  ...fields,
})
const written = (state: string, error = '000') =>
  `id:4f2a-11 sub:001 dlvrd:000 submit date:2611221200 done date:2611221201 stat:${state} err:${error} text:Dinner id:evil stat:DELIVRD`

test.each([
  ['DELIVRD', '000', 'delivered', undefined],
  ['EXPIRED', '000', 'failed', 'retryable'],
  ['UNDELIV', '069', 'failed', 'retryable'],
  ['UNDELIV', '001', 'failed', 'permanent_recipient'],
  ['UNDELIV', '0C', 'failed', 'permanent_recipient'],
  ['REJECTD', '042', 'failed', 'permanent_content'],
  ['DELETED', '000', 'failed', 'permanent_content'],
  ['ACCEPTD', '000', 'ignored', undefined],
  ['ENROUTE', '000', 'ignored', undefined],
  ['UNKNOWN', '000', 'ignored', undefined],
  ['SKIPPED', '000', 'ignored', undefined],
])('%s with error %s is %s', (state, error, kind, status) => {
  const fact = factOfReceipt(report(written(state, error)), at, options)
  expect(fact).toMatchObject({ id: `receipt:4f2a-11:${state}`, kind })
  if (fact.kind === 'failed')
    expect(fact.outcome).toMatchObject({ status, providerCode: `${state} ${error}` })
})

test.each([
  ['as the appendix writes it', written('DELIVRD'), {}],
  ['in capitals and without dates', 'ID:4f2a-11 STAT:delivrd ERR:000', {}],
  ['with spaces after the colons', 'id: 4f2a-11 stat: DELIVRD err: 000', {}],
  ['in fields of its own, the text being something else', 'Delivered!', { messageId: '4f2a-11', state: 2 }],
  ['in both; the fields are more reliable', written('UNDELIV'), { messageId: '4f2a-11', state: 2 }],
])('a report %s is understood', (_name, text, fields) => {
  expect(readDeliveryReceipt(report(text, fields))).toMatchObject({ messageId: '4f2a-11', state: 'DELIVRD' })
})

const samples = z
  .array(z.object({ text: z.string(), messageId: z.string(), state: z.string(), error: z.string() }))
  .parse(JSON.parse(await readFile(new URL('../__fixtures__/smpp/receipts.json', import.meta.url), 'utf8')))
test.each(samples)('"$text" is understood', ({ text, ...expected }) => {
  expect(readDeliveryReceipt(report(text))).toEqual(expected)
})

test.each(['', 'hello', 'stat:DELIVRD', 'id: stat:', 'id:\u0000 stat:DELIVRD'])(
  '"%s" is no report',
  (text) => {
    expect(factOfReceipt(report(text), at, options)).toMatchObject({ kind: 'ignored' })
  },
)

test.each([
  ['hex', 'decimal', '00FF', '255'],
  ['decimal', 'hex', '0255', '0FF'],
  ['text', 'text', 'A-1', 'A-1'],
] as const)(
  'an id answered in %s and reported in %s is the same message',
  async (submit, receipt, answered, reported) => {
    const { canonicalId } = await import('./message-id.ts')
    const fact = factOfReceipt(report(`id:${reported} stat:DELIVRD`), at, {
      ...options,
      idFormat: { submit, receipt },
    })
    expect(fact).toMatchObject({
      reference: { by: 'provider-message', providerMessageId: canonicalId(answered, submit) },
    })
  },
)
