import { troublePage, troubleStatus } from './message-pages.ts'
import { respondWithPage } from './respond-with-page.ts'
import type { PageLanguage } from './texts.ts'

/** Refuses a form that could not be read. */
export function refuseForm(status: 400 | 413 | 415, language: PageLanguage): Promise<Response> {
  const trouble = { 400: 'unreadable', 413: 'tooLarge', 415: 'unsupported' } as const
  return respondWithPage(troublePage(trouble[status], language), status)
}

/** Refuses a method; `allow` lists those that work. */
export function refuseMethod(language: PageLanguage, allow: string): Promise<Response> {
  return respondWithPage(troublePage('method', language), troubleStatus.method, { Allow: allow })
}
