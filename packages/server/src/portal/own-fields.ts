import { html } from 'hono/html'
import type { Markup } from './layout.ts'

/** Names of the portal's own fields; they never reach the engine. */
export const ownFields = {
  nonce: 'invite-me-nonce',
  renew: 'invite-me-renew',
  stop: 'invite-me-stop',
} as const

/** The hidden field every form of the portal carries. */
export function nonceField(nonce: string): Markup {
  return html`<input type="hidden" name="${ownFields.nonce}" value="${nonce}" />`
}
