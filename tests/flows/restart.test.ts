import { yesNo } from '@invite-me/core'
import type { InviteMeTest, InviteMeTestOptions, VirtualClock } from '@invite-me/core/testing'
import { virtualClock } from '@invite-me/core/testing'
import { beforeEach, describe, expect, test } from 'vitest'
import { cutOff, newWorkspace, type Workspace } from '../worlds/workspace.ts'
import { sam, soon, startEngine } from './start-engine.ts'

const answer = yesNo()
let place: Workspace
let clock: VirtualClock
let seed = 0

beforeEach(async () => {
  place = await newWorkspace()
  clock = virtualClock()
})

/** A process of its own: another engine on the same data and clock. */
async function startProcess(options: InviteMeTestOptions = {}): Promise<InviteMeTest> {
  return startEngine({ ...(await place.process(clock)), clock, seed: (seed += 1), ...options })
}

describe('another process', () => {
  test('takes up an invitation by its id, after the first is gone', async () => {
    const first = await startProcess()
    const { id, messageId } = await first.inviteMe.ask(sam, 'Dinner?', { answer })
    await clock.settle()
    await first.stop()

    const second = await startProcess()
    const invitation = await second.inviteMe.invitation<boolean>(id)
    expect(invitation).toMatchObject({ id, messageId, to: 'sam' })
    const answering = invitation.answer()
    await second.inviteMe.respond(id, { kind: 'text', text: 'yes' })
    expect(await soon(clock, answering)).toMatchObject({ kind: 'answered', value: true })
    const group = await second.inviteMe.invitationGroup(messageId)
    expect(group.invitations).toHaveLength(1)
    await expect(second.inviteMe.invitation('nobody')).rejects.toMatchObject({ code: 'INVITATION_UNKNOWN' })
    await expect(second.inviteMe.invitationGroup('nothing')).rejects.toMatchObject({
      code: 'INVITATION_UNKNOWN',
    })
  })

  test('sends what the first accepted and did not send', async () => {
    const first = await startProcess({ dispatch: false })
    await first.inviteMe.ask(sam, 'Dinner?', { answer })
    await first.stop()
    const second = await startProcess()
    await clock.settle()
    expect(second.outbox).toHaveLength(1)
  })

  test('that listens hears what the other made true', async () => {
    const asking = await startProcess({ dispatch: false })
    const sending = await startProcess()
    const heard: string[] = []
    asking.inviteMe.on('*', ({ type }) => heard.push(type))
    const invitation = await asking.inviteMe.ask(sam, 'Dinner?', { answer })
    const answering = invitation.answer()
    await clock.advance('2s')
    expect(sending.outbox).toHaveLength(1)
    await sending.reply(sending.outbox[0] ?? '', 'yes')
    await clock.advance('1s')
    expect(await answering).toMatchObject({ kind: 'answered', via: 'telegram' })
    expect(heard).toEqual(['message.accepted', 'delivery.sent', 'invitation.accepted'])
  })

  test('shares the work, and nothing is sent twice', async () => {
    const one = await startProcess()
    const other = await startProcess()
    const people = Array.from({ length: 30 }, (_, number) => ({
      routes: { email: `guest-${String(number)}@b.test` },
    }))
    await one.inviteMe.ask(people.slice(0, 15), 'Dinner?', { answer })
    await other.inviteMe.ask(people.slice(15), 'Dinner?', { answer })
    await clock.advance('5s')
    const sent = [...one.outbox, ...other.outbox].map(({ message }) => message.to.address)
    expect(sent).toHaveLength(30)
    expect(new Set(sent).size).toBe(30)
  })

  test('continues a plan where the first left off', async () => {
    const first = await startProcess()
    await first.inviteMe.ask(sam, 'Dinner?', { answer, next: { unlessAnswered: '30m' }, remind: ['2h'] })
    await clock.advance('10m')
    await first.stop()
    await clock.advance('10m')
    const second = await startProcess()
    await clock.advance('3h')
    expect(second.outbox.map(({ channel, message }) => [channel, message.purpose])).toEqual([
      ['email', 'message'],
      ['email', 'reminder'],
    ])
  })
})

describe('a worker that dies with a message in hand', () => {
  /** A process that is killed while its channel hangs: it stops to give signs of life, and settles nothing. */
  async function dieWhileSending(
    options: Parameters<InviteMeTest['inviteMe']['ask']>[2] = { answer },
  ): Promise<string> {
    const own = virtualClock(clock.now())
    const process = await place.process(own)
    const dying = await startEngine({ ...process, clock: own, seed: (seed += 1), channels: ['email'] })
    dying.fail('email', 'hang')
    const invitation = await dying.inviteMe.ask({ routes: { email: 'a@b.test' } }, 'Dinner?', options)
    await own.settle()
    expect(dying.outbox).toHaveLength(1)
    await cutOff(process)
    return invitation.id
  }

  test('is succeeded within five seconds of its lease, and the second message is marked', async () => {
    const id = await dieWhileSending()
    const second = await startProcess({ channels: ['email'] })
    await clock.advance('14s')
    expect(second.outbox).toHaveLength(0)
    await clock.advance('6s')
    expect(second.outbox).toHaveLength(1)
    expect(await second.inviteMe.receipts.list({ invitationId: id })).toMatchObject([
      { kind: 'unknown', attempt: 1, outcome: 'unknown', duplicatePossible: false },
      { kind: 'accepted', attempt: 2, duplicatePossible: true },
    ])
    const [delivery] = await second.inviteMe.deliveries.list({ invitationId: id })
    expect(delivery).toMatchObject({ state: 'sent', crashes: 1, tries: 0 })
  })

  test('is not succeeded by a second message when the sender wants it so', async () => {
    const id = await dieWhileSending({ answer, onUnknown: 'assume-sent' })
    const second = await startProcess({ channels: ['email'] })
    await clock.advance('1m')
    expect(second.outbox).toHaveLength(0)
    expect(await second.inviteMe.deliveries.list({ invitationId: id })).toMatchObject([{ state: 'sent' }])
  })

  test('again and again with the same message is stopped', async () => {
    const id = await dieWhileSending()
    for (let death = 0; death < 2; death += 1) {
      clock.jump(60_000)
      const own = virtualClock(clock.now())
      const process = await place.process(own)
      const dying = await startEngine({
        ...process,
        clock: own,
        seed: (seed += 1),
        channels: ['email'],
        policies: { crashes: 3 },
        dispatch: false,
      })
      dying.fail('email', 'hang')
      dying.inviteMe.start()
      await own.advance('10s')
      expect(dying.outbox).toHaveLength(1)
      await cutOff(process)
    }
    clock.jump(60_000)
    const last = await startProcess({ channels: ['email'], policies: { crashes: 3 } })
    await clock.advance('1m')
    expect(last.outbox).toHaveLength(0)
    expect(await last.inviteMe.deliveries.list({ invitationId: id })).toMatchObject([
      { state: 'failed', reason: 'worker_crashes' },
    ])
    expect(await (await last.inviteMe.invitation(id)).state()).toBe('unreachable')
  })

  test('comes back too late to decide anything, and leaves a receipt', async () => {
    const own = virtualClock(clock.now())
    const slow = await startEngine({
      ...(await place.process(own)),
      clock: own,
      seed: (seed += 1),
      channels: ['email'],
    })
    let answerNow = (): void => undefined
    slow.channel('email').script([
      () =>
        new Promise((resolve) => {
          answerNow = () => resolve({ status: 'permanent_recipient', scope: 'recipient' })
        }),
    ])
    const { id } = await slow.inviteMe.ask({ routes: { email: 'a@b.test' } }, 'Dinner?', { answer })
    await own.settle()
    const second = await startProcess({ channels: ['email'] })
    await clock.advance('30s')
    expect(second.outbox).toHaveLength(1)
    own.jump(31_000)
    answerNow()
    await own.settle()
    expect(await (await second.inviteMe.invitation(id)).state()).toBe('pending')
    expect(await second.inviteMe.receipts.list({ invitationId: id })).toMatchObject([
      { kind: 'unknown' },
      { kind: 'accepted' },
      { kind: 'failed', duplicatePossible: true, detail: expect.stringContaining('another worker') },
    ])
  })

  test('but only hangs keeps its message by its signs of life', async () => {
    const first = await startProcess({ channels: ['email'], lease: '3s' })
    const second = await startProcess({ channels: ['email'], lease: '3s' })
    first.fail('email', 'hang')
    second.fail('email', 'hang')
    await first.inviteMe.ask({ routes: { email: 'a@b.test' } }, 'Dinner?', { answer })
    await clock.advance('20s')
    expect([...first.outbox, ...second.outbox]).toHaveLength(1)
  })
})
