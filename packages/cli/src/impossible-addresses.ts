import type { ImportProblem, RecipientInput } from '@invite-me/core'
import type { Channel } from '@invite-me/core/channel'

/**
 * Finds the addresses of a person that their channel says cannot be any. The engine keeps them, to be tried and recorded;
 * whoever imports a list should know before.
 *
 * @param channels the channels that are set up; an address of another one cannot be judged
 * @returns one entry an address, `field` being its channel; the address itself is not repeated
 */
export function impossibleAddresses(
  line: number,
  { routes = [] }: RecipientInput,
  channels: readonly Channel[],
): readonly ImportProblem[] {
  if (!Array.isArray(routes)) return []
  return routes.flatMap(({ channel: name, address }) => {
    const checked = channels.find((channel) => channel.name === name)?.address?.(address)
    if (checked === undefined || checked.ok) return []
    const message = `the address of ${name} cannot be one: ${checked.reason}; it is kept and will be tried`
    return [{ line, field: name, message }]
  })
}
