import { describeAnswer, type AnswerSpec, type LinkView } from '@invite-me/core'
import { html } from 'hono/html'
import { answerControls } from './answer-controls.ts'
import { draftOf, type AnswerDraft } from './answer-draft.ts'
import { fromLine, originatorDetails } from './from-line.ts'
import { moment, sign, type Markup, type PageContent } from './layout.ts'
import type { PageLanguage } from './texts.ts'
import { nonceField } from './own-fields.ts'

/** A link that can be used now. */
export type OpenView = Extract<LinkView, { status: 'open' }>

/** What a question page shows beside the question. */
export interface QuestionPageInput {
  readonly view: OpenView
  /** Last part of the page's own address; forms post to it, so the page works wherever it is mounted. */
  readonly token: string
  readonly language: PageLanguage
  readonly nonce: string
  /** Answer of the link that was followed, `?a=yes`; only shown as chosen. */
  readonly preselected?: string | undefined
  /** What the person had typed when the answer could not be taken. */
  readonly typed?: AnswerDraft
  /** What is wrong with the answer, beside its field. */
  readonly hint?: string | undefined
  /** A remark above the form: nothing is wrong with the answer. */
  readonly note?: string
}

/** The page of a question that can be answered: who asks, what, until when, and the form. */
export function questionPage(input: QuestionPageInput): PageContent {
  const { view, language } = input
  const { texts } = language
  const title =
    input.hint === undefined ? titleOf(view, language) : `${texts.problem} – ${titleOf(view, language)}`
  return {
    title,
    language,
    body: html`${view.answer === null ? fromLine(view.originator, texts.writes) : fromLine(view.originator, texts.asks)}
      <div lang="${view.locale}">
        ${view.content.subject === undefined ? '' : html`<p class="subject" dir="auto">${view.content.subject}</p>`}
        <h1 dir="auto" ${view.content.text.length > 180 ? html` class="long"` : ''}>${view.content.text}</h1>
        ${view.content.details === undefined ? '' : html`<p class="details" dir="auto">${view.content.details}</p>`}
        ${originatorDetails(view.originator)}
      </div>
      ${input.note === undefined ? '' : html`<p class="note" role="status">${input.note}</p>`}
      ${view.answer === null ? html`<p class="until">${texts.noAnswerWanted}</p>` : answerForm(input, view.answer)}`,
  }
}

function answerForm(input: QuestionPageInput, spec: AnswerSpec): Markup {
  const { view, language, preselected } = input
  const { texts, locale } = language
  const needsRoom = spec.type === 'text' || spec.type === 'form'
  const draft = input.typed ?? firstDraft(spec, view.current, preselected)
  return html`${view.current === null ? '' : html`<p class="note"><span class="label">${texts.currentAnswer}</span><span class="value" dir="auto">${describeAnswer(spec, view.current.value, locale)}</span> <span class="label">${texts.changeBelow}</span></p>`}
    <form
      method="post"
      action="${input.token}"
      ${
        // Text in any script needs a third of the bytes this way.
        needsRoom ? html` enctype="multipart/form-data"` : ''
      }
    >
      ${nonceField(input.nonce)}
      ${answerControls({ spec, draft, preselected, isChange: view.current !== null, hint: input.hint, language })}
    </form>
    ${view.until === null ? '' : html`<p class="until">${view.current === null ? texts.answerUntil : texts.changeUntil} ${moment(view.until, language)}</p>`}`
}

function firstDraft(
  spec: AnswerSpec,
  current: OpenView['current'],
  preselected: string | undefined,
): AnswerDraft {
  const draft = current === null ? {} : draftOf(spec, current.value)
  return preselected !== undefined && (spec.type === 'choice' || spec.type === 'rsvp')
    ? { ...draft, answer: [preselected] }
    : draft
}

/** The page after an answer was taken: what it was and how to change it. */
export function thanksPage({
  view,
  token,
  language,
}: Pick<QuestionPageInput, 'view' | 'token' | 'language'>): PageContent {
  const { texts, locale } = language
  const said =
    view.answer === null || view.current === null
      ? ''
      : describeAnswer(view.answer, view.current.value, locale)
  return {
    title: texts.thanks,
    language,
    body: html`${sign('done')}
      <h1>${texts.thanks}</h1>
      <p class="details" dir="auto" lang="${view.locale}">${view.content.text}</p>
      <p class="note">
        <span class="label">${texts.answeredWith}</span><span class="value answer" dir="auto">${said}</span>
      </p>
      <p>${texts.canClose}</p>
      <p class="until">
        <a href="${token}">${texts.changeLink}</a
        >${view.until === null ? '' : html` · ${texts.changeUntil} ${moment(view.until, language)}`}
      </p>`,
  }
}

function titleOf(view: OpenView, { texts }: PageLanguage): string {
  if (view.originator === null)
    return view.answer === null ? (view.content.subject ?? texts.noAnswerWanted) : texts.asksNobody
  return view.answer === null ? texts.writes(view.originator.name) : texts.asks(view.originator.name)
}
