import { answerSpecSchema, type AnswerSpec } from '../model/answer.ts'
import { categoryOf } from '../model/category.ts'
import { InviteMeError } from '../model/error.ts'
import type { Lane } from '../model/lane.ts'
import {
  askOptionsSchema,
  messageRequestSchema,
  sendOptionsSchema,
  type AskOptions,
  type Content,
  type ContentInput,
  type Next,
  type Originator,
  type ResolvedTo,
  type SendOptions,
  type To,
} from '../model/message.ts'
import { parseInput } from '../model/parse.ts'
import type { Quorum, QuorumInput } from '../model/quorum.ts'
import type { NextRule } from '../model/plan.ts'
import type { TraceParent } from '../ports/tracer.ts'
import type { World } from '../ports/world.ts'
import { canonicalText } from '../rules/canonical.ts'
import { problemOfQuorum, readQuorumOf, usualQuorumOf } from '../rules/quorum.ts'
import { readTemplated, type TemplatedDraft } from './prepare-template.ts'
import { readMoment } from '../rules/read-moment.ts'

/** A request as a caller wrote it. */
export interface RawRequest {
  readonly to: readonly To[]
  readonly content: string | ContentInput
  /** `null` for a notice. */
  readonly ask: AskOptions<unknown> | null
  readonly options: SendOptions
}

/** A request after validation, with the workspace's defaults filled in. */
export interface MessageDraft {
  readonly to: readonly ResolvedTo[]
  /** What is said to everybody; `null` when each is told words of their own. */
  readonly content: Content | null
  readonly templated: TemplatedDraft | null
  readonly answer: AnswerSpec | null
  readonly category: string
  readonly lane: Lane
  readonly routing: 'fallback' | 'all'
  readonly via: readonly { readonly channel: string; readonly next: NextRule | undefined }[] | undefined
  readonly next: NextRule
  readonly capability: 'link' | 'native'
  readonly originator: Originator | null
  readonly onUnknown: 'resend' | 'assume-sent'
  readonly urgency: 'immediate' | 'window'
  readonly deliverBy: 'break' | 'expire'
  readonly remindersMs: readonly number[]
  readonly until: Date | null
  readonly quorum: Quorum | null
  readonly key: string | null
  /** Canonical text of the request as it was understood; `null` without a key. */
  readonly request: string | null
  /** Read here and not in the transaction: those that share a commit run in the place of whoever began it. */
  readonly trace: TraceParent | null
}

/** Ten years, as for lengths of time; beyond the year 9999 times written as text do not sort any more. */
const furthestDeadlineMs = 10 * 366 * 86_400_000
const urgentCategories = new Set(['verification', 'security', 'live-event'])
const wrong = (path: string) => ({ code: 'REQUEST_INVALID', path, what: 'The request was refused' }) as const
const unlessAccepted: NextRule = { unless: 'accepted', withinMs: null }

/**
 * Checks a request and fills in defaults; touches nothing.
 * @throws InviteMeError `REQUEST_INVALID`, naming the field
 */
export async function readRequest(world: World, raw: RawRequest): Promise<MessageDraft> {
  const { settings } = world
  const { to, content } = parseInput(messageRequestSchema, { to: raw.to, content: raw.content }, wrong(''))
  const isAsk = raw.ask !== null
  const { answer: answerType, ...written } = { answer: undefined, ...(raw.ask ?? raw.options) }
  const options = isAsk
    ? parseInput(askOptionsSchema, written, wrong('options'))
    : {
        ...parseInput(sendOptionsSchema, written, wrong('options')),
        remind: undefined,
        capability: undefined,
        quorum: undefined,
      }
  const answer = isAsk
    ? parseInput(
        answerSpecSchema,
        (answerType as { spec?: unknown } | undefined)?.spec,
        wrong('options.answer'),
      )
    : null
  const now = new Date(world.clock.now())
  const isTemplated = 'variables' in content
  const templated = isTemplated ? await readTemplated(world, content) : null
  // Values as they will be read again: a `Date` and its text are the same request.
  const asked = isTemplated ? { ...content, variables: templated?.variables } : content
  const category = options.category ?? templated?.template?.category ?? (isAsk ? 'invitation' : 'notice')

  return {
    to,
    content: isTemplated ? null : content,
    templated,
    answer,
    category,
    lane: options.lane ?? (urgentCategories.has(category) ? 1 : 2),
    routing: options.routing ?? settings.policies.routing,
    via: options.via?.map(({ channel, next }) => ({
      channel,
      next: next === undefined ? undefined : nextRule(next),
    })),
    next: options.next === undefined ? unlessAccepted : nextRule(options.next),
    capability: options.capability ?? settings.policies.capability,
    originator: options.from ?? settings.from,
    onUnknown: options.onUnknown ?? settings.policies.onUnknown,
    urgency: options.urgency ?? categoryOf(settings.categories, category).urgency,
    deliverBy: options.deliverBy ?? settings.policies.deliverBy,
    remindersMs: (options.remind ?? []).toSorted((a, b) => a - b),
    until: await readDeadline(options.until, now, settings.zone),
    quorum: answer === null ? null : quorumOf(options.quorum, answer, to.length),
    key: options.key ?? null,
    request: options.key === undefined ? null : canonicalText({ to, content: asked, ...options, answer }),
    trace: world.tracer.current(),
  }
}

/**
 * Checks what depends on the moment a request is made in. A repeat of an accepted request is not asked this again.
 * @throws InviteMeError `CHANNEL_UNKNOWN` or `DEADLINE_PAST`, naming the field
 */
export function refuseUntimely(world: World, { until, via }: MessageDraft): void {
  for (const { channel } of via ?? []) refuseUnknownChannel(world, channel)
  const now = new Date(world.clock.now())
  if (until !== null && until <= now)
    throw new InviteMeError(
      'DEADLINE_PAST',
      `"options.until" is ${until.toISOString()}, which is already over; now it is ${now.toISOString()}.`,
      { field: 'options.until' },
    )
}

function refuseUnknownChannel(world: World, channel: string): void {
  if (world.channels.has(channel)) return
  const known = [...world.channels.keys()].join(', ') || 'none'
  throw new InviteMeError(
    'CHANNEL_UNKNOWN',
    `"options.via" names the channel "${channel}", which is not configured. Configured channels: ${known}.`,
    { field: 'options.via' },
  )
}

function nextRule(next: { readonly [Member in keyof Next]?: unknown } & Record<string, unknown>): NextRule {
  const rules = [
    ['unlessDelivered', 'delivered'],
    ['unlessSeen', 'seen'],
    ['unlessAnswered', 'answered'],
  ] as const
  for (const [member, unless] of rules) {
    const withinMs = next[member]
    if (typeof withinMs === 'number') return { unless, withinMs }
  }
  return unlessAccepted
}

async function readDeadline(
  until: Date | string | undefined,
  now: Date,
  zone: string | null,
): Promise<Date | null> {
  if (until === undefined) return null
  const moment = await readMoment(until, now, zone)
  if (moment === undefined) {
    throw new InviteMeError(
      'REQUEST_INVALID',
      `"options.until" is wrong: "${String(until)}" is neither a time such as "2026-11-27T18:00" nor a length of time such as "2d".`,
      { field: 'options.until' },
    )
  }
  if (moment.getTime() - now.getTime() > furthestDeadlineMs)
    throw new InviteMeError(
      'REQUEST_INVALID',
      `"options.until" is wrong: ${moment.toISOString()} is more than ten years away.`,
      { field: 'options.until' },
    )
  return moment
}

function quorumOf(given: QuorumInput | undefined, answer: AnswerSpec, asked: number): Quorum | null {
  if (given === undefined) return null
  const { count, onReached } = given
  const of = readQuorumOf(answer, given.of ?? usualQuorumOf(answer))
  const problem = problemOfQuorum(answer, of)
  if (problem !== undefined)
    throw new InviteMeError(
      'REQUEST_INVALID',
      `"options.quorum.of" is wrong: ${JSON.stringify(of)} ${problem}.`,
      { field: 'options.quorum.of' },
    )
  if (count > asked)
    throw new InviteMeError(
      'REQUEST_INVALID',
      `"options.quorum.count" is wrong: ${String(count)} answers cannot come from ${String(asked)} ${asked === 1 ? 'person' : 'people'}.`,
      { field: 'options.quorum.count' },
    )
  return { count, of, onReached }
}
