import type { StoreOpener } from '../../ports/store.ts'
import { readLocation, type WorkspaceLocation } from './workspace-location.ts'

/**
 * Finds the store at an address, see `readLocation`; the driver of either database is loaded when it is opened.
 *
 * @throws InviteMeError `OPTIONS_INVALID`, and when it is opened what that store throws
 * @example const inviteMe = await createInviteMe({ store: storeAt('postgres://app@db.internal/guests'), channels: [] })
 */
export function storeAt(address: string | WorkspaceLocation): StoreOpener {
  const location = typeof address === 'string' ? readLocation(address) : address
  return {
    open: async () => {
      if (location.kind === 'sqlite') return (await import('../sqlite.ts')).sqlite(location.file).open()
      const { url, schema } = location
      return (await import('../postgres.ts')).postgres({ url, schema }).open()
    },
  }
}
