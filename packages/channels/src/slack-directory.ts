import {
  InviteMeError,
  type Directory,
  type DirectoryContext,
  type RecipientInput,
} from '@invite-me/core/channel'
import { setTimeout } from 'node:timers/promises'
import { z } from 'zod'
import { oneLine } from './shared/one-line.ts'
import { shortened } from './shared/shortened.ts'
import { readSlack } from './slack/call.ts'
import { slackAccessOptions } from './slack/options.ts'
import type { SlackFailure } from './slack/outcome.ts'

/** Waits; the signal calls it off. */
type Wait = (ms: number, signal: AbortSignal) => Promise<unknown>

const optionsSchema = z.strictObject({
  ...slackAccessOptions,
  identifyBy: z
    .enum(['id', 'email'])
    .default('id')
    .describe(
      'What becomes the externalId: `id` gives `slack:U0123ABCD`, `email` the address of the profile; people who show none are then left out.',
    ),
  leaveOut: z
    .array(z.enum(['bots', 'deleted', 'guests']))
    .default(['bots', 'deleted'])
    .describe('Who is left out; guests are people restricted to some channels.'),
  pageSize: z
    .int()
    .min(1)
    .max(1_000)
    .default(200)
    .describe('People asked for at once; Slack advises 200 at most.'),
  mostWaits: z
    .int()
    .min(0)
    .default(60)
    .describe(
      'How often Slack may ask for a pause before it is given up; default 60, some 20 pages a minute.',
    ),
  wait: z
    .custom<Wait>((value) => typeof value === 'function')
    .default(() => (ms: number, signal: AbortSignal) => setTimeout(ms, undefined, { signal }))
    .describe('Waits; another one for tests.'),
})
/** Options of {@link slackDirectory}. The token needs `users:read`, and `users:read.email` for e-mail addresses. */
export type SlackDirectoryOptions = z.input<typeof optionsSchema>
type Options = z.output<typeof optionsSchema>

const memberSchema = z.object({
  id: z.string().regex(/^[UW][A-Z0-9]{7,20}$/),
  deleted: z.boolean().default(false),
  is_bot: z.boolean().default(false),
  is_restricted: z.boolean().default(false),
  is_ultra_restricted: z.boolean().default(false),
  name: z.string().optional(),
  tz: z.string().nullish(),
  locale: z.string().nullish(),
  profile: z
    .object({
      real_name: z.string().optional(),
      display_name: z.string().optional(),
      email: z.string().nullish(),
    })
    .default({}),
})
type Member = z.output<typeof memberSchema>

const pageSchema = z.object({
  members: z.array(z.unknown()),
  response_metadata: z.object({ next_cursor: z.string().default('') }).default({ next_cursor: '' }),
})

/** Longest single pause taken, in ms; Slack asks for a minute at most. */
const longestPauseMs = 120_000
/** Slackbot is not marked as a bot. */
const slackbot = 'USLACKBOT'

/**
 * The members of a Slack workspace as recipients: name, locale, time zone, and how to reach them (`slack`, and `email` where
 * the profile shows one).
 *
 * @throws InviteMeError `OPTIONS_INVALID`, naming the field
 * @example
 * for await (const person of slackDirectory({ botToken: 'xoxb-…' }).people(context)) await inviteMe.recipients.upsert(person)
 */
export function slackDirectory(options: SlackDirectoryOptions): Directory {
  const parsed = optionsSchema.safeParse(options)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const field = issue?.path.join('.') ?? ''
    throw new InviteMeError(
      'OPTIONS_INVALID',
      `The Slack directory's option ${field}: ${issue?.message ?? 'wrong'}.`,
      {
        field,
      },
    )
  }
  return { name: 'slack', people: (context) => listPeople(parsed.data, context) }
}

async function* listPeople(options: Options, context: DirectoryContext): AsyncGenerator<RecipientInput> {
  let leftOut = 0
  for await (const entry of listMembers(options, context)) {
    const member = memberSchema.safeParse(entry)
    if (member.success && isLeftOut(member.data, options)) continue
    const person = member.success ? describe(member.data, options) : undefined
    if (person === undefined) leftOut += 1
    else yield person
  }
  if (leftOut > 0) context.log.warn('Some members of the Slack workspace cannot be described.', { leftOut })
}

/** All members, page by page; a pause Slack asks for is kept. */
async function* listMembers(options: Options, { signal }: DirectoryContext): AsyncGenerator {
  const { mostWaits, pageSize, wait } = options
  let cursor = ''
  let waits = 0
  for (;;) {
    const args = { limit: pageSize, include_locale: true, ...(cursor !== '' && { cursor }) }
    const reading = await readSlack('users.list', args, { ...options, signal, clock: { now: () => 0 } })
    if (!reading.ok) {
      waits += 1
      await pause(reading.failure, waits <= mostWaits, { signal, wait })
      continue
    }
    const page = pageSchema.safeParse(reading.body)
    if (!page.success) throw unreadable('this does not answer like Slack')
    yield* page.data.members
    if (page.data.response_metadata.next_cursor === '') return
    if (page.data.response_metadata.next_cursor === cursor) throw unreadable('it keeps giving the same page')
    cursor = page.data.response_metadata.next_cursor
  }
}

/** @throws InviteMeError `DIRECTORY_FAILED` when no pause is asked for, or too many were */
async function pause(
  failure: SlackFailure,
  mayWait: boolean,
  { signal, wait }: { readonly signal: AbortSignal; readonly wait: Wait },
): Promise<void> {
  if (failure.status !== 'rate_limited' || !mayWait)
    throw unreadable(`${failure.detail ?? failure.status} (${failure.providerCode ?? failure.status})`)
  try {
    await wait(Math.min(failure.retryAfterMs, longestPauseMs), signal)
  } catch (cause) {
    throw unreadable('it was called off while Slack wanted a pause', cause)
  }
}

function isLeftOut(
  { deleted, id, is_bot, is_restricted, is_ultra_restricted }: Member,
  { leaveOut }: Options,
): boolean {
  if (leaveOut.includes('bots') && (is_bot || id === slackbot)) return true
  if (leaveOut.includes('deleted') && deleted) return true
  return leaveOut.includes('guests') && (is_restricted || is_ultra_restricted)
}

/** @returns `undefined` for somebody without an e-mail address when that is the externalId */
function describe(
  { id, locale, name, profile, tz }: Member,
  { identifyBy }: Options,
): RecipientInput | undefined {
  const email = isEmail(profile.email) ? profile.email : undefined
  const externalId = identifyBy === 'id' ? `slack:${id}` : email
  if (externalId === undefined) return undefined
  const called = [profile.real_name, profile.display_name, name]
    .map((one) => oneLine(one ?? ''))
    .find((one) => one !== '')
  return {
    externalId,
    ...(called !== undefined && { name: shortened(called, 200) }),
    ...(isLocale(locale) && { locale }),
    ...(isZone(tz) && { zone: tz }),
    routes: { slack: id, ...(email !== undefined && { email }) },
  }
}

/** The e-mail channel looks closely; here it is enough that it can be an address and an id. */
function isEmail(text: string | null | undefined): text is string {
  return typeof text === 'string' && /^[^\s@\p{Cc}]{1,64}@[^\s@\p{Cc}]{1,130}$/u.test(text)
}

function isLocale(text: string | null | undefined): text is string {
  return typeof text === 'string' && /^[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*$/.test(text)
}

function isZone(text: string | null | undefined): text is string {
  if (typeof text !== 'string' || text === '' || text.length > 64) return false
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).format(0) !== ''
  } catch {
    return false
  }
}

function unreadable(why: string, cause?: unknown): InviteMeError {
  return new InviteMeError(
    'DIRECTORY_FAILED',
    `The members of the Slack workspace cannot be listed: ${why}`,
    {
      ...(cause !== undefined && { cause }),
    },
  )
}
