import { describe, expect, test } from 'vitest'
import { outboundMessage } from '../../../../../tests/peers/outbound-message.ts'
import { calendarPart } from './calendar-part.ts'

const options = {
  organizer: 'reply+k7qm2xv9bt4sw8nl3pr6dy0000@reply.dinner.test',
  domain: 'dinner.test',
  stamp: new Date('2026-11-22T12:00:00Z'),
}
const calendar = {
  uid: 'a1-b2',
  sequence: 1,
  start: '2026-11-27T20:00:00.000Z',
  end: '2026-11-27T22:00:00.000Z',
}
const linesOf = (part: ReturnType<typeof calendarPart>) =>
  part?.content.replaceAll('\r\n ', '').split('\r\n') ?? []

test('a message without a calendar entry has none', () => {
  expect(calendarPart(outboundMessage(), options)).toBeUndefined()
})

test('an entry names who asks, who is asked, and itself', () => {
  const part = calendarPart(outboundMessage({ calendar }), options)
  expect(part?.method).toBe('REQUEST')
  expect(linesOf(part)).toEqual(
    expect.arrayContaining([
      'UID:a1-b2@dinner.test',
      'SEQUENCE:1',
      `ORGANIZER;CN="Anna":mailto:${options.organizer}`,
      'ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE;CN="Ann Lee":mailto:ann@guests.test',
      'SUMMARY:Dinner on Friday at 8?',
      'DESCRIPTION:Dinner on Friday at 8?',
    ]),
  )
})

test('an answer given elsewhere and a cancellation stand in it', () => {
  const message = outboundMessage({ calendar })
  expect(calendarPart(message, { ...options, partstat: 'DECLINED' })?.content).toContain('PARTSTAT=DECLINED')
  expect(calendarPart(message, { ...options, method: 'CANCEL' })).toMatchObject({
    method: 'CANCEL',
    content: expect.stringContaining('STATUS:CANCELLED'),
  })
})

describe('what it is called', () => {
  test.each([
    [
      'its own summary',
      { calendar: { ...calendar, summary: 'Dinner' }, content: { subject: 'S', text: 'T' } },
      'Dinner',
    ],
    ['else the subject', { calendar, content: { subject: 'Subject', text: 'T' } }, 'Subject'],
    ['else the first line', { calendar, content: { text: 'First\nsecond' } }, 'First'],
  ])('%s', (_name, change, summary) => {
    expect(linesOf(calendarPart(outboundMessage(change), options))).toContain(`SUMMARY:${summary}`)
  })
})

test('the way to answer on a page stays out: others see a calendar', () => {
  expect(calendarPart(outboundMessage({ calendar }), options)?.content).not.toContain('tokentoken')
})

test('a host gets no invitation to answer themselves', () => {
  const message = outboundMessage({ calendar, to: { address: options.organizer.toUpperCase() } })
  expect(calendarPart(message, options)).toBeUndefined()
})

test('a very long text is cut, and nothing is cut in two', () => {
  const part = calendarPart(outboundMessage({ calendar, content: { text: '🎉'.repeat(10_000) } }), options)
  expect(part?.content.length).toBeLessThan(8_000)
  expect(part?.content.isWellFormed()).toBe(true)
})
