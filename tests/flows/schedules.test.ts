import { yesNo, type Schedule } from '@invite-me/core'
import {
  virtualClock,
  type InviteMeTest,
  type InviteMeTestOptions,
  type VirtualClock,
} from '@invite-me/core/testing'
import { beforeEach, describe, expect, test } from 'vitest'
import { cutOff, newWorkspace, type ProcessOptions, type Workspace } from '../worlds/workspace.ts'
import { sam, startEngine } from './start-engine.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const toSam = (text = 'Good morning.') => ({ send: { to: sam, content: text } }) as const
/** When something was sent, as UTC text to the minute. */
const sentAt = (t: Pick<InviteMeTest, 'outbox'>): readonly string[] =>
  t.outbox.map(({ at }) => at.toISOString().slice(0, 16))
/** A look into the store may fall between two timers. */
const closely = async (t: InviteMeTest, untilMs: number): Promise<void> => {
  await t.advance(untilMs - t.clock.now())
}
const at = (text: string): number => Date.parse(text)

describe('a schedule', () => {
  test('sends at its minute, before and after the clocks change, and nothing else', async () => {
    const t = await startEngine({ clock: virtualClock(at('2026-03-27T12:00Z')) })
    const saved = await t.inviteMe.schedules.save({
      name: 'morning',
      description: 'wakes Sam',
      when: { cron: '30 9 * * *', zone: 'Europe/Berlin' },
      action: toSam(),
    })
    expect(saved).toMatchObject({
      name: 'morning',
      enabled: true,
      missed: 'once',
      runCount: 0,
      nextAt: new Date('2026-03-28T08:30Z'),
      when: { cron: '30 9 * * *', zone: 'Europe/Berlin' },
      action: { send: { to: [sam], content: { text: 'Good morning.' } } },
    })
    await closely(t, at('2026-03-31T00:00Z'))
    expect(sentAt(t)).toEqual(['2026-03-28T08:30', '2026-03-29T07:30', '2026-03-30T07:30'])
    const runs = await t.inviteMe.schedules.runs('morning')
    expect(runs.map((run) => [run.at.toISOString(), run.state, run.missed, run.messages])).toEqual([
      ['2026-03-30T07:30:00.000Z', 'done', 0, 1],
      ['2026-03-29T07:30:00.000Z', 'done', 0, 1],
      ['2026-03-28T08:30:00.000Z', 'done', 0, 1],
    ])
    expect(await t.inviteMe.messages.get(runs[0]?.messageId ?? '')).toMatchObject({
      content: { text: 'Good morning.' },
    })
    expect(await t.inviteMe.schedules.get('morning')).toMatchObject({
      runCount: 3,
      nextAt: new Date('2026-03-31T07:30Z'),
    })
    expect(t.troubles).toEqual([])
  })

  test('asks, and each run’s question is answered by itself', async () => {
    const t = await startEngine()
    await t.inviteMe.schedules.save({
      name: 'lunch',
      when: { every: '1h' },
      ends: new Date(t.clock.now() + 2 * hour),
      action: { ask: { to: sam, question: 'Lunch?', options: { answer: yesNo(), until: '30m' } } },
    })
    await t.advance('1h')
    await t.advance('1s')
    await t.reply(t.outbox[0] ?? '', 'yes')
    await t.advance('2h')
    const states = (await t.inviteMe.invitations.list()).map(({ state }) => state)
    expect(states).toEqual(['accepted', 'expired'])
    expect(await t.inviteMe.schedules.get('lunch')).toMatchObject({
      nextAt: null,
      enabled: true,
      runCount: 2,
    })
  })

  test('of one moment runs once and is over', async () => {
    const t = await startEngine()
    await t.inviteMe.schedules
      .save({ name: 'once', when: { at: '2026-01-05T12:00', zone: 'Asia/Kolkata' }, action: toSam() })
      .catch((error: unknown) => {
        expect(error).toMatchObject({ code: 'REQUEST_INVALID', field: 'when.at' })
      })
    await t.inviteMe.schedules.save({
      name: 'once',
      when: { at: '2026-01-05T18:00', zone: 'Asia/Kolkata' },
      action: toSam(),
    })
    await t.advance('3d')
    expect(sentAt(t)).toEqual(['2026-01-05T12:30'])
    // Saved again whenever the program starts.
    const again = await t.inviteMe.schedules.save({
      name: 'once',
      when: { at: '2026-01-05T18:00', zone: 'Asia/Kolkata' },
      action: toSam(),
    })
    expect(again.nextAt).toBeNull()
    await t.advance('1d')
    expect(t.outbox).toHaveLength(1)
  })

  test('keeps to its start and end, its recurrence rule, and its jitter', async () => {
    const t = await startEngine()
    await t.inviteMe.schedules.save({
      name: 'rule',
      when: { rrule: 'FREQ=DAILY;COUNT=5', start: '2026-01-05T10:00', zone: 'UTC' },
      starts: '2026-01-06T00:00Z',
      ends: '2026-01-08T00:00Z',
      jitter: '10m',
      action: toSam(),
    })
    expect((await t.inviteMe.schedules.next('rule', 9)).map((moment) => moment.toISOString())).toEqual([
      '2026-01-06T10:00:00.000Z',
      '2026-01-07T10:00:00.000Z',
    ])
    await t.advance('10d')
    expect(t.outbox).toHaveLength(2)
    const late = t.outbox.map((entry) => (entry.at.getTime() - at('2026-01-06T10:00Z')) % day)
    for (const ms of late) {
      expect(ms).toBeGreaterThanOrEqual(0)
      expect(ms).toBeLessThan(10 * minute + 1_000)
    }
  })

  test('is changed, disabled, enabled and removed, each at once', async () => {
    const t = await startEngine()
    const { schedules } = t.inviteMe
    await schedules.save({ name: 'hourly', when: { cron: '0 * * * *', zone: 'UTC' }, action: toSam() })
    await t.advance('90m')
    expect(sentAt(t)).toEqual(['2026-01-05T10:00'])
    await schedules.save({
      name: 'hourly',
      when: { cron: '45 * * * *', zone: 'UTC' },
      action: toSam('Changed.'),
    })
    await t.advance('30m')
    expect(t.outbox.at(-1)?.message.content.text).toContain('Changed.')
    expect(await schedules.disable('hourly')).toMatchObject({ enabled: false, nextAt: null })
    await t.advance('5h')
    expect(t.outbox).toHaveLength(2)
    const enabled: Schedule = await schedules.enable('hourly')
    expect(enabled.nextAt?.toISOString()).toBe('2026-01-05T16:45:00.000Z')
    await t.advance('1h')
    expect(t.outbox).toHaveLength(3)
    expect((await schedules.list()).map(({ name, runCount }) => [name, runCount])).toEqual([['hourly', 3]])
    await schedules.remove('hourly')
    await t.advance('5h')
    expect(t.outbox).toHaveLength(3)
    for (const act of [
      schedules.remove,
      schedules.enable,
      schedules.disable,
      schedules.runs,
      schedules.runNow,
      schedules.next,
    ])
      await expect(act('hourly')).rejects.toMatchObject({ code: 'SCHEDULE_UNKNOWN' })
    expect(await schedules.get('hourly')).toBeUndefined()
  })

  test('runs at once when it is told to, beside its own moments', async () => {
    const t = await startEngine()
    const { schedules } = t.inviteMe
    await schedules.save({
      name: 'hourly',
      when: { cron: '0 * * * *', zone: 'UTC' },
      enabled: false,
      action: toSam(),
    })
    const [run, other] = [await schedules.runNow('hourly'), await schedules.runNow('hourly')]
    expect(run).toMatchObject({ byHand: true, state: 'done', messages: 1 })
    expect(other.messageId).not.toBe(run.messageId)
    await t.advance('1s')
    expect(t.outbox).toHaveLength(2)
    expect(await schedules.get('hourly')).toMatchObject({ runCount: 2, nextAt: null })
  })

  test('whose request is refused leaves a failed run with the reason, and goes on', async () => {
    const t = await startEngine()
    await t.inviteMe.schedules.save({
      name: 'late',
      when: { cron: '0 * * * *', zone: 'UTC' },
      action: {
        send: { to: sam, content: 'Hello.', options: { until: new Date(t.clock.now() + 90 * minute) } },
      },
    })
    await t.advance('150m')
    expect(t.outbox).toHaveLength(1)
    const runs = await t.inviteMe.schedules.runs('late')
    expect(runs.map(({ state }) => state)).toEqual(['failed', 'done'])
    expect(runs[0]?.error).toContain('already over')
    expect(runs[0]?.messageId).toBeNull()
    expect(await t.inviteMe.schedules.get('late')).toMatchObject({ runCount: 2 })
    const events = (await t.inviteMe.events.list()).filter(({ type }) => type.startsWith('schedule.'))
    expect(events).toMatchObject([
      { type: 'schedule.ran', messageId: runs[1]?.messageId, data: { name: 'late', messages: 1 } },
      { type: 'schedule.failed', messageId: null, data: { name: 'late', error: runs[0]?.error } },
    ])
  })

  test.each([
    [{ name: 'a b' }, 'name'],
    [{ when: { cron: '0 0 31 2 *' } }, 'when.cron'],
    [{ when: { cron: '* * * * * *' } }, 'when.cron'],
    [{ when: { cron: '0 9 * * *', zone: 'Mars/Olympus' } }, 'when.zone'],
    [{ when: { every: '30s' } }, 'when.every'],
    [{ when: { at: '2020-01-01T00:00Z' } }, 'when.at'],
    [{ when: { at: 'soon' } }, 'when.at'],
    [{ when: { rrule: 'FREQ=SECONDLY', start: '2026-01-05T10:00' } }, 'when.rrule'],
    [{ when: { cron: '0 9 * * *' }, ends: '2020-01-01T00:00Z' }, 'when'],
    [{ starts: '2027-01-01', ends: '2026-01-06' }, 'ends'],
    [{ missed: 'never' }, 'missed'],
    [{ jitter: '2d' }, 'jitter'],
    [{ action: { send: { content: 'x' } } }, 'action.send.to'],
    [{ action: { send: { to: sam, content: '' } } }, 'action.send.content'],
    [{ action: { send: { to: sam, content: { template: 'welcome' } } } }, 'action.send.content.template'],
    [
      { action: { send: { to: sam, content: 'x', options: { via: ['pigeon'] } } } },
      'action.send.options.via',
    ],
    [{ action: { send: { to: sam, content: 'x', options: { key: 'mine' } } } }, 'action.send.options.key'],
    [{ action: { ask: { to: sam, question: 'x', options: {} } } }, 'action.ask.options.answer'],
    [{ when: { onAttribute: 'birthday', at: '10:00' } }, 'action.send.to'],
    [{ when: { onAttribute: 'birthday', at: '24:00' } }, 'when.at'],
  ])('that cannot be is refused: %j', async (wrong, field) => {
    const t = await startEngine()
    const input = { name: 'wrong', when: { cron: '0 9 * * *' }, action: toSam(), ...wrong }
    await expect(t.inviteMe.schedules.save(input as never)).rejects.toMatchObject({ field })
    expect(await t.inviteMe.schedules.list()).toEqual([])
  })
})

test('somebody who is forgotten is taken out of schedules, and one that names nobody else rests', async () => {
  const t = await startEngine()
  const { recipients, schedules } = t.inviteMe
  const ann = { externalId: 'ann', routes: { email: 'ann@people.test' } }
  await recipients.upsert(ann)
  const when = { cron: '0 * * * *', zone: 'UTC' }
  await schedules.save({ name: 'alone', when, action: { send: { to: 'ann', content: 'x' } } })
  const [byId, byAddress] = ['ann', { routes: { email: 'ann@people.test' } }]
  await schedules.save({ name: 'both', when, action: { send: { to: [byId, sam, byAddress], content: 'x' } } })
  await recipients.erase('ann')
  expect(await schedules.get('alone')).toMatchObject({ enabled: false, nextAt: null })
  expect(JSON.stringify(await schedules.list())).not.toContain('ann')
  await t.advance('90m')
  expect(t.outbox.map(({ message }) => message.to.address)).toEqual(['sam'])
})

describe('processes on one store', () => {
  let place: Workspace
  let clock: VirtualClock
  let seed: number
  beforeEach(async () => {
    place = await newWorkspace()
    clock = virtualClock()
    seed = 0
  })
  const startProcess = async (options: InviteMeTestOptions = {}): Promise<InviteMeTest> =>
    startEngine({ ...(await place.process(clock)), clock, seed: (seed += 1), ...options })

  test('make each run once, between them', async () => {
    const [one, other] = [await startProcess(), await startProcess()]
    for (const name of ['a', 'b', 'c'])
      await one.inviteMe.schedules.save({
        name,
        when: { cron: '*/10 * * * *', zone: 'UTC' },
        action: toSam(name),
      })
    await clock.advance('1h')
    await clock.advance('5s')
    expect([...one.outbox, ...other.outbox]).toHaveLength(18)
    for (const name of ['a', 'b', 'c']) expect(await one.inviteMe.schedules.runs(name)).toHaveLength(6)
  })

  test('see what another one changed within five seconds', async () => {
    const desk = await startProcess({ dispatch: false })
    const worker = await startProcess()
    await clock.advance('1m')
    await desk.inviteMe.schedules.save({
      name: 'soon',
      when: { at: new Date(clock.now() + 5_000) },
      action: toSam(),
    })
    const startMs = clock.now()
    await clock.advance('10s')
    expect(worker.outbox).toHaveLength(1)
    expect((worker.outbox[0]?.at.getTime() ?? 0) - startMs).toBeLessThanOrEqual(5_500)
    await desk.inviteMe.schedules.save({ name: 'never', when: { every: '1m' }, action: toSam() })
    await desk.inviteMe.schedules.disable('never')
    await clock.advance('5m')
    expect(worker.outbox).toHaveLength(1)
  })

  test.each([
    ['skip', [], [['skipped', 24]]],
    ['once', ['2026-01-06T09:30'], [['done', 23]]],
    [
      'all',
      Array.from({ length: 24 }, () => '2026-01-06T09:30'),
      Array.from({ length: 24 }, () => ['done', 0]),
    ],
  ] as const)('after a day in which none was there, missed: %s is kept', async (missed, sent, runs) => {
    const first = await startProcess()
    await first.inviteMe.schedules.save({
      name: 'hourly',
      when: { cron: '0 * * * *', zone: 'UTC' },
      missed,
      action: toSam(),
    })
    await first.stop()
    await clock.advance(24.5 * hour)
    const second = await startProcess()
    // The program says again what it has: that changes nothing.
    await second.inviteMe.schedules.save({
      name: 'hourly',
      when: { cron: '0 * * * *', zone: 'UTC' },
      missed,
      action: toSam(),
    })
    await clock.advance('10s')
    expect(sentAt(second)).toEqual(sent)
    const made = await second.inviteMe.schedules.runs('hourly')
    expect(made.map((run) => [run.state, run.missed])).toEqual(runs)
    await clock.advance('30m')
    expect(sentAt(second).at(-1)).toBe('2026-01-06T10:00')
    expect(second.outbox).toHaveLength(sent.length + 1)
  })

  test('that are cut off at any point leave each moment done once', async () => {
    const first = await startProcess({ dispatch: false })
    await first.inviteMe.schedules.save({
      name: 'minutely',
      when: { every: '1m' },
      ends: new Date(clock.now() + 10 * minute),
      action: toSam(),
    })
    await first.stop()
    // Each process is killed within the first look it takes at a due moment, a few turns later than the one before it.
    for (let turns = 0; turns < 8; turns += 1) {
      clock.jump(minute)
      const own = virtualClock(clock.now())
      const options: ProcessOptions = await place.process(own)
      const dying = await startEngine({ ...options, clock: own, seed: (seed += 1) })
      for (let turn = 0; turn < turns * 3; turn += 1) await new Promise((resolve) => setImmediate(resolve))
      await cutOff(options)
      await dying.stop(1)
    }
    clock.jump(3 * minute)
    const last = await startProcess()
    await clock.advance('2m')
    const runs = await last.inviteMe.schedules.runs('minutely')
    const messages = await last.inviteMe.messages.list()
    const done = runs.filter(({ state }) => state === 'done')
    expect(new Set(done.map(({ messageId }) => messageId))).toEqual(new Set(messages.map(({ id }) => id)))
    expect(done).toHaveLength(messages.length)
    expect(done.length + done.reduce((sum, { missed }) => sum + missed, 0)).toBe(10)
    expect(new Set(messages.map(({ key }) => key)).size).toBe(messages.length)
  })
})

describe('when the clock is set', () => {
  test.each([
    ['back an hour', -hour, 0],
    ['back a day', -day, 0],
    ['forward an hour', hour, 0],
    ['forward a day', day, 23],
  ])('%s, no moment runs twice and none is passed over without a word', async (_name, jumpMs, missed) => {
    const t = await startEngine()
    await t.inviteMe.schedules.save({
      name: 'hourly',
      when: { cron: '0 * * * *', zone: 'UTC' },
      action: toSam(),
    })
    await t.advance(2.5 * hour)
    t.clock.jump(jumpMs)
    await t.advance(Math.max(0, -jumpMs) + 3 * hour)
    const runs = await t.inviteMe.schedules.runs('hourly')
    const told = runs.map((run) => run.at.getTime())
    expect(new Set(told).size).toBe(told.length)
    expect(runs.reduce((sum, run) => sum + run.missed, 0)).toBe(missed)
    const nowMs = t.clock.now()
    const passed = Math.floor(nowMs / hour) - Math.floor(at('2026-01-05T09:00Z') / hour)
    expect(runs.length + missed).toBe(passed)
    expect(t.outbox).toHaveLength(runs.length)
  })

  test('back, and the schedule is saved anew, what has run does not run again', async () => {
    const t = await startEngine()
    const hourly = (text: string) =>
      t.inviteMe.schedules.save({
        name: 'hourly',
        when: { cron: '0 * * * *', zone: 'UTC' },
        jitter: text === 'one' ? 0 : 1,
        action: toSam(text),
      })
    await hourly('one')
    await t.advance(2.5 * hour)
    expect(t.outbox).toHaveLength(2)
    t.clock.jump(-2 * hour)
    expect((await hourly('two')).nextAt?.toISOString()).toBe('2026-01-05T10:00:00.000Z')
    await t.advance(3 * hour)
    expect(t.outbox.map(({ message }) => message.content.text)).toEqual(['one', 'one', 'two'])
    expect(t.troubles).toEqual([])
  })
})

describe('on the day of an attribute', () => {
  const birthday = {
    name: 'birthdays',
    when: { onAttribute: 'birthday', at: '10:00', zone: 'UTC' },
    action: { send: { content: 'Happy birthday!' } },
  } as const
  const person = (externalId: string, value: string | number, zone?: string) => ({
    externalId,
    attributes: { birthday: value, note: 'x' },
    ...(zone !== undefined && { zone }),
    routes: { email: `${externalId}@people.test` },
  })

  test('everybody hears at ten in their own zone, once a year', { timeout: 60_000 }, async () => {
    const t = await startEngine({ clock: virtualClock(at('2026-02-26T00:00Z')) })
    const people = [
      person('ann', '1990-02-27', 'Europe/Berlin'),
      person('bob', '--02-27', 'Asia/Kathmandu'),
      person('cid', '1985-02-27'),
      person('dee', '1992-02-29', 'America/New_York'),
      person('eve', '1990-03-27', 'Europe/Berlin'),
      person('fay', 'unknown', 'Europe/Berlin'),
      person('gus', 19_900_227, 'Europe/Berlin'),
    ]
    for (const one of people) await t.inviteMe.recipients.upsert(one)
    await t.inviteMe.schedules.save(birthday)
    await closely(t, at('2026-03-01T12:00Z'))
    expect(
      t.outbox.map((entry) => [entry.message.to.address.split('@')[0], entry.at.toISOString().slice(0, 16)]),
    ).toEqual([
      ['bob', '2026-02-27T04:15'],
      ['ann', '2026-02-27T09:00'],
      ['cid', '2026-02-27T10:00'],
      ['dee', '2026-02-28T15:00'],
    ])
    const runs = await t.inviteMe.schedules.runs('birthdays')
    expect(runs.map(({ messages }) => messages)).toEqual([1, 1, 1, 1])
    // Told to run at once it leaves alone who was written to this year.
    expect(await t.inviteMe.schedules.runNow('birthdays')).toMatchObject({ messages: 0, byHand: true })
    expect(t.outbox).toHaveLength(4)
    expect(t.troubles).toEqual([])
  })

  test(
    'many on one day are all written to, and after an absence they still are',
    { timeout: 60_000 },
    async () => {
      const place = await newWorkspace()
      const clock = virtualClock(at('2026-05-16T12:00Z'))
      const start = async (seed: number) => startEngine({ ...(await place.process(clock)), clock, seed })
      const first = await start(1)
      const many = Array.from({ length: 1_100 }, (_, number) => person(`p${String(number)}`, '2000-05-17'))
      await Promise.all(many.map((one) => first.inviteMe.recipients.upsert(one)))
      await first.inviteMe.schedules.save(birthday)
      await first.stop()
      await clock.advance('2d')
      const [second, third] = [await start(2), await start(3)]
      await clock.advance('1m')
      const sent = [...second.outbox, ...third.outbox].map(({ message }) => message.to.address)
      expect(sent).toHaveLength(1_100)
      expect(new Set(sent).size).toBe(1_100)
      const [run, ...others] = await second.inviteMe.schedules.runs('birthdays')
      expect(run).toMatchObject({ state: 'done', messages: 1_100 })
      expect(others).toEqual([])
    },
  )
})
