import { InviteMeError, type ApiKey, type InviteMe, type Scope } from '@invite-me/core'
import type { RecipientClaims, RecipientTokens } from './recipient-token.ts'

/**
 * Who calls: a holder of a key, a person with a token of their own, the host itself where keys are off, or whoever may put
 * messages into a queue.
 */
export type Caller =
  | { readonly kind: 'key'; readonly key: ApiKey }
  | { readonly kind: 'queue'; readonly scopes: readonly Scope[] }
  | ({ readonly kind: 'recipient' } & RecipientClaims)
  | { readonly kind: 'host' }
  | { readonly kind: 'nobody' }

/** What callers are recognised with. */
export interface Gatekeeper {
  readonly inviteMe: Pick<InviteMe, 'keys'>
  readonly tokens: RecipientTokens
  /** `off`: everybody is the host. */
  readonly keys: 'required' | 'off'
  /** Names of the host by which it may be called where keys are off, beside `localhost` and addresses in figures. */
  readonly hosts?: readonly string[]
}

/** Longer than any key or token of ours; anything else is not looked up. */
const maxTokenLength = 8_192
const bearer = /^Bearer +([\x21-\x7e]+) *$/i
const jwt = /^[\w-]+\.[\w-]+\.[\w-]+$/

/**
 * Recognises who calls by the `Authorization` header.
 *
 * @param header `undefined` when there was none: then nobody calls
 * @throws InviteMeError `UNAUTHENTICATED` for what is no key and no token of ours, or not any more
 */
export async function authenticate(gatekeeper: Gatekeeper, header: string | undefined): Promise<Caller> {
  if (gatekeeper.keys === 'off') return { kind: 'host' }
  if (header === undefined) return { kind: 'nobody' }
  const token = header.length <= maxTokenLength ? bearer.exec(header)?.[1] : undefined
  const caller = token === undefined ? undefined : await callerOf(gatekeeper, token)
  if (caller !== undefined) return caller
  throw new InviteMeError(
    'UNAUTHENTICATED',
    'The key or token in "Authorization" is unknown, has expired or was revoked.',
    { field: 'header.authorization' },
  )
}

/** Who holds a key or token, without the word `Bearer`; `undefined` when it may not be used. */
export async function callerOf(gatekeeper: Gatekeeper, token: string): Promise<Caller | undefined> {
  if (gatekeeper.keys === 'off') return { kind: 'host' }
  if (token.length > maxTokenLength) return undefined
  if (token.startsWith('imk_')) {
    const key = await gatekeeper.inviteMe.keys.authenticate(token)
    return key === undefined ? undefined : { kind: 'key', key }
  }
  if (!jwt.test(token)) return undefined
  const claims = await gatekeeper.tokens.verify(token)
  return claims === undefined ? undefined : { kind: 'recipient', ...claims }
}

/** What a route asks of its callers. */
export interface Door {
  /** The scope a key needs; `none`: everybody may. */
  readonly scope: Scope | 'none'
  /** True when a person's own token opens it too; the route itself then keeps them to what is theirs. */
  readonly orRecipient?: boolean
}

/**
 * Lets a caller through a door.
 *
 * @throws InviteMeError `UNAUTHENTICATED` when nobody calls, `FORBIDDEN` naming the scope that is missing
 */
export function admit(caller: Caller, { scope, orRecipient = false }: Door): void {
  if (scope === 'none' || caller.kind === 'host') return
  if (caller.kind === 'nobody')
    throw new InviteMeError('UNAUTHENTICATED', 'A key is needed: send it as "Authorization: Bearer imk_…".', {
      field: 'header.authorization',
    })
  if (caller.kind === 'queue') return admitToQueue(caller.scopes, scope)
  const isAllowed = caller.kind === 'key' ? caller.key.scopes.includes(scope) : orRecipient
  if (isAllowed) return
  throw new InviteMeError(
    'FORBIDDEN',
    caller.kind === 'key'
      ? `This key lacks the scope "${scope}".`
      : `A recipient's token does not open this; a key with the scope "${scope}" does.`,
    { field: 'header.authorization' },
  )
}

function admitToQueue(scopes: readonly Scope[], scope: Scope): void {
  if (scopes.includes(scope)) return
  throw new InviteMeError(
    'FORBIDDEN',
    `This command needs the scope "${scope}", which commands from the queue do not have here.`,
    { field: 'command' },
  )
}

/**
 * Keeps a person's token to what is that person's own; a key and the host may look after anybody.
 *
 * @param field name of what was asked for, as the caller wrote it: `query.address`
 * @throws InviteMeError `FORBIDDEN`
 */
export function keepToOwn(caller: Caller, externalId: string, field: string): void {
  if (caller.kind !== 'recipient' || caller.sub === externalId) return
  throw new InviteMeError('FORBIDDEN', 'This token is for another person.', { field })
}
