import type { Clock, Log } from '@invite-me/core/channel'
import type { Links } from '@invite-me/core'
import { checkNonce, issueNonce } from './page-nonce.ts'
import { ownFields } from './own-fields.ts'
import type { AnswerDraft } from './answer-draft.ts'
import type { LinkPurpose } from '@invite-me/core/channel'

/** What the pages work with. */
export interface PortalWorld {
  readonly links: Links
  readonly clock: Pick<Clock, 'now'>
  readonly log: Log
}

/** What a page is for; a nonce of one is worth nothing on another. */
export type PagePurpose = Extract<LinkPurpose, 'respond' | 'unsubscribe'> | 'preferences'

/** A request for one link's page. */
export interface LinkRequest {
  readonly world: PortalWorld
  readonly request: Request
  readonly token: string
  readonly purpose: PagePurpose
  /** Locales of the browser, best first. */
  readonly accepted: readonly string[]
}

/** The nonce for a form on this link's page. */
export function nonceFor({ world, token, purpose }: LinkRequest): Promise<string> {
  return issueNonce(token, purpose, world.clock.now())
}

/** True when the posted form came from this link's page, fetched not too long ago. */
export function isFromPage({ world, token, purpose }: LinkRequest, fields: AnswerDraft): Promise<boolean> {
  const given = Object.hasOwn(fields, ownFields.nonce) ? fields[ownFields.nonce] : undefined
  return checkNonce(given?.[0], token, purpose, world.clock.now())
}

/** The posted fields without the portal's own. */
export function answerFields(fields: AnswerDraft): AnswerDraft {
  const own: readonly string[] = Object.values(ownFields)
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !own.includes(name)))
}
