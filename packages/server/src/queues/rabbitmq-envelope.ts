import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { InviteMeError, workItemSchema, type DueHint, type Lane, type WorkItem } from '@invite-me/core'

/** Version of the envelope; whoever reads another one parks it. */
const envelopeVersion = 1
/** Largest body that is sent, and read. */
export const maxBodyBytes = 128 * 1024

const channelSchema = z.union([workItemSchema.shape.route.shape.channel, z.literal('')])

/** A hint on the wire. `sentAt` is by the clock of who sent it, like `dueAt`: from both, a reader with another clock knows the wait. */
const envelopeSchema = z
  .strictObject({
    version: z.literal(envelopeVersion),
    lane: workItemSchema.shape.lane,
    channel: channelSchema,
    sentAt: z.iso.datetime(),
    dueAt: z.iso.datetime(),
    items: z.array(workItemSchema).optional(),
  })
  .superRefine(({ channel, items = [], lane }, context) => {
    const stray = items.findIndex((item) => item.lane !== lane || item.route.channel !== channel)
    if (stray >= 0)
      context.addIssue({ code: 'custom', message: 'of another lane or channel', path: ['items', stray] })
  })

/** One message for the broker. */
export interface Outgoing {
  readonly lane: Lane
  readonly body: Buffer
  readonly messageId: string
  /** `traceparent`, when all work items have the same. */
  readonly headers: Readonly<Record<string, string>>
}

/**
 * Writes hints as messages; a hint whose items do not fit into {@link maxBodyBytes} becomes several.
 *
 * @param nowMs the present, Unix ms
 * @throws InviteMeError `REQUEST_INVALID` for an item that alone is too large
 */
export function writeHints(hints: readonly DueHint[], nowMs: number): readonly Outgoing[] {
  return hints.flatMap((hint) => writeHint(hint, nowMs))
}

function writeHint({ channel, dueAt, items, lane }: DueHint, nowMs: number): readonly Outgoing[] {
  const head = JSON.stringify({
    version: envelopeVersion,
    lane,
    channel,
    sentAt: new Date(nowMs).toISOString(),
    dueAt: new Date(dueAt).toISOString(),
  })
  const write = (body: string, some: readonly WorkItem[]): Outgoing => ({
    lane,
    body: Buffer.from(body),
    messageId: randomUUID(),
    headers: traceOf(some),
  })
  if (items === undefined) return [write(head, [])]
  const open = `${head.slice(0, -1)},"items":[`
  const room = maxBodyBytes - Buffer.byteLength(open) - ']}'.length
  return portions(items, room).map((portion) =>
    write(
      `${open}${portion.map(({ text }) => text).join(',')}]}`,
      portion.map(({ item }) => item),
    ),
  )
}

function traceOf([item, ...more]: readonly WorkItem[]): Readonly<Record<string, string>> {
  const trace = item?.traceparent
  const isOne = more.every(({ traceparent }) => traceparent === trace)
  return typeof trace === 'string' && isOne ? { traceparent: trace } : {}
}

interface WrittenItem {
  readonly item: WorkItem
  readonly text: string
}

/** Divides items into portions of at most `room` bytes, commas included; always at least one portion. */
function portions(items: readonly WorkItem[], room: number): readonly (readonly WrittenItem[])[] {
  const all: WrittenItem[][] = [[]]
  let used = 0
  for (const [index, item] of items.entries()) {
    const text = JSON.stringify(item)
    const size = Buffer.byteLength(text) + 1
    if (size > room)
      throw new InviteMeError(
        'REQUEST_INVALID',
        `Item ${String(index)} has ${String(size)} bytes as JSON, more than a message of ${String(maxBodyBytes)} bytes holds.`,
        { field: `items.${String(index)}` },
      )
    if (used + size > room) {
      all.push([])
      used = 0
    }
    all.at(-1)?.push({ item, text })
    used += size
  }
  return all
}

/** Why a message is parked: `x-invite-me-reason` in the parking place. */
export type ParkReason = 'too_large' | 'not_json' | 'unknown_version' | 'not_a_hint' | 'returned_too_often'

/** What a body turned out to be. */
export type ReadHint =
  | {
      readonly kind: 'hint'
      readonly hint: DueHint
      /** Unix ms by the sender's clock. */
      readonly sentAt: number
    }
  | {
      readonly kind: 'strange'
      readonly reason: ParkReason
      /** Where and what, without anything that stood in the message but a version number. */
      readonly detail: string
    }

/**
 * Reads a body from a queue. Everybody with the broker's password may have written it, so nothing in it is taken for granted.
 *
 * @param lane the lane of the queue it came from
 * @throws nothing
 */
export function readHint(body: Buffer, lane: Lane): ReadHint {
  if (body.length > maxBodyBytes) return strange('too_large', `${String(body.length)} bytes`)
  const value = parseJson(body)
  if (value === undefined) return strange('not_json', 'not JSON in UTF-8')
  const version = versionSchema.safeParse(value)
  if (version.success && version.data.version !== envelopeVersion)
    return strange('unknown_version', `version ${String(version.data.version)}`)
  const parsed = envelopeSchema.safeParse(value)
  if (!parsed.success) return strangeIssue(parsed.error.issues[0])
  if (parsed.data.lane !== lane) return strange('not_a_hint', 'lane: another than that of the queue')
  const { channel, dueAt, items, sentAt } = parsed.data
  return {
    kind: 'hint',
    hint: { lane, channel, dueAt: Date.parse(dueAt), ...(items !== undefined && { items }) },
    sentAt: Date.parse(sentAt),
  }
}

const versionSchema = z.looseObject({ version: z.number() })
const utf8 = new TextDecoder('utf-8', { fatal: true })

/** @returns undefined for what is no JSON, which JSON itself cannot say */
function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(utf8.decode(body))
  } catch {
    return undefined
  }
}

function strangeIssue(issue: z.core.$ZodIssue | undefined): ReadHint {
  const path = (issue?.path ?? []).map(String).join('.')
  // Items have a version of their own.
  const reason = issue?.path.at(-1) === 'version' && issue.path.length > 1 ? 'unknown_version' : 'not_a_hint'
  return strange(reason, `${path === '' ? 'the whole' : path}: ${issue?.code ?? 'wrong'}`)
}

function strange(reason: ParkReason, detail: string): ReadHint {
  return { kind: 'strange', reason, detail }
}

/**
 * Tells how long a hint is still to be held, from 0. Two clocks that differ must not make due work wait: it is never longer than
 * its sender thought.
 */
export function holdMs(
  { hint, sentAt }: { readonly hint: DueHint; readonly sentAt: number },
  nowMs: number,
): number {
  return Math.max(0, Math.min(hint.dueAt - nowMs, hint.dueAt - sentAt))
}
