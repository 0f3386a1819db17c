import { callOffInvitation } from '../accept/cancel-invitation.ts'
import { InviteMeError } from '../model/error.ts'
import type { Recipient } from '../model/recipient.ts'
import type { PageRequest, StoreParts } from '../ports/store.ts'
import type { World } from '../ports/world.ts'
import { overwriteSent } from '../respond/overwrite-sent.ts'
import { untilFree } from '../respond/until-free.ts'
import { forgetInSchedules } from '../schedule/forget-in-schedules.ts'

/** Deliveries, or events, that are overwritten in one transaction. */
const portion = 200
/** Times it begins anew because a whole portion was sent to the person meanwhile. */
const mostRounds = 10

/**
 * Forgets a person. Works in portions, so that a long history neither fills the memory nor stops the others' work. The profile
 * goes last: whatever ends it halfway, the same call again finds the person and goes on.
 *
 * @returns false when there is nobody with this id
 * @throws InviteMeError `STORE_BUSY` when something stays on its way to them: the same call again goes on
 */
export async function erasePerson(world: World, externalId: string): Promise<boolean> {
  const [person] = await world.store.recipients.byExternalIds([externalId])
  if (person === undefined) return false
  await forgetInSchedules(world, person)
  let cursor = 0
  for (let round = 0; round < mostRounds; round += 1) {
    await forgetSent(world, person.id)
    cursor = await forgetEvents(world, person.id, cursor)
    if (!(await forgetRest(world, person, cursor))) continue
    // What another process wrote while the profile went is found by the person's id.
    await forgetSent(world, person.id)
    await forgetEvents(world, person.id, cursor)
    return true
  }
  throw new InviteMeError(
    'STORE_BUSY',
    'This person is being sent one message after the other. Stop that, then erase again; it goes on where it ended.',
  )
}

async function forgetSent(world: World, recipientId: string): Promise<void> {
  for (let after: string | undefined; ;) {
    const page: PageRequest = { limit: portion, ...(after !== undefined && { after }) }
    const ids = await world.store.erasure.deliveries(recipientId, page)
    if (ids.length > 0)
      await untilFree(world, () =>
        world.store.transaction((parts) => forgetThese(world, parts, ids), { alone: true }),
      )
    after = ids.at(-1)
    if (ids.length < portion) return
  }
}

async function forgetThese(world: World, parts: StoreParts, ids: readonly string[]): Promise<void> {
  const asked = (await parts.deliveries.byIds(ids)).flatMap(({ invitationId }) => invitationId ?? [])
  const questions = await parts.invitations.byIds([...new Set(asked)])
  // An appointment that was agreed to stays in both calendars: those are the people's own.
  for (const { id, state } of questions) if (state === 'pending') await callOffInvitation(world, parts, id)
  await overwriteSent(world, parts, ids)
}

/** @returns cursor of the last event that was looked at */
async function forgetEvents(world: World, recipientId: string, after: number): Promise<number> {
  for (let cursor = after; ;) {
    const next = await world.store.transaction(
      (parts) => parts.erasure.overwriteEvents(recipientId, cursor, portion),
      { alone: true },
    )
    if (next === undefined) return cursor
    cursor = next
  }
}

/**
 * What was sent and told since, and the profile with it: together, so that somebody who is written to without end goes too.
 * @returns false when that is more than a portion
 */
async function forgetRest(
  world: World,
  { externalId, id: recipientId }: Recipient,
  after: number,
): Promise<boolean> {
  const forget = async (parts: StoreParts): Promise<boolean> => {
    // Locked first: what is being accepted for them is written before, or finds nobody.
    if ((await parts.recipients.lock(externalId))?.id !== recipientId) return true
    const ids = await parts.erasure.deliveries(recipientId, { limit: portion })
    if (ids.length === portion) return false
    if (ids.length > 0) await forgetThese(world, parts, ids)
    const told = await parts.erasure.overwriteEvents(recipientId, after, 10 * portion)
    if (told !== undefined && (await parts.erasure.overwriteEvents(recipientId, told, 1)) !== undefined)
      return false
    return forgetProfile(world, parts, recipientId)
  }
  return untilFree(world, () => world.store.transaction(forget, { alone: true }))
}

async function forgetProfile(world: World, parts: StoreParts, recipientId: string): Promise<boolean> {
  const now = new Date(world.clock.now())
  const ended = await parts.erasure.forget(recipientId, now)
  // Of two calls at once only one tells of it.
  if (ended === 'forgotten') {
    const nothing = { messageId: null, deliveryId: null, invitationId: null }
    await parts.outbox.append([{ type: 'recipient.erased', at: now, ...nothing, recipientId, data: {} }])
  }
  return ended !== 'unfinished'
}
