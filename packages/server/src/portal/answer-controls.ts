import { answerActions, type AnswerOption, type AnswerSpec } from '@invite-me/core'
import { html } from 'hono/html'
import { draftValues, type AnswerDraft } from './answer-draft.ts'
import { formControls } from './form-controls.ts'
import type { Markup } from './layout.ts'
import type { PageLanguage } from './texts.ts'

/** What the controls of a question need to know. */
export interface ControlsInput {
  readonly spec: AnswerSpec
  readonly draft: AnswerDraft
  /** The person followed a link with this answer; they still have to confirm it. */
  readonly preselected: string | undefined
  /** An answer was given before. */
  readonly isChange: boolean
  /** What was wrong with the answer just sent; stands beside its field. */
  readonly hint: string | undefined
  readonly language: PageLanguage
}

/** The part of the form where a person answers, with its buttons, for each answer type. */
export function answerControls(input: ControlsInput): Markup {
  const { spec } = input
  switch (spec.type) {
    case 'yesNo':
      return html`${hintLine(input.hint)}${yesNoButtons(input)}`
    case 'rsvp':
      return html`${rsvpControls(input, spec.maxParty)}${sendButton(input)}`
    case 'choice':
      return html`${choiceControls(input, spec.options, spec.multiple)}${sendButton(input)}`
    case 'text':
      return html`${textControl(input, spec.maxLength)}${sendButton(input)}`
    case 'number':
      return html`${numberControl(input, spec)}${sendButton(input)}`
    case 'date':
      return html`${dateControl(input, spec)}${sendButton(input)}`
    case 'form':
      return html`${hintLine(input.hint)}${formControls(spec.schema, input.draft, input.language)}${sendButton(input)}`
  }
}

/** The sentence that says what to change; screen readers speak it at once. */
export function hintLine(hint: string | undefined): Markup {
  return hint === undefined ? html`` : html`<p class="hint" id="hint" role="alert">${hint}</p>`
}

function sendButton({ isChange, language }: ControlsInput): Markup {
  return html`<div class="buttons">
    <button>${isChange ? language.texts.sendChange : language.texts.send}</button>
  </div>`
}

/** Two big buttons. After a link with an answer, that answer stands first and the button says that it confirms. */
function yesNoButtons({ spec, preselected, language: { texts, locale } }: ControlsInput): Markup {
  const actions = answerActions(spec, locale)
  const chosen = actions.find((action) => action.value === preselected)
  if (chosen === undefined) {
    return html`<div class="buttons pair big">
      ${actions.map((action, index) => html`<button name="answer" value="${action.value}" ${index > 0 ? html` class="plain"` : ''}>${action.label}</button>`)}
    </div>`
  }
  const others = actions.filter((action) => action !== chosen)
  return html`<p class="note">${texts.chosen(chosen.label)}</p>
    <div class="buttons">
      <div class="buttons big">
        <button name="answer" value="${chosen.value}">${texts.confirm(chosen.label)}</button>
      </div>
      ${others.map((action) => html`<button class="plain" name="answer" value="${action.value}">${texts.insteadAnswer(action.label)}</button>`)}
    </div>`
}

function rsvpControls(input: ControlsInput, maxParty: number): Markup {
  const { texts, locale } = input.language
  const actions = answerActions(input.spec, locale)
  // Once an answer is picked, only the number of people can be what is wrong.
  const isAboutParty = draftValues(input.draft, 'answer').some((value) =>
    actions.some((action) => action.value === value),
  )
  const partyHint = isAboutParty && maxParty > 1 ? input.hint : undefined
  return html`${optionList({ ...input, hint: partyHint === undefined ? input.hint : undefined }, actions, false, texts.yourAnswer)}
  ${maxParty > 1 ? partyControl(input, maxParty, partyHint) : ''}`
}

function partyControl(
  { draft, language: { texts } }: ControlsInput,
  maxParty: number,
  hint: string | undefined,
): Markup {
  const [party = '1'] = draftValues(draft, 'party')
  return html`<div class="field">
    <label class="name" for="party">${texts.party}</label
    ><span class="help" id="help">${texts.partyHelp(maxParty)}</span>
    <input
      class="short"
      type="text"
      inputmode="numeric"
      id="party"
      name="party"
      value="${party}"
      maxlength="4"
      autocomplete="off"
      ${described(hint)}
    />
    ${hintLine(hint)}
  </div>`
}

function choiceControls(input: ControlsInput, options: readonly AnswerOption[], multiple: boolean): Markup {
  const { texts } = input.language
  return optionList(input, options, multiple, multiple ? texts.chooseSome : texts.chooseOne)
}

function optionList(
  { draft, hint }: ControlsInput,
  options: readonly AnswerOption[],
  multiple: boolean,
  legend: string,
): Markup {
  const picked = draftValues(draft, 'answer')
  const isPicked = (option: AnswerOption) => picked.includes(option.value)
  return html`<fieldset class="field" ${hint === undefined ? '' : html` aria-describedby="hint"`}>
    <legend>${legend}</legend>
    <div class="options">
      ${options.map(
        (option) =>
          html`<label class="option"
            ><input
              type="${multiple ? 'checkbox' : 'radio'}"
              name="answer"
              value="${option.value}"
              ${isPicked(option) ? html` checked` : ''}${multiple ? '' : html` required`}
            /><span dir="auto">${option.label}</span></label
          >`,
      )}
    </div>
    ${hintLine(hint)}
  </fieldset>`
}

function textControl(input: ControlsInput, maxLength: number): Markup {
  const { texts } = input.language
  const [value = ''] = draftValues(input.draft, 'answer')
  return html`${fieldHead(texts.yourAnswer, texts.textLimit(maxLength))}
<textarea id="answer" name="answer" rows="${maxLength > 300 ? 5 : 3}" maxlength="${maxLength}" required dir="auto"${described(input.hint)}>
${value}</textarea>${hintLine(input.hint)}</div>`
}

function numberControl(input: ControlsInput, spec: Extract<AnswerSpec, { type: 'number' }>): Markup {
  const { texts } = input.language
  const [value = ''] = draftValues(input.draft, 'answer')
  const help = range(spec.min?.toString(), spec.max?.toString(), [
    texts.numberBetween,
    texts.numberFrom,
    texts.numberUpTo,
  ])
  return html`${fieldHead(texts.yourAnswer, help)}
<input class="short" type="text" inputmode="${spec.integer ? 'numeric' : 'decimal'}" id="answer" name="answer" value="${value}" maxlength="40" required autocomplete="off"${described(input.hint)}>${hintLine(input.hint)}</div>`
}

function dateControl(input: ControlsInput, spec: Extract<AnswerSpec, { type: 'date' }>): Markup {
  const { texts } = input.language
  const [value = ''] = draftValues(input.draft, 'answer')
  const help = range(spec.earliest, spec.latest, [texts.dateBetween, texts.dateFrom, texts.dateUpTo])
  return html`${fieldHead(texts.yourAnswer, help)}
<input class="short" type="date" id="answer" name="answer" value="${value}" required${spec.earliest === undefined ? '' : html` min="${spec.earliest}"`}${spec.latest === undefined ? '' : html` max="${spec.latest}"`}${described(input.hint)}>${hintLine(input.hint)}</div>`
}

function fieldHead(name: string, help: string): Markup {
  return html`<div class="field">
    <label class="name" for="answer">${name}</label
    >${help === '' ? '' : html`<span class="help" id="help">${help}</span>`}
   `
}

function described(hint: string | undefined): Markup {
  return hint === undefined
    ? html` aria-describedby="help"`
    : html` aria-describedby="hint help" aria-invalid="true"`
}

type RangeTexts = readonly [
  between: (least: string, most: string) => string,
  from: (least: string) => string,
  upTo: (most: string) => string,
]

function range(
  least: string | undefined,
  most: string | undefined,
  [between, from, upTo]: RangeTexts,
): string {
  if (least !== undefined && most !== undefined) return between(least, most)
  if (least !== undefined) return from(least)
  return most === undefined ? '' : upTo(most)
}
