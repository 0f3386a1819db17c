import { yesNo } from '@invite-me/core'
import type { MessageEdit, SendOutcome } from '@invite-me/core/channel'
import {
  scriptedChannel,
  virtualClock,
  type InviteMeTest,
  type ScriptedChannel,
} from '@invite-me/core/testing'
import { describe, expect, test } from 'vitest'
import { newWorkspace } from '../worlds/workspace.ts'
import { startEngine } from './start-engine.ts'

const sam = { routes: { telegram: '4711' } }
const yes = { kind: 'option', value: 'yes' } as const
const no = { kind: 'option', value: 'no' } as const

/** A medium whose messages can be changed; `edit` does this with each, and keeps what it was handed. */
function chat(
  edit?: (change: MessageEdit, tries: number) => SendOutcome | Promise<SendOutcome>,
  limits?: ScriptedChannel['limits'],
) {
  const channel = scriptedChannel({
    name: 'telegram',
    supports: { edits: ['question'] },
    ...(limits !== undefined && { limits }),
  })
  const handed: MessageEdit[] = []
  channel.edit = async (change) => {
    handed.push(change)
    return edit?.(change, handed.length) ?? { status: 'accepted' }
  }
  return { channel, handed }
}

async function ask(t: InviteMeTest, text = 'Dinner?', options: { readonly remind?: readonly ['1h'] } = {}) {
  const invitation = await t.inviteMe.ask(sam, text, { answer: yesNo(), ...options })
  await t.clock.settle()
  return invitation
}

const editKinds = async (t: InviteMeTest, invitationId: string) =>
  (await t.inviteMe.receipts.list({ invitationId }))
    .map(({ kind }) => kind)
    .filter((kind) => kind === 'edited' || kind === 'edit_failed')

describe('an answer that comes while the message is being sent', () => {
  test('is told where the message went, as soon as it has left', async () => {
    const { channel, handed } = chat()
    let arrive = (_outcome: SendOutcome): void => undefined
    channel.script([() => new Promise((resolve) => (arrive = resolve))])
    const t = await startEngine({ channels: [channel] })
    const invitation = await ask(t)
    await t.inviteMe.respond(invitation.id, yes)
    await t.clock.settle()
    expect(handed).toEqual([])
    arrive({ status: 'accepted', providerMessageId: 'm1' })
    await t.clock.settle()
    expect(handed).toMatchObject([{ providerMessageId: 'm1', reason: { kind: 'answered', value: true } }])
  })

  test('by a button, before our own record of it is written, is not lost', async () => {
    const { channel } = chat()
    const t = await startEngine({ channels: [channel] })
    channel.script([
      async () => {
        const early = { channel: 'telegram', at: new Date(0), idempotencyKey: '', message: {} as never }
        const outcome = { status: 'accepted', providerMessageId: 'm1' } as const
        await t.inviteMe.receive('telegram', channel.press({ ...early, outcome }, 'yes', { from: '4711' }))
        return outcome
      },
    ])
    const invitation = await ask(t)
    expect(await invitation.answer()).toMatchObject({ value: true })
    expect(await t.inviteMe.unmatched.list()).toEqual([])
  })
})

describe('an edit', () => {
  test('of the newest answer waits for one that is on its way, and has the last word', async () => {
    const told: ((outcome: SendOutcome) => void)[] = []
    const { channel, handed } = chat(() => new Promise((resolve) => told.push(resolve)))
    const t = await startEngine({ channels: [channel] })
    const invitation = await ask(t)
    await t.inviteMe.respond(invitation.id, yes)
    await t.clock.settle()
    await t.inviteMe.respond(invitation.id, no)
    await t.clock.settle()
    expect(handed.map(({ reason }) => reason)).toMatchObject([{ value: true }])
    // It ends with trouble, and must not come back and tell the older answer.
    told[0]?.({ status: 'retryable', scope: 'message' })
    await t.clock.settle()
    expect(handed.map(({ reason }) => reason)).toMatchObject([{ value: true }, { value: false }])
    told[1]?.({ status: 'accepted' })
    await t.advance('1h')
    expect(handed).toHaveLength(2)
    expect(await editKinds(t, invitation.id)).toEqual(['edited'])
  })

  test('of a first message does not look like a reminder, and that of a reminder does', async () => {
    const { channel, handed } = chat()
    const t = await startEngine({ channels: [channel] })
    const invitation = await ask(t, 'Dinner?', { remind: ['1h'] })
    await t.advance('1h')
    await t.inviteMe.respond(invitation.id, yes)
    await t.clock.settle()
    expect(channel.outbox.map(({ message }) => message.purpose)).toEqual(['message', 'reminder'])
    expect(handed.map(({ providerMessageId, message }) => [providerMessageId, message.purpose])).toEqual([
      ['telegram-1', 'message'],
      ['telegram-2', 'reminder'],
    ])
  })

  test('waits while the provider is out of order, and leaves when it is back', async () => {
    let isDown = true
    const { channel, handed } = chat(() =>
      isDown ? { status: 'retryable', scope: 'provider' } : { status: 'accepted' },
    )
    const t = await startEngine({ channels: [channel] })
    const asked = await Promise.all(
      Array.from({ length: 8 }, (_, number) => ask(t, `Dinner ${String(number)}?`)),
    )
    for (const { id } of asked) await t.inviteMe.respond(id, yes)
    await t.advance('20s')
    expect(t.inviteMe.channels.list()[0]?.circuit).not.toBe('closed')
    const during = handed.length
    await t.advance('10m')
    // Trials only, one at a time, further and further apart.
    expect(handed.length - during).toBeLessThan(20)
    isDown = false
    await t.advance('30m')
    for (const { id } of asked) expect(await editKinds(t, id)).toEqual(['edited'])
  })

  test('with wrong credentials is tried again once they are put right', async () => {
    const { channel, handed } = chat((_, tries) =>
      tries <= 2 ? { status: 'permanent_config', scope: 'sender' } : { status: 'accepted' },
    )
    const t = await startEngine({ channels: [channel] })
    const invitation = await ask(t)
    await t.inviteMe.respond(invitation.id, yes)
    await t.advance('30m')
    expect(handed).toHaveLength(3)
    expect(await editKinds(t, invitation.id)).toEqual(['edited'])
  })

  test('that never succeeds is given up, with a receipt', async () => {
    const { channel, handed } = chat(() => ({ status: 'unknown', scope: 'message' }))
    const t = await startEngine({ channels: [channel], policies: { retry: { tries: 2 }, crashes: 2 } })
    const invitation = await ask(t)
    await t.inviteMe.respond(invitation.id, yes)
    await t.advance('3h')
    expect(handed).toHaveLength(4)
    expect(await editKinds(t, invitation.id)).toEqual(['edit_failed'])
    expect(await invitation.why()).not.toContain('brought up to date by')
  })

  test('keeps to the limit of its chat, like a message, and costs no try by waiting', async () => {
    const limits = { bucket: (address: string) => ({ key: address, rate: { count: 1, perMs: 1_000 } }) }
    const moments: number[] = []
    const t: InviteMeTest = await startEngine({
      policies: { retry: { tries: 1 }, crashes: 1 },
      channels: [
        chat(() => {
          moments.push(t.clock.now())
          return { status: 'accepted' }
        }, limits).channel,
      ],
    })
    const asked = []
    for (let number = 0; number < 10; number += 1) asked.push(await ask(t, `Number ${String(number)}?`))
    await t.advance('20s')
    const began = t.clock.now()
    for (const { id } of asked) await t.inviteMe.respond(id, yes)
    await t.advance('20s')
    expect(moments).toHaveLength(10)
    for (const [number, moment] of moments.entries())
      expect(moment - began).toBeGreaterThanOrEqual(number * 1_000)
    for (const { id } of asked) expect(await editKinds(t, id)).toEqual(['edited'])
  })

  test('does not wait for a campaign, nor hold it up', async () => {
    const order: string[] = []
    const { channel } = chat(
      () => {
        order.push('edit')
        return { status: 'accepted' }
      },
      { concurrency: 4, rate: { count: 4, perMs: 1_000 } },
    )
    const t = await startEngine({ channels: [channel] })
    const asked = []
    for (let number = 0; number < 10; number += 1) asked.push(await ask(t, `Number ${String(number)}?`))
    await t.advance('10s')
    channel.failAlways(() => {
      order.push('send')
      return { status: 'accepted', providerMessageId: `c${String(order.length)}` }
    })
    const everybody = Array.from({ length: 60 }, (_, number) => ({
      routes: { telegram: `guest-${String(number)}` },
    }))
    await t.inviteMe.send(everybody, 'Doors open at 7.', { lane: 6 })
    for (const { id } of asked) await t.inviteMe.respond(id, yes)
    await t.advance('10s')
    expect(order.slice(0, 24).filter((one) => one === 'edit')).toHaveLength(10)
    expect(order.slice(0, 12).filter((one) => one === 'send').length).toBeGreaterThan(3)
    await t.advance('30s')
    expect(order.filter((one) => one === 'send')).toHaveLength(60)
  })

  test('is done where the person said stop meanwhile: it tells nobody anything new', async () => {
    const { channel, handed } = chat()
    const t = await startEngine({ channels: [channel] })
    const invitation = await ask(t)
    await t.inviteMe.recipients.optOut('telegram', '4711')
    await t.inviteMe.respond(invitation.id, no)
    await t.clock.settle()
    expect(handed).toHaveLength(1)
  })

  test('tells no address and no text in events, receipts or the log', async () => {
    const { channel } = chat((_, tries) =>
      tries === 1
        ? Promise.reject(new Error('4711: Dinner?'))
        : { status: 'permanent_content', scope: 'message' },
    )
    const t = await startEngine({ channels: [channel] })
    const events: unknown[] = []
    t.inviteMe.on('*', (event) => events.push(event))
    const invitation = await ask(t)
    await t.inviteMe.respond(invitation.id, yes)
    await t.advance('1h')
    const receipts = await t.inviteMe.receipts.list()
    expect(receipts.some(({ kind }) => kind === 'edit_failed')).toBe(true)
    expect(JSON.stringify([events, receipts, t.troubles])).not.toMatch(/4711|Dinner/)
  })
})

describe('edits and the life of a process', () => {
  /** Engines on the same data and clock, as processes one after the other. */
  async function place() {
    const workspace = await newWorkspace()
    const clock = virtualClock()
    let seed = 0
    const start = async (channel: ScriptedChannel, dispatch = true) =>
      startEngine({
        ...(await workspace.process(clock)),
        clock,
        seed: (seed += 1),
        channels: [channel],
        dispatch,
        policies: { retry: { tries: 2 }, crashes: 2 },
      })
    return { workspace, clock, start }
  }

  test('stopping lets an edit under way finish', async () => {
    let finish = (_outcome: SendOutcome): void => undefined
    const { channel } = chat(() => new Promise((resolve) => (finish = resolve)))
    const { start, clock } = await place()
    const first = await start(channel)
    const invitation = await ask(first)
    await first.inviteMe.respond(invitation.id, yes)
    await clock.settle()
    const stopped = first.stop(5_000)
    finish({ status: 'accepted' })
    await stopped
    const next = chat()
    const second = await start(next.channel)
    await second.advance('10m')
    expect(next.handed).toEqual([])
    expect(await editKinds(second, invitation.id)).toEqual(['edited'])
  })

  test('an edit called off by a stop, and one planned by a process that does not send, leave after the restart', async () => {
    const { start, clock } = await place()
    const first = await start(chat(() => new Promise(() => undefined)).channel)
    const dinner = await ask(first)
    const lunch = await ask(first, 'Lunch?')
    await first.inviteMe.respond(dinner.id, yes)
    await clock.settle()
    await first.stop(1_000)
    const portal = await start(chat().channel, false)
    await portal.inviteMe.respond(lunch.id, no)
    await portal.stop()
    const { channel, handed } = chat()
    const second = await start(channel)
    await second.advance('10m')
    const told = Object.fromEntries(handed.map(({ message, reason }) => [message.content.text, reason]))
    expect(told).toMatchObject({
      'Dinner?': { kind: 'answered', value: true },
      'Lunch?': { kind: 'answered', value: false },
    })
    expect(handed).toHaveLength(2)
  })

  test('an edit that takes its worker down each time is given up, and does not come back for ever', async () => {
    const { workspace, start } = await place()
    const first = await start(chat(() => new Promise(() => undefined)).channel)
    const invitation = await ask(first)
    await first.stop()
    const asking = await start(chat().channel, false)
    await asking.inviteMe.respond(invitation.id, yes)
    await asking.stop()
    // What a worker that dies leaves behind: an edit that was taken and never settled.
    const store = await workspace.store().open()
    for (let crash = 0; crash < 4; crash += 1) {
      const at = new Date(Date.UTC(2026, 0, 6) + crash)
      const request = { channel: 'telegram', now: at, limit: 10, leaseUntil: at }
      expect(await store.edits.claimDue(request)).toMatchObject([{ tries: crash }])
    }
    await store.close()
    const { channel, handed } = chat()
    const second = await start(channel)
    await second.advance('2d')
    expect(handed).toEqual([])
    expect(await editKinds(second, invitation.id)).toEqual(['edit_failed'])
  })

  test('two processes that take edits at once make each of them once', async () => {
    const { start, clock } = await place()
    const first = await start(chat().channel)
    const asked = []
    for (let number = 0; number < 30; number += 1) asked.push(await ask(first, `Number ${String(number)}?`))
    await first.stop()
    const one = chat()
    const other = chat()
    const processes = await Promise.all([start(one.channel), start(other.channel)])
    const [here, there] = processes
    await Promise.all(asked.map(({ id }, number) => (number % 2 ? here : there)?.inviteMe.respond(id, yes)))
    await clock.settle()
    await here?.advance('1m')
    const made = [...one.handed, ...other.handed].map(({ message }) => message.content.text)
    expect(made).toHaveLength(30)
    expect(new Set(made).size).toBe(30)
  })
})
