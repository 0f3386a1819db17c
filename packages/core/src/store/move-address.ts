import type { Kysely } from 'kysely'
import type { Plan } from '../model/plan.ts'
import type { ChannelAddress } from '../ports/store.ts'
import { inPortions } from './connection.ts'
import type { Row } from './rows.ts'
import type { Database } from './schema.ts'

/**
 * Writes another address wherever one is still used: routes, suppressions, attempts, and the plans of deliveries that may
 * still be sent, answered or edited. Those are found through attempts and routes; a bare address on a channel whose
 * attempts keep none is not, and learns of it from its own provider.
 */
export async function moveAddress(db: Kysely<Database>, place: ChannelAddress, to: string): Promise<void> {
  if (place.address === to) return
  // The plans first: they are found by the old address.
  await movePlans(db, place, to)
  // Suppressions before routes, as everybody does who writes both.
  await moveSuppression(db, place, to)
  await moveRoutes(db, place, to)
  await db
    .updateTable('attempts')
    .set({ address: to })
    .where('channel', '=', place.channel)
    .where('address', '=', place.address)
    .execute()
}

async function movePlans(
  db: Kysely<Database>,
  { channel, address }: ChannelAddress,
  to: string,
): Promise<void> {
  const tried = db
    .selectFrom('attempts')
    .select('delivery_id')
    .where('channel', '=', channel)
    .where('address', '=', address)
  const people = db
    .selectFrom('routes')
    .select('recipient_id')
    .where('channel', '=', channel)
    .where('address', '=', address)
  const live = db
    .selectFrom('deliveries')
    .leftJoin('invitations', 'invitations.id', 'deliveries.invitation_id')
    .leftJoin('edits', 'edits.delivery_id', 'deliveries.id')
    .select('deliveries.id')
    .where((eb) =>
      eb.or([
        eb('deliveries.due_at', 'is not', null),
        eb('invitations.state', '=', 'pending'),
        eb('edits.version', 'is not', null),
      ]),
    )
  const found = [
    ...(await live.where('deliveries.id', 'in', tried).execute()),
    ...(await live.where('deliveries.recipient_id', 'in', people).execute()),
  ]
  // In one order, whoever moves: two that move the same plans wait for each other instead of both.
  const ids = [...new Set(found.map(({ id }) => id))].toSorted()
  const rows = await inPortions(ids, (portion) =>
    db.selectFrom('deliveries').select(['id', 'plan']).where('id', 'in', portion).orderBy('id').execute(),
  )
  for (const row of rows) await movePlan(db, row, (plan) => movedPlan(plan, { channel, address }, to))
}

/** Another process may move another address of the same plan meanwhile: only what was read is written over. */
async function movePlan(
  db: Kysely<Database>,
  { id, plan }: { readonly id: string; readonly plan: string },
  move: (plan: string) => string,
): Promise<void> {
  let current: string | undefined = plan
  while (current !== undefined && move(current) !== current) {
    const { numUpdatedRows } = await db
      .updateTable('deliveries')
      .set({ plan: move(current) })
      .where('id', '=', id)
      .where('plan', '=', current)
      .executeTakeFirst()
    if (numUpdatedRows > 0n) return
    current = (await db.selectFrom('deliveries').select('plan').where('id', '=', id).executeTakeFirst())?.plan
  }
}

function movedPlan(text: string, { channel, address }: ChannelAddress, to: string): string {
  // Written by this store itself.
  const plan = JSON.parse(text) as Plan
  const isMoved = (route: ChannelAddress): boolean => route.channel === channel && route.address === address
  return JSON.stringify(plan.map((route) => (isMoved(route) ? { ...route, address: to } : route)))
}

async function moveRoutes(
  db: Kysely<Database>,
  { channel, address }: ChannelAddress,
  to: string,
): Promise<void> {
  const at = (where: string) =>
    db.selectFrom('routes').selectAll().where('channel', '=', channel).where('address', '=', where)
  const moving = await at(address).execute()
  const people = moving.map((route) => route.recipient_id)
  const there = await inPortions(people, (portion) => at(to).where('recipient_id', 'in', portion).execute())
  const thereBy = new Map(there.map((route) => [route.recipient_id, route]))
  for (const route of moving) {
    const known = thereBy.get(route.recipient_id)
    if (known !== undefined) await db.deleteFrom('routes').where('id', '=', route.id).execute()
    const kept = known === undefined ? { address: to } : mergedRoute(route, known)
    await db
      .updateTable('routes')
      .set(kept)
      .where('id', '=', (known ?? route).id)
      .execute()
  }
}

/** A person who has both addresses keeps the better rank, and a "no" said on either. */
function mergedRoute(moving: Row<'routes'>, known: Row<'routes'>) {
  const isRefused = moving.state === 'opted_out' || moving.state === 'blocked'
  return {
    rank: Math.min(moving.rank, known.rank),
    verified: Math.max(moving.verified, known.verified),
    state: isRefused && known.state === 'open' ? moving.state : known.state,
  }
}

async function moveSuppression(
  db: Kysely<Database>,
  { channel, address }: ChannelAddress,
  to: string,
): Promise<void> {
  const suppressions = await db
    .deleteFrom('suppressions')
    .where('channel', '=', channel)
    .where('address', '=', address)
    .returningAll()
    .execute()
  if (suppressions.length === 0) return
  await db
    .insertInto('suppressions')
    .values(suppressions.map((suppression) => ({ ...suppression, address: to })))
    .onConflict((conflict) => conflict.columns(['channel', 'address', 'category']).doNothing())
    .execute()
}
