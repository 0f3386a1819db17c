import { expect } from 'vitest'

/** Waits until a condition holds, at most 8 s; looks again after every turn of the event loop. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const endsAt = Date.now() + 8_000
  while (!(await holds())) {
    if (Date.now() > endsAt) expect.fail(`waited in vain until ${what}`)
    await new Promise((resolve) => {
      setImmediate(resolve)
    })
  }
}
