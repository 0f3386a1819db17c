import { html, raw } from 'hono/html'
import type { PageLanguage } from './texts.ts'
import { portalStyles } from './styles.ts'

/** Escaped markup, ready to be put into other markup. */
export type Markup = ReturnType<typeof html>

/** What every page consists of. */
export interface PageContent {
  /** Of the browser tab; plain text. */
  readonly title: string
  readonly language: PageLanguage
  readonly body: Markup
}

/**
 * Puts a page's body into the document. Works without scripts; nothing is loaded from anywhere.
 *
 * @param styleNonce the one the response's Content-Security-Policy names
 */
export function layout({ title, language, body }: PageContent, styleNonce: string): Markup {
  return html`<!doctype html>
    <html lang="${language.locale}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex, nofollow" />
        <meta name="format-detection" content="telephone=no" />
        <title>${title}</title>
        <style nonce="${styleNonce}">
          ${raw(portalStyles)}
        </style>
      </head>
      <body>
        <main>${body}</main>
      </body>
    </html> `
}

/** A drawing at the top of a page that reports something. */
export function sign(kind: 'done' | 'sent' | 'over' | 'wrong'): Markup {
  const drawings = {
    done: '<circle cx="24" cy="24" r="21"/><path d="m15 24.5 6.2 6.2L33.5 18"/>',
    sent: '<rect x="5" y="10" width="38" height="28" rx="4"/><path d="m6 14 18 13 18-13"/>',
    over: '<circle cx="24" cy="24" r="21"/><path d="M24 12v13l8 5"/>',
    wrong: '<circle cx="24" cy="24" r="21"/><path d="M24 13.5v14M24 33.6v.4"/>',
  }
  const quiet = kind === 'over' || kind === 'wrong'
  return html`<svg
    class="${quiet ? 'sign quiet' : 'sign'}"
    viewBox="0 0 48 48"
    fill="none"
    stroke="currentColor"
    stroke-width="3"
    stroke-linecap="round"
    stroke-linejoin="round"
    aria-hidden="true"
  >
    ${raw(drawings[kind])}
  </svg>`
}

/** A moment in words of the page's language and as ISO 8601; both in UTC, so that it says the same to everybody who looks. */
export function moment(at: Date, language: PageLanguage): Markup {
  const iso = at.toISOString().replace(/:\d\d\.\d{3}Z$/, 'Z')
  const words = new Intl.DateTimeFormat(language.locale, {
    dateStyle: 'long',
    timeStyle: 'short',
    timeZone: 'UTC',
  }).format(at)
  return html`<time datetime="${at.toISOString()}">${words} UTC</time>
    <small>(${iso.replace('T', ' ')})</small>`
}
