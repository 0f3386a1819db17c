import { createInviteMe, type InboundFact, type InviteMe, type SendOutcome } from '@invite-me/core'
import { inboundRequest, scriptedChannel, type ScriptedChannel } from '@invite-me/core/testing'
import { Client } from 'pg'
import { onTestFinished } from 'vitest'
import { waitUntil } from '../peers/wait-until.ts'
import { pausableStore, type PausableStore } from './pausable-store.ts'
import { openPlace, type StormPlace } from './storm-place.ts'

/** A process of its own: an engine on the workspace, with a store that can be made to stand still. */
export interface RaceProcess {
  readonly inviteMe: InviteMe
  readonly store: PausableStore
  readonly chat: ScriptedChannel
}

/** How it is started. */
export interface RaceProcessOptions {
  /** Whether it sends (default true). */
  readonly dispatch?: boolean
  /** What its provider's ids begin with (default `a`). */
  readonly name?: string
}

/** Starts one that ends with its test. */
export async function startProcessOn(
  place: StormPlace,
  { dispatch = true, name = 'a' }: RaceProcessOptions = {},
): Promise<RaceProcess> {
  const chat = scriptedChannel({ name: 'chat', supports: { edits: ['question', 'calendar'] } })
  let sent = 0
  chat.failAlways(() => accepted(`${name}-${String((sent += 1))}`))
  const store = pausableStore(openPlace(place))
  const inviteMe = await createInviteMe({ store, channels: [chat], dispatch, poll: 50, lease: '1s' })
  onTestFinished(() => inviteMe.stop({ deadlineMs: 2_000 }))
  return { inviteMe, store, chat }
}

/** A place on a Postgres server. */
export type PostgresPlace = Extract<StormPlace, { readonly schema: string }>

/** A connection of its own, that holds what it has written until it commits. */
export async function rawConnection({ schema, url }: PostgresPlace): Promise<Client> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
  await client.connect()
  await client.query(`SET search_path = "${schema}"`)
  onTestFinished(() => client.end())
  return client
}

/** Resolves when somebody in this workspace waits for what another connection has locked. */
export async function someoneWaits(client: Client, { schema }: PostgresPlace): Promise<void> {
  const waiting = `
    SELECT count(*)::int AS count FROM pg_locks held
    JOIN pg_class ON pg_class.oid = held.relation JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE nspname = $1 AND held.pid IN (SELECT pid FROM pg_locks WHERE NOT granted)`
  const isWaiting = async () => {
    const { rows } = await client.query<{ readonly count: number }>(waiting, [schema])
    return (rows[0]?.count ?? 0) > 0
  }
  await waitUntil('somebody waits for a lock', isWaiting, 5_000)
}

/** What a provider says when it has taken a message. */
export function accepted(providerMessageId: string): SendOutcome {
  return { status: 'accepted', providerMessageId }
}

let facts = 0
type Told = InboundFact extends infer Fact
  ? Fact extends InboundFact
    ? Omit<Fact, 'id' | 'at'>
    : never
  : never

/** A webhook of the provider. */
export function told(fact: Told): Request {
  facts += 1
  return inboundRequest('chat', [{ ...fact, id: `fact-${String(facts)}`, at: new Date() }])
}

/** That a fact speaks of this provider's message. */
export const aboutMessage = (providerMessageId: string) => ({
  by: 'provider-message' as const,
  providerMessageId,
})
