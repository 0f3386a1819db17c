import { yesNo, type Invitation } from '@invite-me/core'
import type { SendOutcome } from '@invite-me/core/channel'
import { inboundRequest, scriptedChannel, virtualClock, type InviteMeTest } from '@invite-me/core/testing'
import { describe, expect, test } from 'vitest'
import { newWorkspace } from '../worlds/workspace.ts'
import { world } from '../worlds/world.ts'
import { startEngine } from './start-engine.ts'

const ann = { routes: { email: 'ann@guests.test' } }
const dinner = { text: 'Dinner on Friday at 8?', calendar: { start: '2026-11-27T20:00:00+01:00' } }
const moved = { start: '2026-11-28T20:00:00+01:00' }
const movedAgain = { start: '2026-11-29T20:00:00+01:00' }
const yes = { kind: 'option', value: 'yes' } as const
const no = { kind: 'option', value: 'no' } as const

const mail = () => scriptedChannel({ name: 'email', supports: { edits: ['calendar'] } })

async function start() {
  const channel = mail()
  const t = await startEngine({ channels: [channel] })
  const told = () => channel.edited.map(({ reason, message }) => [reason.kind, message.calendar?.sequence])
  return { t, channel, told }
}

async function ask(t: InviteMeTest) {
  const invitation = await t.inviteMe.ask(ann, dinner, { answer: yesNo() })
  await t.clock.settle()
  return invitation
}

describe('an appointment that is moved', () => {
  test('while its mail is being sent is told of by another one right after', async () => {
    const { t, channel, told } = await start()
    let arrive = (_outcome: SendOutcome): void => undefined
    channel.script([() => new Promise((resolve) => (arrive = resolve))])
    const { messageId } = await ask(t)
    await t.inviteMe.messages.reschedule(messageId, moved)
    await t.clock.settle()
    expect(told()).toEqual([])
    arrive({ status: 'accepted', providerMessageId: 'm1' })
    await t.clock.settle()
    expect(channel.outbox[0]?.message.calendar?.sequence).toBe(0)
    expect(told()).toEqual([['updated', 1]])
  })

  test('is told once to somebody who had a reminder, too', async () => {
    const { t, channel, told } = await start()
    const { messageId } = await t.inviteMe.ask(ann, dinner, { answer: yesNo(), remind: ['1h'] })
    await t.advance('2h')
    expect(channel.outbox).toHaveLength(2)
    await t.inviteMe.messages.reschedule(messageId, moved)
    await t.clock.settle()
    expect(told()).toEqual([['updated', 1]])
  })

  test('twice in a hurry is told of as it is in the end', async () => {
    const { t, channel } = await start()
    const { messageId } = await ask(t)
    await Promise.all([
      t.inviteMe.messages.reschedule(messageId, moved),
      t.inviteMe.messages.reschedule(messageId, movedAgain),
    ])
    await t.clock.settle()
    const last = channel.edited.at(-1)?.message.calendar
    const moves = (await t.inviteMe.events.list()).filter(({ type }) => type === 'invitation.rescheduled')
    const kept = moves.find(({ data }) => data['sequence'] === 2)
    expect(last).toMatchObject({ start: kept?.data['start'], sequence: 2 })
    // Two requests over HTTP that are made at once arrive in any order; calls do not.
    expect(last?.start).toMatch(world === 'server' ? /^2026-11-2[89]T19:/ : /^2026-11-29T19:/)
    expect(channel.edited.length).toBeLessThanOrEqual(2)
  })

  test('is not told to who declines before the mail has left', async () => {
    const channel = scriptedChannel({
      name: 'email',
      supports: { edits: ['calendar'] },
      limits: { bucket: () => ({ key: 'guests.test', rate: { count: 1, perMs: 60_000 } }) },
    })
    const t = await startEngine({ channels: [channel] })
    const invitation = await ask(t)
    await t.inviteMe.messages.reschedule(invitation.messageId, moved)
    await t.press(invitation, 'no')
    await t.advance('1h')
    expect(channel.edited).toEqual([])
  })

  test('for 1,000 guests tells each of them once, and a second call nobody', async () => {
    const { t, channel } = await start()
    const everybody = Array.from({ length: 1_000 }, (_, number) => ({
      routes: { email: `guest-${String(number)}@guests.test` },
    }))
    const group = await t.inviteMe.ask(everybody, dinner, { answer: yesNo() })
    await t.advance('1m')
    expect(channel.outbox).toHaveLength(1_000)
    await t.inviteMe.messages.reschedule(group.messageId, moved)
    await t.advance('1m')
    expect(new Set(channel.edited.map(({ message }) => message.to.address)).size).toBe(1_000)
    expect(channel.edited).toHaveLength(1_000)
    await t.inviteMe.messages.reschedule(group.messageId, moved)
    await t.advance('1m')
    expect(channel.edited).toHaveLength(1_000)
    expect(t.troubles).toEqual([])
  })

  test('by a process that died amid it is told to the rest when it is asked for again', async () => {
    const place = await newWorkspace()
    const clock = virtualClock()
    let seed = 0
    const begin = async (channel = mail(), dispatch = true) => {
      const process = await place.process(clock)
      return startEngine({ ...process, clock, seed: (seed += 1), channels: [channel], dispatch })
    }
    const first = await begin()
    const { messageId } = await ask(first)
    await first.stop()
    const died = await begin(mail(), false)
    await died.inviteMe.messages.reschedule(messageId, moved)
    await died.stop()
    // As if it had died after it wrote the new entry, before it planned to tell anybody.
    const store = await place.store().open()
    const now = new Date(clock.now())
    const planned = await store.edits.claimDue({ channel: 'email', now, limit: 10, leaseUntil: now })
    expect(await Promise.all(planned.map((edit) => store.edits.settle(edit, null)))).toEqual([true])
    await store.close()
    const channel = mail()
    const second = await begin(channel)
    await second.inviteMe.messages.reschedule(messageId, moved)
    await second.advance('1m')
    expect(channel.edited).toMatchObject([
      { reason: { kind: 'updated' }, message: { calendar: { sequence: 1 } } },
    ])
  })
})

describe('an appointment of somebody who said stop since', () => {
  const places: readonly [
    string,
    (t: InviteMeTest, invitation: Invitation<boolean>) => Promise<unknown>,
    readonly string[],
  ][] = [
    ['who had not answered is not told that it moved or is off', async () => undefined, []],
    [
      'who had said yes is told that it moved, and that it is off',
      (t, { id }) => t.inviteMe.respond(id, yes, { via: 'email' }),
      ['updated', 'cancelled'],
    ],
    ['who had said no is left in peace', (t, { id }) => t.inviteMe.respond(id, no, { via: 'email' }), []],
  ]
  test.each(places)('%s', async (_, before, expected) => {
    const { t, channel } = await start()
    const invitation = await ask(t)
    await before(t, invitation)
    await t.inviteMe.recipients.optOut('email', 'ann@guests.test')
    await t.inviteMe.messages.reschedule(invitation.messageId, moved)
    await t.clock.settle()
    await invitation.cancel()
    await t.clock.settle()
    expect(channel.edited.map(({ reason }) => reason.kind)).toEqual(expected)
  })

  test.each(['complained', 'failed'] as const)(
    'and who %s gets nothing, whatever they had said',
    async (kind) => {
      const { t, channel } = await start()
      const invitation = await ask(t)
      await t.inviteMe.respond(invitation.id, yes, { via: 'email' })
      await t.inviteMe.recipients.optOut('email', 'ann@guests.test')
      const base = {
        id: 'r1',
        at: new Date(0),
        reference: { by: 'provider-message', providerMessageId: 'email-1' },
      } as const
      const outcome = { status: 'permanent_recipient', scope: 'recipient' } as const
      if (kind === 'failed') await t.inviteMe.recipients.optIn('email', 'ann@guests.test')
      await t.inviteMe.receive(
        'email',
        inboundRequest('email', [kind === 'failed' ? { ...base, kind, outcome } : { ...base, kind }]),
      )
      await t.inviteMe.messages.reschedule(invitation.messageId, moved)
      await invitation.cancel()
      await t.clock.settle()
      expect(channel.edited).toEqual([])
    },
  )
})

describe('an appointment that is called off', () => {
  test('after "no" is closed, so that nobody changes their mind to come, and no mail is sent', async () => {
    const { t, channel } = await start()
    const invitation = await ask(t)
    await t.inviteMe.respond(invitation.id, no, { via: 'email' })
    expect(await invitation.cancel()).toBe('cancelled')
    await t.clock.settle()
    expect(channel.edited).toEqual([])
    expect(await t.inviteMe.respond(invitation.id, yes)).toMatchObject({
      status: 'late',
      reason: 'cancelled',
    })
  })

  test('right after it was moved has a higher sequence than any before', async () => {
    const { t, told } = await start()
    const invitation = await ask(t)
    await t.inviteMe.messages.reschedule(invitation.messageId, moved)
    await t.clock.settle()
    await invitation.cancel()
    await t.clock.settle()
    expect(told()).toEqual([
      ['updated', 1],
      ['cancelled', 2],
    ])
    expect(await invitation.cancel()).toBe('cancelled')
  })
})
