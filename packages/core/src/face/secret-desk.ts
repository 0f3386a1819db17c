import { InviteMeError } from '../model/error.ts'
import { parseInput } from '../model/parse.ts'
import { lineSchema } from '../model/recipient.ts'
import type { World } from '../ports/world.ts'

const nameSchema = lineSchema.min(1, 'a secret needs a name').max(100)
const secretBytes = 32
/** Secrets kept in memory; a host app has a handful, named in its code. */
const mostKnown = 100

/** The secrets of the workspace by their names; each is read once, since none ever changes. */
export function secretDesk(world: World): (name: string) => Promise<Uint8Array> {
  const known = new Map<string, Promise<Uint8Array>>()
  return async (given) => {
    const name = parseInput(nameSchema, given, {
      code: 'REQUEST_INVALID',
      path: 'name',
      what: 'The name of the secret was refused',
    })
    const reading = known.get(name) ?? world.store.keys.secret(name, () => world.random.bytes(secretBytes))
    if (known.size < mostKnown) known.set(name, reading)
    const secret = await reading.catch((error: unknown) => {
      known.delete(name)
      throw error
    })
    if (secret.length !== secretBytes)
      throw new InviteMeError('INTERNAL', 'A secret of this workspace is damaged.')
    // A copy: who writes into theirs changes nobody else's.
    return secret.slice()
  }
}
