import { setTimeout as pause } from 'node:timers/promises'

/**
 * Looks every 50 ms whether something has become true in another process.
 * @throws when it has not after `timeoutMs`
 */
export async function waitUntil(isTrue: () => Promise<boolean>, timeoutMs: number): Promise<void> {
  const deadline = performance.now() + timeoutMs
  while (!(await isTrue())) {
    if (performance.now() > deadline)
      throw new Error(`It has not become true within ${String(timeoutMs)} ms.`)
    await pause(50)
  }
}
