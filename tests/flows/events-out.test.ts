import { yesNo, type EventPublisher, type OutgoingEvent } from '@invite-me/core'
import { sqlite } from '@invite-me/core/sqlite'
import { virtualClock, type InviteMeTestOptions } from '@invite-me/core/testing'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { sam, startEngine } from './start-engine.ts'

/** Somebody who passes events on, and can be away. */
function publisher() {
  const got: OutgoingEvent[] = []
  const state = { isAway: false, isClosed: false, calls: 0 }
  const port: EventPublisher = {
    publish: async (events) => {
      state.calls += 1
      if (state.isAway) throw new Error('planned by the test')
      got.push(...events)
    },
    close: async () => {
      state.isClosed = true
    },
  }
  return { got, state, port, numbers: () => numbersOf(got) }
}

const numbersOf = (events: readonly OutgoingEvent[]): readonly number[] =>
  events.map(({ body }) => JSON.parse(body).data.data.number)
const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index + 1)

async function newFile() {
  const folder = await mkdtemp(join(tmpdir(), 'invite-me-events-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const file = join(folder, 'invites.db')
  return () => sqlite(file, { synchronous: 'normal' })
}

/** Starts an engine, and says numbers on a topic, an event each. */
async function start(options: InviteMeTestOptions = {}) {
  const t = await startEngine(options)
  let last = 0
  const say = async (count: number): Promise<void> => {
    for (const end = last + count; last < end;)
      await t.inviteMe.topics.publish('group:7', { number: (last += 1) })
  }
  return { t, say }
}

describe('events that are handed on', () => {
  test('tell the whole story of a question, in order, as webhooks would', async () => {
    const { got, port } = publisher()
    const { t } = await start({ eventPublisher: port })
    const invitation = await t.inviteMe.ask(sam, 'Dinner?', { answer: yesNo() })
    await t.advance('1s')
    await t.reply(invitation, 'yes')
    await t.advance('1s')
    expect(got.map(({ type }) => type)).toEqual(['message.accepted', 'delivery.sent', 'invitation.accepted'])
    const [, , answered] = got
    const { data, ...said } = JSON.parse(answered?.body ?? '')
    expect(said).toEqual({ type: 'invitation.accepted', timestamp: answered?.at.toISOString() })
    expect(data).toMatchObject({ invitationId: invitation.id, messageId: invitation.messageId, value: true })
    expect(answered?.id).toBe(`evt_${String(data.cursor)}`)
  })

  test('wait for who was away, and none is left out', async () => {
    const { state, port, numbers } = publisher()
    const { t, say } = await start({ eventPublisher: port })
    state.isAway = true
    await say(450)
    await t.advance('1h')
    // Tried now and then, not as fast as the machine can.
    expect(state.calls).toBeLessThan(1_000)
    expect(t.troubles.length).toBeGreaterThan(0)
    expect(t.troubles.length).toBeLessThan(15)
    state.isAway = false
    await t.advance('6s')
    await t.advance('1s')
    expect(numbers()).toEqual(upTo(450))
  })

  test('go on where the process before came to, also after a month without anybody to tell', async () => {
    const store = await newFile()
    const clock = virtualClock()
    const first = publisher()
    const before = await start({ store: store(), clock, eventPublisher: first.port })
    await before.say(3)
    await before.t.advance('1s')
    await before.t.stop()
    expect(first.state.isClosed).toBe(true)

    const without = await start({ store: store(), clock, seed: 2 })
    await without.say(2)
    await without.t.advance('30d')
    await without.t.stop()

    const later = publisher()
    const { t } = await start({ store: store(), clock, seed: 3, eventPublisher: later.port })
    await t.advance('20s')
    expect(first.numbers()).toEqual([1, 2, 3])
    expect(later.numbers()).toEqual([1, 2])
  })

  test('begin with what happens after the first engine that hands them on', async () => {
    const store = await newFile()
    const clock = virtualClock()
    const before = await start({ store: store(), clock })
    await before.say(2)
    await before.t.stop()
    const { got, port } = publisher()
    const { t, say } = await start({ store: store(), clock, seed: 2, eventPublisher: port })
    await say(1)
    await t.advance('1s')
    expect(got).toHaveLength(1)
  })

  test('leave by one process at a time; another goes on when it stops, or can tell nobody', async () => {
    const store = await newFile()
    const clock = virtualClock()
    const all: OutgoingEvent[] = []
    const places = [publisher(), publisher()].map((one) => {
      const both: EventPublisher = {
        ...one.port,
        publish: async (events) => {
          await one.port.publish(events)
          all.push(...events)
        },
      }
      return { ...one, port: both }
    })
    const [one, two] = places
    if (one === undefined || two === undefined) throw new Error('two are expected')
    const a = await start({ store: store(), clock, eventPublisher: one.port })
    await a.say(5)
    await a.t.advance('1s')
    const b = await start({ store: store(), clock, seed: 2, eventPublisher: two.port })
    await a.say(5)
    await b.t.advance('5s')
    expect([one.got.length, two.got.length]).toEqual([10, 0])
    one.state.isAway = true
    await a.say(5)
    await a.t.advance('30s')
    expect([one.got.length, two.got.length]).toEqual([10, 5])
    one.state.isAway = false
    await b.t.stop()
    await a.say(5)
    await a.t.advance('5s')
    expect([one.got.length, two.got.length]).toEqual([15, 5])
    expect(numbersOf(all)).toEqual(upTo(20))
    expect(new Set(all.map(({ id }) => id)).size).toBe(20)
  })

  test('that were handed over by a process which died before it wrote that down come again, under the same ids', async () => {
    const store = await newFile()
    const clock = virtualClock()
    const first = publisher()
    const opened = store()
    const dying = {
      open: async () => {
        const real = await opened.open()
        const takeTurn: typeof real.outbox.takeTurn = (turn) =>
          turn.readTo === undefined ? real.outbox.takeTurn(turn) : new Promise(() => undefined)
        return { ...real, outbox: { ...real.outbox, takeTurn } }
      },
    }
    // It never hears that its place was written, and nobody stops it: it is as good as dead.
    const { createInviteMe } = await import('@invite-me/core')
    const dead = await createInviteMe({ store: dying, channels: [], clock, eventPublisher: first.port })
    for (const number of [1, 2]) await dead.topics.publish('group:7', { number })
    await clock.advance('1s')
    await expect.poll(() => first.got.length).toBeGreaterThan(0)

    const second = publisher()
    const { t } = await start({ store: store(), clock, seed: 2, eventPublisher: second.port })
    await t.advance('5s')
    expect(second.got).toEqual([])
    await t.advance('20s')
    expect(second.numbers()).toEqual([1, 2])
    expect(second.got.slice(0, first.got.length)).toEqual(first.got)
  })

  test('are left alone by a process that does no chores', async () => {
    const { got, port, state } = publisher()
    const { t, say } = await start({ eventPublisher: port, dispatch: { send: true, chores: false } })
    await say(3)
    await t.advance('1m')
    expect(got).toEqual([])
    await t.stop()
    expect(state.isClosed).toBe(true)
  })
})
