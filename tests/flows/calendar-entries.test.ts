import { isInviteMeError, yesNo } from '@invite-me/core'
import { inboundRequest, scriptedChannel, type InviteMeTest } from '@invite-me/core/testing'
import { describe, expect, test } from 'vitest'
import { startEngine } from './start-engine.ts'

const ann = { routes: { email: 'ann@guests.test' } }
const dinner = {
  text: 'Dinner on Friday at 8?',
  calendar: { start: '2026-11-27T20:00:00+01:00', end: '2026-11-27T23:00:00+01:00', location: 'Old mill' },
}
const moved = { start: '2026-11-28T20:00:00+01:00', location: 'Old mill' }

const mail = () => scriptedChannel({ name: 'email', supports: { edits: ['calendar'] } })

describe('a message with a calendar entry', () => {
  test('carries it in UTC, with an entry and an organizer of each person’s own', async () => {
    const channel = mail()
    const t = await startEngine({ channels: [channel] })
    await t.inviteMe.ask([ann, { routes: { email: 'ben@guests.test' } }], dinner, { answer: yesNo() })
    await t.clock.settle()
    const [one, other] = channel.outbox.map(({ message }) => message)
    expect(one?.calendar).toMatchObject({
      start: '2026-11-27T19:00:00.000Z',
      end: '2026-11-27T22:00:00.000Z',
      location: 'Old mill',
      sequence: 0,
    })
    expect(one?.calendar?.uid).not.toBe(other?.calendar?.uid)
  })

  test('is moved where it stands: same entry, same organizer, higher sequence', async () => {
    const channel = mail()
    const t = await startEngine({ channels: [channel] })
    const invitation = await t.inviteMe.ask(ann, dinner, { answer: yesNo(), remind: ['1d'] })
    await t.clock.settle()
    await t.inviteMe.messages.reschedule(invitation.messageId, moved)
    await t.clock.settle()
    const [sent] = channel.outbox
    expect(channel.edited).toHaveLength(1)
    expect(channel.edited[0]).toMatchObject({
      reason: { kind: 'updated' },
      message: {
        replyToken: sent?.message.replyToken,
        calendar: { uid: sent?.message.calendar?.uid, sequence: 1, start: '2026-11-28T19:00:00.000Z' },
      },
    })
    await t.inviteMe.messages.reschedule(invitation.messageId, moved)
    await t.clock.settle()
    expect(channel.edited).toHaveLength(1)
    await t.advance('1d')
    const reminder = channel.outbox[1]?.message
    expect(reminder).toMatchObject({
      purpose: 'reminder',
      replyToken: sent?.message.replyToken,
      calendar: { sequence: 1, start: '2026-11-28T19:00:00.000Z' },
    })
  })

  test('is called off in the calendars, also of those who said yes', async () => {
    const channel = mail()
    const t = await startEngine({ channels: [channel, 'telegram'] })
    const invitation = await t.inviteMe.ask(ann, dinner, { answer: yesNo() })
    await t.clock.settle()
    await t.inviteMe.respond(invitation.id, { kind: 'option', value: 'yes' })
    await t.clock.settle()
    expect(await invitation.cancel()).toBe('cancelled')
    await t.clock.settle()
    expect(channel.edited.map(({ reason }) => reason.kind)).toEqual(['answered', 'cancelled'])
    expect(channel.edited[1]?.message.calendar?.sequence).toBe(1)
  })

  test('who declined is not told of a new time; a calendar that answered is not told its answer', async () => {
    const channel = mail()
    const t = await startEngine({ channels: [channel] })
    const invitation = await t.inviteMe.ask(ann, dinner, { answer: yesNo() })
    await t.clock.settle()
    await t.press(invitation, 'no')
    await t.inviteMe.messages.reschedule(invitation.messageId, moved)
    await t.clock.settle()
    expect(channel.edited).toEqual([])
  })

  test.each([
    ['calendar.start', { start: 'tomorrow' }],
    ['calendar.end', { start: '2026-11-27T20:00:00Z', end: '2026-11-27T19:00:00Z' }],
    ['calendar.location', { start: '2026-11-27T20:00:00Z', location: 'a\r\nATTENDEE:mailto:eve@evil.test' }],
  ])('a bad %s is refused by its name', async (field, calendar) => {
    const t = await startEngine({ channels: [mail()] })
    const refused = await t.inviteMe
      .ask(ann, { text: 'Dinner?', calendar }, { answer: yesNo() })
      .catch((error: unknown) => (isInviteMeError(error) ? [error.code, error.field] : error))
    expect(refused).toEqual(['REQUEST_INVALID', expect.stringContaining(field)])
  })
})

describe('an answer by calendar', () => {
  const answerBy = (t: InviteMeTest, calendarSequence: number, id: string) =>
    t.inviteMe.receive(
      'email',
      inboundRequest('email', [
        {
          id,
          at: new Date(0),
          kind: 'answer',
          reference: { by: 'provider-message', providerMessageId: 'email-1' },
          input: { kind: 'option', value: 'yes' },
          calendarSequence,
        },
      ]),
    )

  test('to an earlier time does not count; the calendar is given the new one again', async () => {
    const channel = mail()
    const t = await startEngine({ channels: [channel] })
    const invitation = await t.inviteMe.ask(ann, dinner, { answer: yesNo() })
    await t.clock.settle()
    await t.inviteMe.messages.reschedule(invitation.messageId, moved)
    await t.clock.settle()
    expect(await answerBy(t, 0, 'reply-1')).toMatchObject([{ answer: 'late' }])
    await t.clock.settle()
    expect(channel.edited.map(({ reason }) => reason.kind)).toEqual(['updated', 'updated'])
    expect(await invitation.state()).toBe('pending')
    expect(await answerBy(t, 1, 'reply-2')).toMatchObject([{ answer: 'counted' }])
    expect(await invitation.answer()).toMatchObject({ value: true, via: 'email' })
  })
})
