import type { RecipientExport } from './face.ts'
import type { Delivery } from '../model/delivery.ts'
import type { InvitationRecord } from '../model/invitation.ts'
import type { Recipient } from '../model/recipient.ts'
import type { ResponseRecord } from '../model/response.ts'
import type { ChannelAddress, PageRequest } from '../ports/store.ts'
import type { World } from '../ports/world.ts'

/** Rows read at once. */
const portion = 1_000
/** Questions whose answers are read beside each other. */
const besideEachOther = 50

/**
 * Everything kept about a person. It is read in pages, and held in memory whole: some KB a message.
 * @returns `undefined` when there is nobody with this id
 */
export async function exportPerson(world: World, externalId: string): Promise<RecipientExport | undefined> {
  const { store } = world
  const [recipient] = await store.recipients.byExternalIds([externalId])
  if (recipient === undefined) return undefined
  const deliveries = await deliveriesTo(world, recipient)
  const invitations = await store.invitations.byIds([
    ...new Set(deliveries.flatMap(({ invitationId }) => invitationId ?? [])),
  ])
  const named = new Set(deliveries.filter((one) => one.recipientId === null).map(({ id }) => id))
  const receipts = await everyPage((page) => store.receipts.list({ recipientId: recipient.id }, page))
  for (const deliveryId of named)
    receipts.push(...(await everyPage((page) => store.receipts.list({ deliveryId }, page))))
  return {
    recipient,
    suppressions: await store.recipients.suppressed(addressesOf(recipient, deliveries)),
    messages: await store.messages.byIds([...new Set(deliveries.map(({ messageId }) => messageId))]),
    deliveries,
    invitations,
    responses: await responsesTo(world, invitations),
    receipts,
    contents: await store.templates.contents(deliveries.map(({ id }) => id)),
  }
}

/** Those to the person, and those to nobody by name at an address of theirs: what `erase` would overwrite. */
async function deliveriesTo(world: World, { id }: Recipient): Promise<readonly Delivery[]> {
  const ids: string[] = []
  for (let after: string | undefined; ;) {
    const page: PageRequest = { limit: portion, ...(after !== undefined && { after }) }
    const some = await world.store.erasure.deliveries(id, page)
    ids.push(...some)
    after = some.at(-1)
    if (some.length < portion) return world.store.deliveries.byIds(ids)
  }
}

async function everyPage<Listed extends { readonly id: string }>(
  read: (page: PageRequest) => Promise<readonly Listed[]>,
): Promise<Listed[]> {
  const all: Listed[] = []
  for (;;) {
    const after = all.at(-1)?.id
    const page = await read({ limit: portion, ...(after !== undefined && { after }) })
    all.push(...page)
    if (page.length < portion) return all
  }
}

function addressesOf(recipient: Recipient, deliveries: readonly Delivery[]): readonly ChannelAddress[] {
  const places = [...recipient.routes, ...deliveries.flatMap(({ plan }) => plan)]
  return [
    ...new Map(
      places.map(({ channel, address }) => [`${channel} ${address}`, { channel, address }]),
    ).values(),
  ]
}

async function responsesTo(
  { store }: World,
  invitations: readonly InvitationRecord[],
): Promise<readonly ResponseRecord[]> {
  const all: ResponseRecord[] = []
  for (let start = 0; start < invitations.length; start += besideEachOther) {
    const some = invitations.slice(start, start + besideEachOther)
    all.push(...(await Promise.all(some.map(({ id }) => store.invitations.responses(id)))).flat())
  }
  return all
}
