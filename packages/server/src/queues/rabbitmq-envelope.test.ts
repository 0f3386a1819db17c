import { lanes, type DueHint, type Lane, type WorkItem } from '@invite-me/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { workItem } from './__fixtures__/work.ts'
import { holdMs, maxBodyBytes, readHint, writeHints } from './rabbitmq-envelope.ts'

const nowMs = Date.UTC(2026, 0, 5, 9)
const channels = fc.constantFrom('email', 'twilio-sms', 'telegram')
const id = fc.string({ minLength: 1, maxLength: 64, unit: 'grapheme' }).filter((text) => text.length <= 64)
const items = (lane: Lane, channel: string) =>
  fc.array(
    fc.record<WorkItem>({
      version: fc.constant(1),
      deliveryId: id,
      messageId: id,
      recipientId: fc.option(id),
      route: fc.record({ channel: fc.constant(channel), routeId: fc.option(id) }),
      fallbacks: fc.array(channels, { maxLength: 100 }),
      lane: fc.constant(lane),
      attempt: fc.integer({ min: 1 }),
      dueAt: fc
        .date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) })
        .map((date) => date.toISOString()),
      traceparent: fc.option(fc.string({ maxLength: 64 })),
    }),
    { maxLength: 400, size: 'max' },
  )
const hints: fc.Arbitrary<DueHint> = fc.tuple(fc.constantFrom(...lanes), channels).chain(([lane, channel]) =>
  fc.record({
    lane: fc.constant(lane),
    channel: fc.constant(channel),
    dueAt: fc.integer({ min: 0, max: 4e12 }),
    items: items(lane, channel),
  }),
)

describe('a hint on the wire', () => {
  test('arrives as it was, in messages none of which is too large', () => {
    fc.assert(
      fc.property(hints, (hint) => {
        const messages = writeHints([hint], nowMs)
        for (const { body } of messages) expect(body.length).toBeLessThanOrEqual(maxBodyBytes)
        const read = messages.map(({ body, lane }) => readHint(body, lane))
        const arrived = read.flatMap((one) => (one.kind === 'hint' ? [one.hint] : []))
        expect(arrived).toHaveLength(messages.length)
        expect(arrived.flatMap((one) => one.items ?? [])).toEqual(hint.items)
        for (const one of arrived)
          expect([one.lane, one.channel, one.dueAt]).toEqual([hint.lane, hint.channel, hint.dueAt])
      }),
      { numRuns: 50 },
    )
  })

  test('a thousand items fill several messages, none of them twice', () => {
    const many = Array.from({ length: 3_000 }, (_, number) => workItem(number))
    const messages = writeHints([{ lane: 2, channel: 'email', dueAt: nowMs, items: many }], nowMs)
    expect(messages.length).toBeGreaterThan(3)
    expect(new Set(messages.map(({ messageId }) => messageId)).size).toBe(messages.length)
  })

  test('without items, or with an empty list of them, it says just that', () => {
    const bare: DueHint = { lane: 4, channel: '', dueAt: nowMs }
    for (const hint of [bare, { ...bare, items: [] }]) {
      const [message, ...more] = writeHints([hint], nowMs)
      expect(more).toEqual([])
      expect(readHint(message?.body ?? Buffer.alloc(0), 4)).toEqual({ kind: 'hint', hint, sentAt: nowMs })
    }
  })

  test('carries the trace its items have in common in a header, and none of several', () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    const traced = workItem(1, { traceparent })
    const hint = { lane: 2, channel: 'email', dueAt: nowMs } as const
    expect(writeHints([{ ...hint, items: [traced] }], nowMs)[0]?.headers).toEqual({ traceparent })
    expect(
      writeHints([{ ...hint, items: [traced, workItem(2, { traceparent })] }], nowMs)[0]?.headers,
    ).toEqual({ traceparent })
    expect(writeHints([{ ...hint, items: [traced, workItem(2)] }], nowMs)[0]?.headers).toEqual({})
    expect(writeHints([{ ...hint, items: [workItem(1)] }], nowMs)[0]?.headers).toEqual({})
  })

  test('an item that is too large alone is refused, by its number', () => {
    const large = workItem(1, { messageId: 'x'.repeat(maxBodyBytes) })
    const hint = { lane: 2, channel: 'email', dueAt: nowMs, items: [workItem(0), large] } as const
    expect(() => writeHints([hint], nowMs)).toThrow(
      expect.objectContaining({ code: 'REQUEST_INVALID', field: 'items.1' }),
    )
  })
})

const good = {
  version: 1,
  lane: 2,
  channel: 'email',
  sentAt: '2026-01-05T09:00:00.000Z',
  dueAt: '2026-01-05T09:00:00.000Z',
}
const strange: readonly (readonly [name: string, body: unknown, reason: string])[] = [
  ['another version', { ...good, version: 2, colour: 'red' }, 'unknown_version'],
  ['a version of long ago', { ...good, version: 0 }, 'unknown_version'],
  ['an item of another version', { ...good, items: [{ ...workItem(1), version: 2 }] }, 'unknown_version'],
  ['no version', { ...good, version: undefined }, 'not_a_hint'],
  ['a version in words', { ...good, version: '1' }, 'not_a_hint'],
  ['a member too many', { ...good, address: 'ada@guests.test' }, 'not_a_hint'],
  [
    'an address in an item',
    { ...good, items: [{ ...workItem(1), address: 'ada@guests.test' }] },
    'not_a_hint',
  ],
  ['a lane that is none', { ...good, lane: 7 }, 'not_a_hint'],
  ['the lane of another queue', { ...good, lane: 3 }, 'not_a_hint'],
  ['an item of another lane', { ...good, items: [workItem(1, { lane: 1 })] }, 'not_a_hint'],
  ['a line break in the channel', { ...good, channel: 'email\r\n' }, 'not_a_hint'],
  ['a time that is none', { ...good, dueAt: 'tomorrow' }, 'not_a_hint'],
  ['a list', [good], 'not_a_hint'],
  ['null', null, 'not_a_hint'],
]

describe('a message that is no hint', () => {
  test.each(strange)('%s is told apart', (_name, body, reason) => {
    expect(readHint(Buffer.from(JSON.stringify(body)), 2)).toMatchObject({ kind: 'strange', reason })
  })

  test('a dangerous name is a member too many like any other', () => {
    const body = `{"__proto__":{"isAdmin":true},${JSON.stringify(good).slice(1)}`
    expect(readHint(Buffer.from(body), 2)).toMatchObject({ kind: 'strange', reason: 'not_a_hint' })
  })

  test('bytes of any kind are read without a complaint, and nothing of them is repeated', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 2_000 }).map((some) => Buffer.from(some)),
      fc.json({ maxDepth: 6 }).map((text) => Buffer.from(text)),
      fc.constant(Buffer.from('['.repeat(60_000) + ']'.repeat(60_000))),
      fc.constant(Buffer.alloc(maxBodyBytes + 1, '{')),
    )
    fc.assert(
      fc.property(bytes, (body) => {
        const read = readHint(body, 2)
        expect(read.kind).toBe('strange')
      }),
    )
    const secret = readHint(Buffer.from(JSON.stringify({ ...good, 'ada@guests.test': 'secret' })), 2)
    expect(JSON.stringify(secret)).not.toMatch(/ada|secret/)
  })
})

describe('how long a hint is held', () => {
  const hint = (dueAt: number): DueHint => ({ lane: 2, channel: 'email', dueAt })

  test('due work is never held, whatever the two clocks say', () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat(), fc.integer(), (sentAt, overdueMs, readerMs) => {
        expect(holdMs({ hint: hint(sentAt - overdueMs), sentAt }, readerMs)).toBe(0)
      }),
    )
  })

  test('later work is held until it is due, and by a slow clock no longer than its sender thought', () => {
    const read = { hint: hint(nowMs + 1_000), sentAt: nowMs }
    expect(holdMs(read, nowMs + 400)).toBe(600)
    expect(holdMs(read, nowMs + 5_000)).toBe(0)
    expect(holdMs(read, nowMs - 300_000)).toBe(1_000)
  })
})
