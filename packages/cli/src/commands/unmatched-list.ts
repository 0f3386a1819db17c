import type { InboundFact, UnmatchedFact } from '@invite-me/core'
import { describeTime } from '../describe.ts'
import { withInviteMe } from '../engine.ts'
import { exitCodes, type ExitCode } from '../exit-code.ts'
import { maskAddress } from '../mask-address.ts'
import { listRows } from '../pages.ts'
import { settingsOf, type Session } from '../session.ts'
import { table } from '../table.ts'

/** The flags of `unmatched list`, as the command line parses them. */
export interface UnmatchedFlags {
  /** Default 100, with `--json` all. */
  readonly limit?: number
}

/** Lists what came in and fits nothing that was sent, oldest first. */
export async function listUnmatched(session: Session, flags: UnmatchedFlags): Promise<ExitCode> {
  const settings = await settingsOf(session)
  const { output } = session
  const limit = flags.limit ?? (output.isJson ? undefined : 100)
  return withInviteMe(session, { settings }, async (inviteMe) => {
    const wanted = limit === undefined ? undefined : limit + 1
    const found = await listRows<UnmatchedFact>((page) => inviteMe.unmatched.list(page), wanted)
    const entries = found.slice(0, limit).map(entryOf)
    const hasMore = found.length > entries.length
    output.result({ unmatched: entries, hasMore }, () => {
      if (entries.length === 0) return 'Everything that came in fits something that was sent.'
      const drawn = table(columnsFor(settings.zone), entries)
      return `${drawn}${hasMore ? '\n… and more; see them with --limit' : ''}`
    })
    if (entries.length > 0) output.remark('Throw one away with: invite-me unmatched drop <id>')
    return exitCodes.done
  })
}

/** Without the token it may refer to: that is a secret of the person who has it. */
interface UnmatchedEntry {
  readonly id: string
  readonly channel: string
  readonly kind: InboundFact['kind']
  readonly receivedAt: Date
  /** Address it came from; `null` when it does not say. */
  readonly from: string | null
  /** What the person wrote or pressed; `null` when they did not. */
  readonly text: string | null
  readonly providerMessageId: string | null
}

function entryOf({ id, channel, receivedAt, providerMessageId, fact }: UnmatchedFact): UnmatchedEntry {
  const { kind } = fact
  return { id, channel, kind, receivedAt, from: senderOf(fact), text: wordsOf(fact), providerMessageId }
}

function senderOf(fact: InboundFact): string | null {
  if ('address' in fact) return fact.address
  if ('from' in fact && fact.from !== undefined) return fact.from
  return 'reference' in fact && fact.reference.by === 'address' ? fact.reference.address : null
}

function wordsOf(fact: InboundFact): string | null {
  if (fact.kind === 'proposed') return fact.text
  if (fact.kind !== 'answer') return null
  const { input } = fact
  switch (input.kind) {
    case 'text':
      return input.text
    case 'option':
      return input.value
    case 'value':
      return JSON.stringify(input.value) ?? null
    case 'fields':
      return JSON.stringify(input.fields)
  }
}

function columnsFor(zone: string | undefined) {
  return [
    { heading: 'id', cell: ({ id }: UnmatchedEntry) => id },
    { heading: 'time', cell: ({ receivedAt }: UnmatchedEntry) => describeTime(receivedAt, zone) },
    { heading: 'channel', cell: ({ channel }: UnmatchedEntry) => channel },
    { heading: 'what', cell: ({ kind }: UnmatchedEntry) => kind },
    { heading: 'from', cell: ({ from }: UnmatchedEntry) => (from === null ? '' : maskAddress(from)) },
    { heading: 'text', cell: ({ text }: UnmatchedEntry) => text },
  ]
}
