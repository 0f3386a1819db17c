import {
  choice,
  date,
  form,
  number,
  rsvp,
  text,
  yesNo,
  type AnswerRow,
  type AnswerType,
  type InvitationGroup,
  type Tally,
} from '@invite-me/core'
import { scriptedChannel, virtualClock, type InviteMeTest } from '@invite-me/core/testing'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { newWorkspace } from '../worlds/workspace.ts'
import { soon, startEngine } from './start-engine.ts'

const names = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ routes: { telegram: `p${String(index + 1)}` } }))

/** Asks so many people, who have it before them. */
async function askMany<Value>(
  t: InviteMeTest,
  count: number,
  answer: AnswerType<Value>,
  options: { readonly quorum?: { count: number; of?: string | boolean; onReached: 'close' | 'tell' } } = {},
): Promise<InvitationGroup<Value>> {
  const group = await t.inviteMe.ask(names(count), 'Dinner?', { answer, until: '2d', ...options })
  await t.advance('10s')
  return group
}

async function answerAll(
  t: InviteMeTest,
  group: InvitationGroup<unknown>,
  values: readonly unknown[],
): Promise<void> {
  for (const [index, value] of values.entries()) {
    const id = group.invitations[index]?.id ?? ''
    if (value !== undefined) await t.inviteMe.respond(id, { kind: 'value', value })
  }
}

async function all<Row>(rows: AsyncIterable<Row>): Promise<readonly Row[]> {
  const found: Row[] = []
  for await (const row of rows) found.push(row)
  return found
}

const quorumEvents = async (t: InviteMeTest) =>
  (await t.inviteMe.events.list({ limit: 1_000 })).filter(({ type }) => type === 'question.quorum_reached')

describe('a tally', () => {
  test('counts who answered, who did not, and a change of mind once', async () => {
    const t = await startEngine()
    const group = await askMany(t, 5, yesNo())
    await answerAll(t, group, [true, true, false, true])
    await answerAll(t, group, [undefined, false])
    await group.invitations[4]?.cancel()
    expect(await group.tally()).toEqual({
      messageId: group.messageId,
      asked: 5,
      states: {
        pending: 0,
        accepted: 2,
        declined: 2,
        answered: 0,
        expired: 0,
        cancelled: 1,
        superseded: 0,
        unreachable: 0,
      },
      answered: 4,
      answers: { type: 'yesNo', yes: 2, no: 2 },
      quorum: null,
    } satisfies Tally)
    expect(await t.inviteMe.invitations.tally(group.messageId)).toEqual(await group.tally())
  })

  test('has the values of every type of answer', async () => {
    const t = await startEngine()
    const tallied = async <Value>(answer: AnswerType<Value>, values: readonly unknown[]) => {
      const group = await askMany(t, values.length, answer)
      await answerAll(t, group, values)
      return (await group.tally()).answers
    }
    expect(await tallied(choice(['red', 'blue', 'green']), ['red', 'red', 'blue', undefined])).toEqual({
      type: 'choice',
      multiple: false,
      options: [
        { value: 'red', label: 'red', count: 2 },
        { value: 'blue', label: 'blue', count: 1 },
        { value: 'green', label: 'green', count: 0 },
      ],
    })
    expect(
      await tallied(choice(['mon', 'tue'], { multiple: true }), [['mon', 'tue'], ['tue'], undefined]),
    ).toMatchObject({ options: [{ count: 1 }, { count: 2 }] })
    expect(await tallied(number(), [1, 2.5, -4])).toEqual({
      type: 'number',
      count: 3,
      sum: -0.5,
      min: -4,
      max: 2.5,
      mean: -0.5 / 3,
    })
    expect(
      await tallied(rsvp(), [
        { coming: 'yes', party: 3 },
        { coming: 'yes', party: 1 },
        { coming: 'maybe', party: 2 },
        { coming: 'no', party: 0 },
      ]),
    ).toEqual({ type: 'rsvp', yes: 2, no: 1, maybe: 1, heads: 4, maybeHeads: 2 })
    expect(await tallied(date(), ['2026-11-27', '2026-11-28', '2026-11-28'])).toEqual({
      type: 'date',
      dates: [
        { value: '2026-11-28', count: 2 },
        { value: '2026-11-27', count: 1 },
      ],
      others: 0,
    })
    expect(await tallied(text(), ['Hello', 'Hi', undefined])).toEqual({ type: 'text', count: 2 })
    const meal = form(
      z.object({ age: z.int(), meal: z.enum(['meat', 'fish']), remark: z.string().optional() }),
    )
    expect(
      await tallied(meal, [
        { age: 20, meal: 'fish', remark: 'no salt' },
        { age: 30, meal: 'fish' },
      ]),
    ).toEqual({
      type: 'form',
      fields: {
        age: { kind: 'number', count: 2, sum: 50, min: 20, max: 30, mean: 25 },
        meal: {
          kind: 'options',
          options: [
            { value: 'meat', label: expect.any(String), count: 0 },
            { value: 'fish', label: expect.any(String), count: 2 },
          ],
        },
        remark: { kind: 'text', count: 1 },
      },
    })
  })

  test('is followed as it changes, at most once a second, until nobody is left to answer', async () => {
    const t = await startEngine()
    const group = await askMany(t, 3, yesNo())
    const seen: number[] = []
    const following = (async () => {
      for await (const { answered } of group.tallies()) seen.push(answered)
    })()
    await t.advance('2s')
    await answerAll(t, group, [true, false])
    await t.advance('3s')
    await answerAll(t, group, [undefined, undefined, true])
    await t.advance('3s')
    await following
    expect(seen[0]).toBe(0)
    expect(seen.at(-1)).toBe(3)
    expect(seen.length).toBeLessThanOrEqual(4)
  })

  test('of nobody’s message, or of a notice, is refused', async () => {
    const t = await startEngine()
    const unknown = '01890000-0000-7000-8000-000000000000'
    await expect(t.inviteMe.invitations.tally(unknown)).rejects.toMatchObject({ code: 'MESSAGE_UNKNOWN' })
    const { messageId } = await t.inviteMe.send({ routes: { telegram: 'ann' } }, 'Hello')
    await expect(t.inviteMe.invitations.tally(messageId)).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
      field: 'messageId',
    })
  })
})

describe('a quorum that is waited for', () => {
  test('is reached with the answer that was missing', async () => {
    const t = await startEngine()
    const group = await askMany(t, 4, yesNo())
    const waiting = group.quorum(2)
    await answerAll(t, group, [true, false, true])
    expect(await soon(t.clock, waiting)).toEqual({ reached: true, counted: 2 })
    expect(await group.quorum(1, { of: false })).toEqual({ reached: true, counted: 1 })
  })

  test('ends when too few are left, or it was called off', async () => {
    const t = await startEngine()
    const group = await askMany(t, 3, choice(['red', 'blue']))
    const waiting = group.quorum(3, { of: 'red' })
    await answerAll(t, group, ['red', 'blue'])
    expect(await soon(t.clock, waiting)).toEqual({ reached: false, counted: 1, why: 'too_few_left' })
    await group.invitations[2]?.cancel()
    expect(await group.quorum(2, { of: 'red' })).toEqual({ reached: false, counted: 1, why: 'called_off' })
  })

  test('of what nobody can answer is refused', async () => {
    const t = await startEngine()
    const group = await askMany(t, 2, choice(['red', 'blue']))
    await expect(group.quorum(1, { of: 'green' })).rejects.toMatchObject({ field: 'of' })
    await expect(group.quorum(0)).rejects.toMatchObject({ field: 'count' })
    const ask = (count: number, of?: string) =>
      t.inviteMe.ask(names(2), 'Dinner?', {
        answer: yesNo(),
        quorum: { count, onReached: 'tell', ...(of && { of }) },
      })
    await expect(ask(3)).rejects.toMatchObject({
      field: 'options.quorum.count',
      message: expect.stringContaining('3 answers cannot come from 2 people'),
    })
    await expect(ask(1, 'pizza')).rejects.toMatchObject({
      field: 'options.quorum.of',
      message: expect.stringContaining('pizza'),
    })
  })
})

describe('a question with a quorum', () => {
  test('tells once that it is reached, whoever changes their mind', async () => {
    const t = await startEngine()
    const group = await askMany(t, 4, yesNo(), { quorum: { count: 2, onReached: 'tell' } })
    await answerAll(t, group, [true, false])
    expect(await quorumEvents(t)).toHaveLength(0)
    await answerAll(t, group, [false, true, true])
    await answerAll(t, group, [true, undefined, undefined, true])
    expect(await quorumEvents(t)).toMatchObject([
      { messageId: group.messageId, data: { count: 2, of: 'accepted', onReached: 'tell' } },
    ])
    expect((await group.tally()).quorum).toMatchObject({ counted: 4, count: 2, reachedAt: expect.any(Date) })
    expect((await group.tally()).states.accepted).toBe(4)
  })

  test('closes for the others, who are told, and of whom no answer counts any more', async () => {
    const telegram = scriptedChannel({ name: 'telegram', supports: { edits: ['question'] } })
    const edited: string[] = []
    telegram.edit = async ({ providerMessageId, reason }) => {
      edited.push(`${providerMessageId} ${reason.kind}`)
      return { status: 'accepted' }
    }
    const t = await startEngine({ channels: [telegram] })
    const group = await askMany(t, 4, yesNo(), { quorum: { count: 2, onReached: 'close' } })
    await t.press('p1', 'yes')
    await t.press('p2', 'yes')
    await t.advance('1m')
    const tally = await group.tally()
    expect(tally.states).toMatchObject({ accepted: 2, cancelled: 2, pending: 0 })
    expect(tally.quorum).toMatchObject({ counted: 2, onReached: 'close' })
    expect(edited.filter((one) => one.endsWith('cancelled'))).toHaveLength(2)
    await t.reply('p3', 'yes')
    expect((await group.tally()).states).toMatchObject({ accepted: 2, cancelled: 2 })
    expect(await group.invitations[3]?.state()).toBe('cancelled')
    const calledOff = (await t.inviteMe.events.list({ limit: 1_000 })).filter(
      ({ type }) => type === 'invitation.cancelled',
    )
    expect(calledOff.map(({ data }) => data)).toEqual([{ reason: 'quorum' }, { reason: 'quorum' }])
    // Whoever said yes may still say no.
    await t.press('p1', 'no')
    expect((await group.tally()).quorum).toMatchObject({ counted: 1, reachedAt: expect.any(Date) })
    expect(await quorumEvents(t)).toHaveLength(1)
  })

  test('calls off what was planned: nobody is reminded, no other route is tried', async () => {
    const t = await startEngine()
    await t.inviteMe.ask(
      [1, 2, 3].map((number) => ({
        routes: { telegram: `p${String(number)}`, email: `p${String(number)}@guests.test` },
      })),
      'Who drives?',
      {
        answer: yesNo(),
        until: '2d',
        remind: ['2h'],
        next: { unlessAnswered: '3h' },
        quorum: { count: 1, onReached: 'close' },
      },
    )
    await t.advance('1h')
    expect(t.outbox).toHaveLength(3)
    await t.press('p2', 'yes')
    await t.advance('1d')
    expect(t.outbox).toHaveLength(3)
  })

  test('of two answers at once, one reaches it', async () => {
    const t = await startEngine()
    const group = await askMany(t, 30, yesNo(), { quorum: { count: 10, onReached: 'close' } })
    await Promise.all(
      group.invitations.map(({ id }) => t.inviteMe.respond(id, { kind: 'value', value: true })),
    )
    expect(await quorumEvents(t)).toHaveLength(1)
    const { states, quorum } = await group.tally()
    expect(states.accepted + states.cancelled).toBe(30)
    expect(states.accepted).toBe(quorum?.counted)
    expect(states.accepted).toBe(10)
  })
})

describe('two processes on the same store', () => {
  test('reach a quorum once between them, and a wait goes on in the one that is left', async () => {
    const place = await newWorkspace()
    const clock = virtualClock()
    const start = async (seed: number) => startEngine({ ...(await place.process(clock)), clock, seed })
    const [first, second] = [await start(1), await start(2)]
    const group = await askMany(first, 24, yesNo(), { quorum: { count: 8, onReached: 'close' } })
    const there = await second.inviteMe.invitationGroup<boolean>(group.messageId)
    const waiting = there.quorum(8)
    const receipts = await Promise.all(
      group.invitations.map(({ id }, index) =>
        (index % 2 === 0 ? first : second).inviteMe.respond(id, { kind: 'value', value: true }),
      ),
    )
    expect(receipts.filter(({ status }) => status === 'counted')).toHaveLength(8)
    expect(receipts.filter(({ status }) => status === 'late')).toHaveLength(16)
    expect(await quorumEvents(first)).toHaveLength(1)
    await first.stop()
    await clock.advance('1s')
    expect(await soon(clock, waiting)).toEqual({ reached: true, counted: 8 })
    expect((await there.tally()).states).toMatchObject({ accepted: 8, cancelled: 16 })
  })
})

describe('an export', () => {
  test('has a row for each person, in their order', async () => {
    const t = await startEngine()
    const group = await askMany(t, 3, text())
    await answerAll(t, group, ['=1+1', undefined, 'with, a comma'])
    const rows: readonly AnswerRow[] = await all(group.export())
    expect(rows.map(({ to, state, value, via }) => [to, state, value, via])).toEqual([
      ['p1', 'answered', '=1+1', 'api'],
      ['p2', 'pending', null, null],
      ['p3', 'answered', 'with, a comma', 'api'],
    ])
    expect(rows[0]?.answeredAt).toBeInstanceOf(Date)
  })
})

test('a question with too many options is refused, naming them', async () => {
  const t = await startEngine()
  const options = Array.from({ length: 10_000 }, (_, index) => `option ${String(index)}`)
  await expect(
    t.inviteMe.ask({ routes: { telegram: 'ann' } }, 'Which?', { answer: choice(options) }),
  ).rejects.toMatchObject({
    code: 'REQUEST_INVALID',
    message: expect.stringMatching(/options.*50/),
  })
})
