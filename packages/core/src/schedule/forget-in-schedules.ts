import type { To } from '../model/message.ts'
import type { Recipient } from '../model/recipient.ts'
import type { Schedule } from '../model/schedule.ts'
import type { PageRequest } from '../ports/store.ts'
import type { World } from '../ports/world.ts'

/** Schedules read at once. */
const portion = 100

/** Takes a person who is forgotten out of every schedule that names them; one that names nobody else is disabled. */
export async function forgetInSchedules(
  world: World,
  person: Pick<Recipient, 'externalId' | 'routes'>,
): Promise<void> {
  const addresses = new Set(person.routes.map(({ address }) => address))
  const isOf = (to: To): boolean =>
    typeof to === 'string'
      ? to === person.externalId || addresses.has(to)
      : Object.values(to.routes).some((address) => addresses.has(address))
  for (let after: string | undefined; ;) {
    const page: PageRequest = { limit: portion, ...(after !== undefined && { after }) }
    const schedules = await world.store.schedules.list(page)
    for (const { name, action } of schedules)
      if (addressees(action).some(isOf)) await forget(world, name, isOf)
    after = schedules.at(-1)?.id
    if (schedules.length < portion) return
  }
}

async function forget(world: World, name: string, isOf: (to: To) => boolean): Promise<void> {
  await world.store.transaction(
    async (parts) => {
      const schedule = await parts.schedules.lock(name)
      if (schedule === undefined) return
      const to = addressees(schedule.action).filter((one) => !isOf(one))
      const { action } = schedule
      const isOver = to.length === 0
      await parts.schedules.update({
        ...schedule,
        action: 'send' in action ? { send: { ...action.send, to } } : { ask: { ...action.ask, to } },
        updatedAt: new Date(world.clock.now()),
        ...(isOver && { enabled: false, nextAt: null, dueAt: null }),
      })
    },
    { alone: true },
  )
}

function addressees(action: Schedule['action']): readonly To[] {
  return 'send' in action ? action.send.to : action.ask.to
}
