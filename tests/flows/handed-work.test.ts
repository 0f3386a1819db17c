import { workItemSchema, yesNo } from '@invite-me/core'
import { scriptedChannel, virtualClock } from '@invite-me/core/testing'
import type { InviteMeTest, InviteMeTestOptions, VirtualClock } from '@invite-me/core/testing'
import { beforeEach, describe, expect, test } from 'vitest'
import { newWorkspace, type Workspace } from '../worlds/workspace.ts'
import { carryingQueue, type CarryingQueue } from '../peers/carrying-queue.ts'
import { sam, startEngine } from './start-engine.ts'

const answer = yesNo()
let place: Workspace
let clock: VirtualClock
let broker: CarryingQueue
let seed = 0

beforeEach(async () => {
  place = await newWorkspace()
  clock = virtualClock()
  broker = carryingQueue(clock)
})

/** A process with a part of the work, on the same store and broker as the others. */
async function startProcess(
  dispatch: NonNullable<InviteMeTestOptions['dispatch']>,
  options: InviteMeTestOptions = {},
): Promise<InviteMeTest> {
  const { store } = await place.process(clock)
  const own = { clock, seed: (seed += 1), queue: broker.connect(), dispatch }
  return startEngine({ ...(store !== undefined && { store }), ...own, ...options })
}

const api = () => startProcess({ send: false, chores: false })
const scheduler = () => startProcess({ send: false, chores: true })
const dispatcher = (options?: InviteMeTestOptions) => startProcess({ send: true, chores: false }, options)
const guests = (count: number) =>
  Array.from({ length: count }, (_, number) => ({ routes: { email: `guest-${String(number)}@b.test` } }))
const itemsOf = ({ published }: CarryingQueue) => published.flatMap(({ items }) => items ?? [])

describe('work that a broker carries', () => {
  test('goes from who accepts over the scheduler and the broker to who sends, each message once', async () => {
    const accepting = await api()
    await scheduler()
    const [one, other] = [await dispatcher(), await dispatcher()]
    await accepting.inviteMe.ask(guests(60), 'Dinner?', { answer })
    await clock.advance('3s')
    const sent = [...one.outbox, ...other.outbox].map(({ message }) => message.to.address)
    expect(new Set(sent).size).toBe(60)
    expect(sent).toHaveLength(60)
    expect(accepting.outbox).toHaveLength(0)
    expect(itemsOf(broker)).toHaveLength(60)
  })

  test('is named without addresses or words, and says what comes after it', async () => {
    const accepting = await api()
    await scheduler()
    await dispatcher()
    await accepting.inviteMe.ask(sam, 'Dinner on Friday?', { answer, via: ['telegram', 'email'] })
    await clock.advance('2s')
    const [item] = itemsOf(broker)
    expect(workItemSchema.parse(item)).toEqual(item)
    expect(item).toMatchObject({
      version: 1,
      route: { channel: 'telegram' },
      fallbacks: ['email'],
      lane: 2,
      attempt: 1,
    })
    expect(JSON.stringify(broker.published)).not.toMatch(/guests\.test|Dinner/)
  })

  test('that is for later is not handed out before its time', async () => {
    const accepting = await api()
    await scheduler()
    const sending = await dispatcher()
    sending.fail('telegram', 'retryable')
    await accepting.inviteMe.ask({ routes: { telegram: 'sam' } }, 'Dinner?', { answer })
    await clock.advance('1500ms')
    expect(sending.outbox.length).toBeGreaterThan(0)
    const waiting = await accepting.inviteMe.deliveries.list()
    const published = itemsOf(broker).length
    expect(waiting[0]?.dueAt?.getTime()).toBeGreaterThan(clock.now())
    await clock.advance((waiting[0]?.dueAt?.getTime() ?? 0) - clock.now() - 10)
    expect(itemsOf(broker)).toHaveLength(published)
    await clock.advance('3s')
    expect(itemsOf(broker).length).toBeGreaterThan(published)
  })

  test('that failed is handed out again when its pause is over, however short that is', async () => {
    const accepting = await api()
    await scheduler()
    const retry = { firstMs: 1, mostMs: 1, tries: 100, withinMs: '10m' }
    const sending = await dispatcher({ policies: { retry } })
    sending.fail('email', 'retryable')
    await accepting.inviteMe.ask(guests(1), 'Dinner?', { answer })
    await clock.advance('100ms')
    sending.mend('email')
    await clock.advance('5s')
    expect(sending.outbox.filter(({ outcome }) => outcome?.status === 'accepted')).toHaveLength(1)
  })

  test('that the broker lost is looked for after a few seconds, and sent once', async () => {
    const accepting = await api()
    await scheduler()
    const sending = await dispatcher()
    broker.loseAll()
    await accepting.inviteMe.ask(guests(5), 'Dinner?', { answer })
    await clock.advance('4s')
    expect(sending.outbox).toHaveLength(0)
    await clock.advance('3s')
    expect(sending.outbox).toHaveLength(5)
    broker.mend()
    await clock.advance('2m')
    expect(sending.outbox).toHaveLength(5)
  })

  test('is looked for in the store while the broker is away, and the trouble is told once in a while', async () => {
    const accepting = await api()
    const relaying = await scheduler()
    const [one, other] = [await dispatcher(), await dispatcher()]
    const sent = () => [...one.outbox, ...other.outbox].map(({ message }) => message.to.address)
    broker.breakDown()
    await accepting.inviteMe.ask(guests(60), 'Dinner?', { answer })
    await clock.advance('8s')
    expect(new Set(sent()).size).toBe(60)
    expect(sent()).toHaveLength(60)
    await accepting.inviteMe.ask(sam, 'And lunch?', { answer, via: ['email'] })
    // Who was left alone once does not wait again.
    await clock.advance('2s')
    expect(sent()).toHaveLength(61)
    await clock.advance('1m')
    expect(one.troubles.filter(({ message }) => message.startsWith('Due work is not'))).toHaveLength(1)
    expect(relaying.troubles.length).toBeGreaterThan(0)
    expect(relaying.troubles.length).toBeLessThan(10)
  })

  test('is left to the broker again when it is back', async () => {
    const accepting = await api()
    await scheduler()
    const sending = await dispatcher()
    broker.breakDown()
    await accepting.inviteMe.ask(guests(5), 'Dinner?', { answer })
    await clock.advance('8s')
    broker.mend()
    await accepting.inviteMe.ask(guests(400), 'Lunch?', { answer })
    await clock.advance('20s')
    expect(sending.outbox).toHaveLength(405)
    broker.loseAll()
    await accepting.inviteMe.ask(sam, 'Tea?', { answer, via: ['email'] })
    await clock.advance('4s')
    expect(sending.outbox).toHaveLength(405)
    await clock.advance('4s')
    expect(sending.outbox).toHaveLength(406)
  })

  test('of one lane that hangs on the broker holds up nobody for long, and the others go by the broker', async () => {
    const accepting = await api()
    await scheduler()
    const sending = await dispatcher()
    broker.loseAll()
    await accepting.inviteMe.send(sam, 'Soon', { via: ['email'], lane: 1 })
    await clock.advance('1s')
    broker.mend()
    await accepting.inviteMe.send(sam, 'News', { via: ['email'], lane: 5 })
    await clock.advance('1s')
    expect(sending.outbox).toHaveLength(1)
    await clock.advance('5s')
    expect(sending.outbox).toHaveLength(2)
  })

  test('is sent though no process hands it out', async () => {
    const accepting = await api()
    const sending = await dispatcher()
    await accepting.inviteMe.ask(guests(5), 'Dinner?', { answer })
    await clock.advance('8s')
    expect(sending.outbox).toHaveLength(5)
    expect(broker.published).toHaveLength(0)
  })

  test('that is delivered twice is sent once', async () => {
    const accepting = await api()
    await scheduler()
    const [one, other] = [await dispatcher(), await dispatcher()]
    broker.repeatAll()
    await accepting.inviteMe.ask(guests(40), 'Dinner?', { answer })
    await clock.advance('3s')
    expect([...one.outbox, ...other.outbox]).toHaveLength(40)
  })

  test('of a dispatcher whose channel is full is let go, and sent when there is room', async () => {
    const accepting = await api()
    await scheduler()
    const slow = scriptedChannel({ name: 'email', limits: { concurrency: 2, timeoutMs: 60_000 } })
    const sending = await dispatcher({ channels: ['telegram', slow] })
    sending.fail('email', 'hang')
    await accepting.inviteMe.ask(guests(6), 'Dinner?', { answer })
    await clock.advance('30s')
    expect(sending.outbox).toHaveLength(2)
    sending.mend('email')
    await clock.advance('3m')
    const addresses = new Set(sending.outbox.map(({ message }) => message.to.address))
    expect(addresses.size).toBe(6)
  })

  test('keeps to what the channel may do, in however many pieces it is handed over', async () => {
    const accepting = await api()
    await scheduler()
    const email = scriptedChannel({
      name: 'email',
      limits: { concurrency: 4, rate: { count: 10, perMs: 1_000 }, timeoutMs: 60_000 },
    })
    const sending = await dispatcher({ channels: ['telegram', email] })
    await accepting.inviteMe.ask(guests(400), 'Dinner?', { answer })
    await clock.advance('3s')
    expect(broker.published.length).toBeGreaterThan(10)
    expect(sending.outbox.length).toBeGreaterThan(20)
    expect(sending.outbox.length).toBeLessThanOrEqual(40)
  })

  test('of a dispatcher that stopped between taking and sending comes back by its lease', async () => {
    const accepting = await api()
    await scheduler()
    const dying = await dispatcher()
    dying.fail('email', 'hang')
    await accepting.inviteMe.ask(guests(1), 'Dinner?', { answer })
    await clock.advance('1s')
    expect(dying.outbox).toHaveLength(1)
    await dying.stop(0)
    const next = await dispatcher()
    await clock.advance('1m')
    expect(next.outbox).toHaveLength(1)
  })
})

describe('roles', () => {
  test('who only accepts sends nothing and ends nothing', async () => {
    const accepting = await api()
    const invitation = await accepting.inviteMe.ask(sam, 'Dinner?', { answer, until: '1h' })
    await clock.advance('2h')
    expect(accepting.outbox).toHaveLength(0)
    expect(await invitation.state()).toBe('pending')
    await scheduler()
    await clock.advance('5s')
    expect(await invitation.state()).toBe('pending')
    await dispatcher()
    await clock.advance('5s')
    expect(await invitation.state()).toBe('expired')
  })

  test('who only sends reminds nobody; the scheduler does', async () => {
    const accepting = await api()
    const sending = await dispatcher()
    await accepting.inviteMe.ask(sam, 'Dinner?', { answer, remind: ['10m'], via: ['email'] })
    await clock.advance('15m')
    expect(sending.outbox).toHaveLength(1)
    await scheduler()
    await clock.advance('5s')
    expect(sending.outbox.map(({ message }) => message.purpose)).toEqual(['message', 'reminder'])
  })

  test('one process with all of them needs no other, with a broker or without', async () => {
    for (const queue of [broker.connect(), undefined]) {
      const whole = await startProcess(true, queue === undefined ? {} : { queue })
      await whole.inviteMe.ask(sam, 'Dinner?', { answer })
      await clock.advance('2s')
      expect(whole.outbox).toHaveLength(1)
      await whole.stop()
    }
  })

  test('an engine made with dispatch: false works once it is started', async () => {
    const idle = await startProcess(false)
    await idle.inviteMe.ask(sam, 'Dinner?', { answer })
    await clock.advance('5s')
    expect(idle.outbox).toHaveLength(0)
    idle.inviteMe.start()
    await clock.advance('5s')
    expect(idle.outbox).toHaveLength(1)
  })
})
