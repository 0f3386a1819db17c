import { isInviteMeError, type LinkView, type ResponseReceipt } from '@invite-me/core'
import type { AnswerDraft } from './answer-draft.ts'
import { closedPage, expiredPage, renewedPage, troublePage, troubleStatus } from './message-pages.ts'
import { ownFields } from './own-fields.ts'
import { answerFields, isFromPage, nonceFor, type LinkRequest } from './portal-request.ts'
import { questionPage, thanksPage, type OpenView, type QuestionPageInput } from './question-page.ts'
import { readForm } from './read-form.ts'
import { redirectTo, respondWithPage } from './respond-with-page.ts'
import { pageLanguage, type PageLanguage } from './texts.ts'
import { refuseForm, refuseMethod } from './refusals.ts'

/** Shows the page behind a `respond` link. Changes nothing, however often it is fetched. */
export async function showQuestion(link: LinkRequest): Promise<Response> {
  const view = await link.world.links.open(link.token, 'respond')
  const language = languageOf(view, link)
  switch (view.status) {
    case 'unknown':
      return respondWithPage(troublePage('unknown', language), troubleStatus.unknown)
    case 'closed':
      return respondWithPage(closedPage(view, language), 200)
    case 'expired':
      return respondWithPage(
        expiredPage(view, { token: link.token, nonce: await nonceFor(link), language }),
        200,
      )
    case 'open': {
      const { searchParams } = new URL(link.request.url)
      if (searchParams.has('done') && view.current !== null)
        return respondWithPage(thanksPage({ view, token: link.token, language }), 200)
      return respondWithQuestion(link, view, 200, { preselected: searchParams.get('a') ?? undefined })
    }
  }
}

/** Takes the answer posted from the page of a `respond` link, or asks for a fresh link on an expired one's. */
export async function takeAnswer(link: LinkRequest): Promise<Response> {
  const view = await link.world.links.open(link.token, 'respond')
  const language = languageOf(view, link)
  if (view.status === 'unknown')
    return respondWithPage(troublePage('unknown', language), troubleStatus.unknown)
  if (view.status === 'closed') return respondWithPage(closedPage(view, language), 409)
  if (view.status === 'open' && view.answer === null) return refuseMethod(language, 'GET, HEAD')
  const form = await readForm(link.request)
  if (!form.ok) return refuseForm(form.status, language)
  const isGenuine = await isFromPage(link, form.fields)
  if (view.status === 'expired')
    return renew(link, view, language, isGenuine && Object.hasOwn(form.fields, ownFields.renew))
  const typed = answerFields(form.fields)
  if (!isGenuine) return respondWithQuestion(link, view, 403, { typed, note: language.texts.tooOldNote })
  return tellReceipt(link, view, typed, await answer(link, typed))
}

/** @returns `undefined` when the link stopped working between looking and answering */
async function answer(link: LinkRequest, typed: AnswerDraft): Promise<ResponseReceipt | undefined> {
  try {
    return await link.world.links.answer(link.token, { kind: 'fields', fields: typed })
  } catch (error) {
    if (isInviteMeError(error) && (error.code === 'LINK_UNKNOWN' || error.code === 'INVITATION_CLOSED'))
      return undefined
    throw error
  }
}

async function tellReceipt(
  link: LinkRequest,
  view: OpenView,
  typed: AnswerDraft,
  receipt: ResponseReceipt | undefined,
): Promise<Response> {
  switch (receipt?.status) {
    case 'counted':
    case 'repeated':
      return redirectTo(`${link.token}?done`)
    case 'refused':
    case 'unclear':
      return respondWithQuestion(link, view, 422, { typed, hint: receipt.hint })
    case 'late':
    case undefined: {
      const { content, originator, answer: spec, current, locale } = view
      const closed = {
        status: 'closed',
        reason: receipt?.reason ?? 'closed',
        locale,
        content,
        originator,
        answer: spec,
        current,
      } as const
      return respondWithPage(closedPage(closed, languageOf(closed, link)), 409)
    }
  }
}

async function renew(
  link: LinkRequest,
  view: Extract<LinkView, { status: 'expired' }>,
  language: PageLanguage,
  isAsked: boolean,
): Promise<Response> {
  if (isAsked) {
    await link.world.links.renew(link.token)
    return respondWithPage(renewedPage(language), 200)
  }
  return respondWithPage(
    expiredPage(view, {
      token: link.token,
      nonce: await nonceFor(link),
      language,
      note: language.texts.tooOldNote,
    }),
    403,
  )
}

async function respondWithQuestion(
  link: LinkRequest,
  view: OpenView,
  status: number,
  more: Partial<QuestionPageInput>,
): Promise<Response> {
  const language = languageOf(view, link)
  return respondWithPage(
    questionPage({ view, token: link.token, language, nonce: await nonceFor(link), ...more }),
    status,
  )
}

function languageOf(view: LinkView, link: LinkRequest): PageLanguage {
  return pageLanguage(view.status === 'unknown' ? link.accepted : [view.locale, ...link.accepted])
}
