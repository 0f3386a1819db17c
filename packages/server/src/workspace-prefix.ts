import { randomBytes } from 'node:crypto'
import type { Store } from '@invite-me/core'
import type { ServerConfig } from './config.ts'

/**
 * Tells workspaces apart on a broker they share: every process on the same store finds the same mark, and no other store has
 * it. Work handed to a stranger would be taken for done.
 */
export async function prefixOf(
  { prefix }: Pick<ServerConfig, 'prefix'>,
  store: Pick<Store, 'keys'>,
): Promise<string> {
  if (prefix !== undefined) return prefix
  const mark = await store.keys.secret('workspace-mark', () => randomBytes(32))
  return `invite-me.${Buffer.from(mark.subarray(0, 8)).toString('hex')}`
}
