import type { ApiKey, Role, Scope } from '@invite-me/core'
import { describeTime } from '../describe.ts'
import { withInviteMe } from '../engine.ts'
import { exitCodes, type ExitCode } from '../exit-code.ts'
import { listRows } from '../pages.ts'
import { settingsOf, type Session } from '../session.ts'
import { table } from '../table.ts'

/** The flags of `keys create`, as the command line parses them. */
export interface CreateKeyFlags {
  readonly name: string
  readonly role?: Role
  readonly scopes?: readonly Scope[]
  /** Milliseconds from now. */
  readonly expires?: number
}

/** Makes a key to the HTTP interface and shows its secret, this once. */
export async function createKey(
  session: Session,
  { name, role, scopes, expires }: CreateKeyFlags,
): Promise<ExitCode> {
  const settings = await settingsOf(session)
  const { output } = session
  return withInviteMe(session, { settings }, async (inviteMe) => {
    const { key, secret } = await inviteMe.keys.create({
      name,
      ...(role === undefined && scopes === undefined && { role: 'sender' }),
      ...(role !== undefined && { role }),
      ...(scopes !== undefined && { scopes: [...scopes] }),
      ...(expires !== undefined && { expiresAt: new Date(Date.now() + expires) }),
    })
    await inviteMe.audit.record({ actor: 'cli', action: 'keys.create', target: key.id, detail: {} })
    output.result({ key, secret }, () => secret)
    output.remark(`It may ${key.scopes.join(', ')}. It is shown this once, so keep it safe.`)
    return exitCodes.done
  })
}

/** Lists keys without their secrets, which nobody has. */
export async function listKeys(session: Session): Promise<ExitCode> {
  const settings = await settingsOf(session)
  return withInviteMe(session, { settings }, async (inviteMe) => {
    const keys = await listRows((page) => inviteMe.keys.list(page))
    session.output.result({ keys }, () =>
      table<ApiKey>(
        [
          { heading: 'id', cell: ({ id }) => id },
          { heading: 'name', cell: ({ name }) => name },
          { heading: 'begins with', cell: ({ prefix }) => prefix },
          { heading: 'scopes', cell: ({ scopes }) => scopes.join(' ') },
          { heading: 'last used', cell: ({ lastUsedAt }) => describeTime(lastUsedAt, settings.zone) },
          { heading: 'state', cell: (key) => stateOf(key) },
        ],
        keys,
      ),
    )
    return exitCodes.done
  })
}

function stateOf({ revokedAt, expiresAt }: ApiKey): string {
  if (revokedAt !== null) return 'revoked'
  return expiresAt !== null && expiresAt.getTime() <= Date.now() ? 'expired' : 'usable'
}

/** Ends a key; processes that know it forget it within seconds. */
export async function revokeKey(session: Session, id: string): Promise<ExitCode> {
  const settings = await settingsOf(session)
  return withInviteMe(session, { settings }, async (inviteMe) => {
    await inviteMe.keys.revoke(id)
    await inviteMe.audit.record({ actor: 'cli', action: 'keys.revoke', target: id, detail: {} })
    session.output.result({ revoked: id }, () => 'Revoked; it works nowhere from five seconds on.')
    return exitCodes.done
  })
}
