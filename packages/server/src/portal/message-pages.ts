import { describeAnswer, type LinkView } from '@invite-me/core'
import { html } from 'hono/html'
import { fromLine } from './from-line.ts'
import { sign, type PageContent } from './layout.ts'
import { nonceField, ownFields } from './own-fields.ts'
import type { PageLanguage } from './texts.ts'

/** The page of a question that is over, with the answer that was given. */
export function closedPage(
  view: Extract<LinkView, { status: 'closed' }>,
  language: PageLanguage,
): PageContent {
  const { texts, locale } = language
  const said =
    view.answer === null || view.current === null
      ? undefined
      : describeAnswer(view.answer, view.current.value, locale)
  return {
    title: texts.closedTitle[view.reason],
    language,
    body: html`${sign('over')}${fromLine(view.originator, texts.asks)}
      <h1>${texts.closedTitle[view.reason]}</h1>
      <p>${texts.closedText[view.reason]}</p>
      <p class="details" dir="auto">${view.content.text}</p>
      ${said === undefined ? '' : html`<p class="note"><span class="label">${texts.closedAnswer}</span><span class="value" dir="auto">${said}</span></p>`}`,
  }
}

/** What a page with a form of its own is made from. */
interface PageForm {
  readonly token: string
  readonly nonce: string
  readonly language: PageLanguage
  readonly note?: string | undefined
}

/** The page of a link that has run out; a button sends a fresh one when the question is still open. */
export function expiredPage(
  view: Extract<LinkView, { status: 'expired' }>,
  { token, nonce, language, note }: PageForm,
): PageContent {
  const { texts } = language
  return {
    title: texts.expiredTitle,
    language,
    body: html`${sign('over')}
      <h1>${texts.expiredTitle}</h1>
      <p>${view.renewable ? texts.expiredText : texts.notRenewable}</p>
      ${note === undefined ? '' : html`<p class="note" role="status">${note}</p>`}
      ${
        view.renewable
          ? html`<form method="post" action="${token}">
              ${nonceField(nonce)}
              <div class="buttons"><button name="${ownFields.renew}" value="1">${texts.renew}</button></div>
            </form>`
          : ''
      }`,
  }
}

/** The page after a fresh link was asked for; the same whether or not one was sent. */
export function renewedPage(language: PageLanguage): PageContent {
  const { texts } = language
  return {
    title: texts.renewedTitle,
    language,
    body: html`${sign('sent')}
      <h1>${texts.renewedTitle}</h1>
      <p>${texts.renewedText}</p>`,
  }
}

/** What can be stopped by a link. */
export interface Stoppable {
  /** The channel it came by, when it is known. */
  readonly channel: string | undefined
  /** What its kind of message is called; `undefined` when that cannot be switched off by itself. */
  readonly kind: string | undefined
  /** True when there is a page with all of the person's preferences. */
  readonly hasPreferences: boolean
}

/** The page before messages are stopped: only this kind, or everything by this channel. */
export function unsubscribePage(
  { channel, kind, hasPreferences }: Stoppable,
  { token, nonce, language, note }: PageForm,
): PageContent {
  const { texts } = language
  const name = channelName(channel, language)
  const title = kind === undefined ? texts.unsubscribeTitle(name) : texts.unsubscribeKindTitle(kind, name)
  const button = (value: string, label: string, look: string) =>
    html`<button name="${ownFields.stop}" value="${value}" class="${look}">${label}</button>`
  return {
    title,
    language,
    body: html`<h1>${title}</h1>
      <p>${kind === undefined ? texts.unsubscribeText(name) : texts.unsubscribeKindText(name)}</p>
      ${note === undefined ? '' : html`<p class="note" role="status">${note}</p>`}
      <form method="post" action="${token}">
        ${nonceField(nonce)}
        <div class="buttons">
          ${
            kind === undefined
              ? html`<button>${texts.unsubscribe}</button>`
              : [
                  button('category', texts.unsubscribeKind(kind), ''),
                  button('everything', texts.unsubscribeEverything(name), 'plain'),
                ]
          }
          ${hasPreferences ? button('preferences', texts.allPreferences, 'plain') : ''}
        </div>
      </form>`,
  }
}

/** How a channel is called within a sentence. */
export function channelName(channel: string | undefined, { texts }: PageLanguage): string {
  return channel === undefined ? texts.thisChannel : (texts.channels.get(channel) ?? channel)
}

/** The page after messages were stopped. @param stopped the kind that was, when it was not everything */
export function unsubscribedPage(language: PageLanguage, stopped?: Stoppable): PageContent {
  const { texts } = language
  const text =
    stopped?.kind === undefined
      ? texts.unsubscribedText
      : texts.unsubscribedKindText(stopped.kind, channelName(stopped.channel, language))
  return {
    title: texts.unsubscribedTitle,
    language,
    body: html`${sign('done')}
      <h1>${texts.unsubscribedTitle}</h1>
      <p>${text}</p>`,
  }
}

/** The kinds of trouble that have a page of their own, with their HTTP status. */
export const troubleStatus = {
  unknown: 404,
  method: 405,
  tooLarge: 413,
  unreadable: 400,
  unsupported: 415,
  failed: 500,
} as const

/** A page for a request that leads nowhere. Says nothing about why, so a wrong token and no token look the same. */
export function troublePage(trouble: keyof typeof troubleStatus, language: PageLanguage): PageContent {
  const { texts } = language
  const words = {
    unknown: [texts.unknownTitle, texts.unknownText],
    method: [texts.methodTitle, texts.methodText],
    tooLarge: [texts.tooLargeTitle, texts.tooLargeText],
    unreadable: [texts.unreadableTitle, texts.unreadableText],
    unsupported: [texts.unreadableTitle, texts.unreadableText],
    failed: [texts.failedTitle, texts.failedText],
  } as const
  const [title, text] = words[trouble]
  return {
    title,
    language,
    body: html`${sign('wrong')}
      <h1>${title}</h1>
      <p>${text}</p>`,
  }
}
