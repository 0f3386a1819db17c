import type { WebhookStore } from '../ports/store.ts'
import { inPortions, type Connection } from './connection.ts'
import { toMoment, type Row } from './rows.ts'
import { postEvents } from './webhook-fan-out.ts'

/** Postings, or events, that are gone through by one statement. */
const replayedAtOnce = 1_000
/** How far the clocks of machines that write events may be apart: cursors are in order, moments are only nearly so. */
const clocksApartMs = 3_600_000

/** How postings are made due once more. */
export function webhookReplay(connection: Connection): Pick<WebhookStore, 'replay'> {
  const { db, run } = connection

  const anew = (now: Date) =>
    db.updateTable('webhook_postings').set({
      state: 'pending',
      tries: 0,
      due_at: toMoment(now),
      updated_at: toMoment(now),
    })

  const replayNamed = async (endpointId: string, ids: readonly string[], now: Date): Promise<number> => {
    const rows = await inPortions(ids, (portion) =>
      anew(now).where('endpoint_id', '=', endpointId).where('id', 'in', portion).returning('id').execute(),
    )
    return rows.length
  }

  /** @returns what was made due, and the last of it */
  const replayPortion = async (
    endpointId: string,
    {
      after,
      since,
      state,
    }: { readonly after: string; readonly since: Date; readonly state: string | undefined },
    now: Date,
  ): Promise<readonly string[]> => {
    let wanted = db
      .selectFrom('webhook_postings')
      .select('id')
      .where('endpoint_id', '=', endpointId)
      .where('id', '>', after)
      .where('created_at', '>=', toMoment(since))
      .orderBy('id')
      .limit(replayedAtOnce)
    if (state !== undefined) wanted = wanted.where('state', '=', state)
    const ids = (await wanted.execute()).map(({ id }) => id)
    await inPortions(ids, (portion) => anew(now).where('id', 'in', portion).execute())
    return ids
  }

  const newestCursor = async (): Promise<number> => {
    const row = await db
      .selectFrom('outbox')
      .select(({ fn }) => fn.max('cursor').as('newest'))
      .executeTakeFirst()
    return Number(row?.newest ?? 0)
  }

  const happenedBefore = async (cursor: number, moment: Date): Promise<boolean> => {
    const event = await db
      .selectFrom('outbox')
      .select('at')
      .where('cursor', '>', cursor)
      .orderBy('cursor')
      .limit(1)
      .executeTakeFirst()
    return event !== undefined && event.at < toMoment(moment)
  }

  /** A cursor behind which everything is that happened since a moment; halves the outbox until it is near. */
  const cursorBefore = async (moment: Date, newest: number): Promise<number> => {
    let low = 0
    let high = newest
    while (high - low > replayedAtOnce) {
      const middle = Math.floor((low + high) / 2)
      if (await happenedBefore(middle, moment)) low = middle
      else high = middle
    }
    return low
  }

  /** Makes postings of what passed the endpoint by. */
  const replayMissed = async (
    endpoint: Pick<Row<'webhook_endpoints'>, 'id' | 'types' | 'created_at'>,
    since: Date,
    now: Date,
  ): Promise<number> => {
    const from = new Date(Math.max(since.getTime(), Date.parse(endpoint.created_at)))
    const newest = await run(newestCursor)
    const begin = await run(() => cursorBefore(new Date(from.getTime() - clocksApartMs), newest))
    let made = 0
    for (let after = begin; after < newest; after += replayedAtOnce) {
      const span = { after, to: Math.min(after + replayedAtOnce, newest), since: from }
      made += await run(() => postEvents(connection, endpoint, span, now))
    }
    return made
  }

  return {
    replay: async (endpointId, which, now) => {
      if ('ids' in which) return run(() => replayNamed(endpointId, which.ids, now))
      let count = 0
      let after = ''
      for (;;) {
        const position = { after, since: which.since, state: which.state }
        const ids = await run(() => replayPortion(endpointId, position, now))
        count += ids.length
        after = ids.at(-1) ?? after
        if (ids.length < replayedAtOnce) break
      }
      if (which.state !== undefined) return count
      const endpoint = await run(() =>
        db
          .selectFrom('webhook_endpoints')
          .select(['id', 'types', 'created_at'])
          .where('id', '=', endpointId)
          .executeTakeFirst(),
      )
      return endpoint === undefined ? count : count + (await replayMissed(endpoint, which.since, now))
    },
  }
}
