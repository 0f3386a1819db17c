import type { RecipientInput } from '@invite-me/core/channel'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startScriptedHttp } from '../../../tests/peers/scripted-http.ts'
import {
  slackBotToken,
  startSlackWorkspace,
  type SlackWorkspace,
} from '../../../tests/peers/slack-workspace.ts'
import { slackDirectory, type SlackDirectoryOptions } from './slack-directory.ts'

let workspace: SlackWorkspace
let warnings: unknown[]

beforeEach(async () => {
  workspace = await startSlackWorkspace()
  warnings = []
})
afterEach(() => workspace.close())

const member = (id: string, change: object = {}) => ({
  id,
  team_id: 'T0123ABCD',
  name: id.toLowerCase(),
  deleted: false,
  is_bot: false,
  tz: 'Europe/Berlin',
  locale: 'de-DE',
  profile: { real_name: `Person ${id}`, display_name: '', email: `${id.toLowerCase()}@guests.test` },
  ...change,
})
const list = async (
  options: Partial<SlackDirectoryOptions> = {},
  signal: AbortSignal = AbortSignal.timeout(5_000),
): Promise<readonly RecipientInput[]> => {
  const directory = slackDirectory({ botToken: slackBotToken, apiUrl: workspace.url, ...options })
  const log = {
    warn: (_message: string, fields: unknown) => void warnings.push(fields),
    error: () => undefined,
  }
  const people: RecipientInput[] = []
  for await (const person of directory.people({ signal, log })) people.push(person)
  return people
}

test('people are described with name, language, zone and both ways to reach them', async () => {
  workspace.members.push(member('U0123ABCD'))
  expect(await list()).toEqual([
    {
      externalId: 'slack:U0123ABCD',
      name: 'Person U0123ABCD',
      locale: 'de-DE',
      zone: 'Europe/Berlin',
      routes: { slack: 'U0123ABCD', email: 'u0123abcd@guests.test' },
    },
  ])
})

test('what a profile does not show, or shows wrong, is left away', async () => {
  workspace.members.push(
    member('W0123ABCD', {
      tz: 'Mars/Olympus',
      locale: 'x',
      name: 'ann',
      profile: { real_name: '\n', email: null },
    }),
  )
  expect(await list()).toEqual([
    { externalId: 'slack:W0123ABCD', name: 'ann', routes: { slack: 'W0123ABCD' } },
  ])
})

const mixed = [
  member('U0000AAAA'),
  member('U0000BBBB', { is_bot: true }),
  member('U0000CCCC', { deleted: true }),
  member('U0000DDDD', { is_restricted: true }),
  member('U0000EEEE', { is_ultra_restricted: true }),
  member('USLACKBOT'),
]
test.each([
  [undefined, ['U0000AAAA', 'U0000DDDD', 'U0000EEEE']],
  [['bots', 'deleted', 'guests'] as const, ['U0000AAAA']],
  [[] as const, mixed.map(({ id }) => id)],
])('leaving out %j leaves %j', async (leaveOut, left) => {
  workspace.members.push(...mixed)
  const people = await list(leaveOut === undefined ? {} : { leaveOut: [...leaveOut] })
  expect(people.map(({ externalId }) => externalId)).toEqual(left.map((id) => `slack:${id}`))
})

test('identified by e-mail address, people without one are left out, and that is told', async () => {
  workspace.members.push(member('U0000AAAA'), member('U0000BBBB', { profile: { real_name: 'Bo' } }), {
    id: 7,
  })
  const people = await list({ identifyBy: 'email' })
  expect(people.map(({ externalId }) => externalId)).toEqual(['u0000aaaa@guests.test'])
  expect(warnings).toEqual([{ leftOut: 2 }])
})

test('a large workspace comes page by page', async () => {
  for (let index = 0; index < 450; index += 1)
    workspace.members.push(member(`U${String(10_000_000 + index)}`))
  expect(await list()).toHaveLength(450)
  expect(workspace.methods()).toEqual(['users.list', 'users.list', 'users.list'])
})

/** A Slack that wants a pause this often before it answers. */
async function listFromBusy(
  pauses: number,
  options: Partial<SlackDirectoryOptions> = {},
  signal?: AbortSignal,
) {
  let left = pauses
  const busy = await startScriptedHttp({
    isMessage: () => false,
    refusals: {},
    answer: () =>
      (left -= 1) >= 0
        ? { status: 429, headers: { 'retry-after': '30' }, body: { ok: false, error: 'ratelimited' } }
        : { body: { ok: true, members: [member('U0000AAAA')] } },
  })
  const waits: number[] = []
  const wait = (ms: number, called: AbortSignal): Promise<void> => {
    waits.push(ms)
    return called.aborted ? Promise.reject(new Error('called off')) : Promise.resolve()
  }
  try {
    return { waits, people: await list({ apiUrl: busy.url, wait, ...options }, signal) }
  } finally {
    await busy.close()
  }
}

test('a pause Slack asks for is kept', async () => {
  expect(await listFromBusy(2)).toMatchObject({
    waits: [30_000, 30_000],
    people: [{ externalId: 'slack:U0000AAAA' }],
  })
})

test('endless pauses are given up', async () => {
  await expect(listFromBusy(9, { mostWaits: 3 })).rejects.toMatchObject({ code: 'DIRECTORY_FAILED' })
})

test.each([
  [{ apiUrl: 'http://127.0.0.1:9' }, 'DIRECTORY_FAILED'],
  [{ botToken: 'xoxb-another-token' }, 'DIRECTORY_FAILED'],
])('a workspace that cannot be read (%j) is an error, not an empty list', async (options, code) => {
  const failed = await list(options).catch((error: unknown) => error)
  expect(failed).toMatchObject({ code })
  expect(String(failed)).not.toContain('xoxb')
})

test('a wrong option is named', () => {
  expect(() => slackDirectory({ botToken: 'planted-secret' })).toThrow(
    expect.objectContaining({ code: 'OPTIONS_INVALID', field: 'botToken' }),
  )
})
