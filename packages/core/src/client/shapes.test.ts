import { anything, assert, property } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { UnexpectedShape } from './readers.ts'
import * as shapes from './shapes.ts'

const delivery = {
  id: 'd1',
  messageId: 'm1',
  state: 'sent',
  dueAt: null,
  routeSince: '2026-01-05T09:00:00.000Z',
  acceptedAt: '2026-01-05T09:00:01.000Z',
  firstAcceptedAt: '2026-01-05T09:00:01.000Z',
  createdAt: '2026-01-05T09:00:00.000Z',
  updatedAt: '2026-01-05T09:00:01.000Z',
}

describe('what an answer holds', () => {
  it('has its moments as dates, what is not there as null, and the rest as it came', () => {
    const read = shapes.delivery({ ...delivery, name: '2026-01-05T09:00:00.000Z', addedLater: 7 }, 'answer')
    expect(read.createdAt).toEqual(new Date('2026-01-05T09:00:00.000Z'))
    expect(read.dueAt).toBeNull()
    // Only known members are dates: a text that looks like one stays a text.
    expect(read).toMatchObject({ name: '2026-01-05T09:00:00.000Z', addedLater: 7 })
  })

  it.each([
    ['a moment that is none', { ...delivery, createdAt: 'yesterday' }, 'answer.createdAt'],
    ['a moment that is missing', { ...delivery, createdAt: undefined }, 'answer.createdAt'],
    ['an id that is missing', { ...delivery, id: undefined }, 'answer.id'],
    ['a list', [delivery], 'answer'],
    ['nothing', null, 'answer'],
  ])('refuses %s, naming the place', (_what, value, place) => {
    expect(() => shapes.delivery(value, 'answer')).toThrow(expect.objectContaining({ place }))
  })

  it('knows two kinds of receipts of an answer', () => {
    const counted = { status: 'counted', invitationId: 'i', value: true, revision: 1, changeableUntil: null }
    expect(shapes.responseReceipt(counted, 'answer')).toEqual(counted)
    expect(() => shapes.responseReceipt({ ...counted, changeableUntil: 5 }, 'answer')).toThrow(
      UnexpectedShape,
    )
    expect(
      shapes.responseReceipt({ status: 'unclear', invitationId: 'i', hint: 'yes or no' }, 'answer'),
    ).toMatchObject({
      hint: 'yes or no',
    })
  })

  it('never breaks otherwise, whatever came', () => {
    const readers = Object.values(shapes)
    assert(
      property(anything(), (value) => {
        for (const read of readers) {
          try {
            read(value, 'answer')
          } catch (error) {
            expect(error).toBeInstanceOf(UnexpectedShape)
          }
        }
      }),
    )
  })
})
