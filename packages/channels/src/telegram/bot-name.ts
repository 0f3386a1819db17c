import { z } from 'zod'
import type { CallBot } from './bot-api.ts'

const meSchema = z.object({ username: z.string() })
/** Longest wait for Telegram to tell the bot's name. */
const patienceMs = 5_000

/**
 * Finds the bot's user name: the one given, else Telegram is asked once.
 *
 * @returns `undefined` while Telegram does not tell; the next call asks again
 */
export function botNameBy(call: CallBot, given: string | undefined): () => Promise<string | undefined> {
  let asking: Promise<string | undefined> | undefined
  const ask = async (): Promise<string | undefined> => {
    let name: string | undefined
    try {
      const me = await call((methods) => methods.getMe(AbortSignal.timeout(patienceMs)))
      name = meSchema.safeParse(me.status === 'done' ? me.result : undefined).data?.username
    } finally {
      if (name === undefined) asking = undefined
    }
    return name
  }
  return () => (given === undefined ? (asking ??= ask()) : Promise.resolve(given))
}
