import type { InboundFact } from '../model/inbound-fact.ts'
import type { UnmatchedFact } from '../model/unmatched-fact.ts'
import type { InboundStore } from '../ports/store.ts'
import { inPortions, type Connection } from './connection.ts'
import { toClarification, toMoment, toUnmatchedFact } from './rows.ts'

/** The read every accepted message of a channel with reports passes through; written per database. */
type InboundWork = Pick<InboundStore, 'unmatchedOf'>

/** What came in from outside, and waits or was seen before. */
export function inboundStore({ db, run }: Connection): Omit<InboundStore, keyof InboundWork> {
  /** @returns whether it was not kept before */
  const keepOne = async ({ id, channel, providerMessageId, receivedAt, fact }: UnmatchedFact) => {
    const inserted = await db
      .insertInto('unmatched_facts')
      .values({
        id,
        channel,
        fact_id: fact.id,
        provider_message_id: providerMessageId,
        received_at: toMoment(receivedAt),
        fact: JSON.stringify(withoutReply(fact)),
      })
      .onConflict((conflict) => conflict.columns(['channel', 'fact_id']).doNothing())
      .returning('id')
      .executeTakeFirst()
    return inserted !== undefined
  }

  return {
    remember: (channel, factIds, now) =>
      run(async () => {
        const fresh: string[] = []
        for (const id of new Set(factIds)) {
          const inserted = await db
            .insertInto('inbound_facts')
            .values({ channel, id, at: toMoment(now) })
            .onConflict((conflict) => conflict.columns(['channel', 'id']).doNothing())
            .returning('id')
            .executeTakeFirst()
          if (inserted !== undefined) fresh.push(id)
        }
        return fresh
      }),
    keepUnmatched: (facts) =>
      run(async () => {
        const fresh: UnmatchedFact[] = []
        for (const fact of facts) if (await keepOne(fact)) fresh.push(fact)
        return fresh
      }),
    listUnmatched: ({ after, limit }) =>
      run(async () =>
        (
          await db
            .selectFrom('unmatched_facts')
            .selectAll()
            .where('id', '>', after ?? '')
            .orderBy('id')
            .limit(limit)
            .execute()
        ).map(toUnmatchedFact),
      ),
    dropUnmatched: (ids) =>
      run(async () => {
        await inPortions(ids, (portion) =>
          db.deleteFrom('unmatched_facts').where('id', 'in', portion).execute(),
        )
      }),
    putClarification: ({ channel, address, candidates, input, at }) =>
      run(async () => {
        const asked = {
          candidates: JSON.stringify(candidates),
          input: JSON.stringify(input),
          at: toMoment(at),
        }
        await db
          .insertInto('clarifications')
          .values({ channel, address, ...asked })
          .onConflict((conflict) => conflict.columns(['channel', 'address']).doUpdateSet(asked))
          .execute()
      }),
    clarification: ({ channel, address }) =>
      run(async () => {
        const row = await db
          .selectFrom('clarifications')
          .selectAll()
          .where('channel', '=', channel)
          .where('address', '=', address)
          .executeTakeFirst()
        return row === undefined ? undefined : toClarification(row)
      }),
    dropClarification: ({ channel, address }) =>
      run(async () => {
        await db
          .deleteFrom('clarifications')
          .where('channel', '=', channel)
          .where('address', '=', address)
          .execute()
      }),
  }
}

/** `replyTo` answers an event at once and is good for nothing later. */
function withoutReply({ replyTo: _replyTo, ...fact }: InboundFact): Omit<InboundFact, 'replyTo'> {
  return fact
}
