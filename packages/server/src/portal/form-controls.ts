import { formFields, type FormField } from '@invite-me/core'
import { html } from 'hono/html'
import { draftValues, type AnswerDraft } from './answer-draft.ts'
import type { Markup } from './layout.ts'
import type { PageLanguage, PortalTexts } from './texts.ts'

/** The controls of a form described by JSON Schema, one for each of its fields, in order. */
export function formControls(
  schema: Readonly<Record<string, unknown>>,
  draft: AnswerDraft,
  { texts }: PageLanguage,
): Markup {
  const fields = formFields(schema)
  const hasRequired = fields.some((field) => isMarked(field))
  return html`${fields.map((field, index) => control(field, `field-${index}`, valuesOf(field, draft), texts))}
  ${hasRequired ? html`<p class="label">${texts.requiredMark}</p>` : ''}`
}

/** What was typed or answered, else the schema's default, which counts only while nothing was. */
function valuesOf(field: FormField, draft: AnswerDraft): readonly string[] {
  if (Object.keys(draft).length > 0) return draftValues(draft, field.name)
  const { initial } = field
  if (Array.isArray(initial)) return initial.map(String)
  return typeof initial === 'string' || typeof initial === 'number' || typeof initial === 'boolean'
    ? [String(initial)]
    : []
}

function control(field: FormField, id: string, values: readonly string[], texts: PortalTexts): Markup {
  switch (field.kind) {
    case 'boolean':
      return html`<div class="field">
        <label class="option"
          ><input
            type="checkbox"
            name="${field.name}"
            value="true"
            ${values.some((value) => value === 'true' || value === 'on') ? html` checked` : ''}
          /><span dir="auto">${field.title}</span></label
        >${helpLine(field.description, id)}
      </div>`
    case 'options':
      return optionGroup(field, id, values, texts)
    case 'option':
      return field.options.length > 6
        ? select(field, id, values, texts)
        : optionGroup(field, id, values, texts)
    case 'longText':
    case 'list': {
      const help = [field.description, field.kind === 'list' ? texts.lineEach : undefined]
        .filter((line) => line !== undefined)
        .join(' ')
      return html`<div class="field">
        ${nameOf(field, id, texts)}${helpLine(help === '' ? undefined : help, id)}
        <textarea id="${id}" name="${field.name}" rows="4" dir="auto" ${attributes(field, id, help !== '')}>
${values.join('\n')}</textarea>
      </div>`
    }
    case 'text':
    case 'email':
    case 'webAddress':
    case 'number':
    case 'integer':
    case 'date':
    case 'time':
      return html`<div class="field">
        ${nameOf(field, id, texts)}${helpLine(field.description, id)}
        <input
          id="${id}"
          name="${field.name}"
          value="${values[0] ?? ''}"
          dir="auto"
          ${inputType(field)}${attributes(field, id, field.description !== undefined)}
        />
      </div>`
  }
}

function optionGroup(field: FormField, id: string, values: readonly string[], texts: PortalTexts): Markup {
  const type = field.kind === 'options' ? 'checkbox' : 'radio'
  return html`<fieldset class="field">
    <legend dir="auto">${field.title}${mark(field, texts)}</legend>
    ${helpLine(field.description, id)}
    <div class="options">
      ${field.options.map((option) => html`<label class="option"><input type="${type}" name="${field.name}" value="${String(option.value)}" ${values.includes(String(option.value)) ? html` checked` : ''}${type === 'radio' && field.required ? html` required` : ''} /><span dir="auto">${option.label}</span></label>`)}
    </div>
  </fieldset>`
}

function select(field: FormField, id: string, values: readonly string[], texts: PortalTexts): Markup {
  return html`<div class="field">
    ${nameOf(field, id, texts)}${helpLine(field.description, id)}
    <select id="${id}" name="${field.name}" ${attributes(field, id, field.description !== undefined)}>
      <option value="">${texts.nothingChosen}</option>
      ${field.options.map((option) => html`<option value="${String(option.value)}" ${values.includes(String(option.value)) ? html` selected` : ''}>${option.label}</option>`)}
    </select>
  </div>`
}

function nameOf(field: FormField, id: string, texts: PortalTexts): Markup {
  return html`<label class="name" for="${id}" dir="auto">${field.title}${mark(field, texts)}</label>`
}

/** The star that says "must be filled in", spoken as a word. */
function mark(field: FormField, texts: PortalTexts): Markup {
  return isMarked(field)
    ? html` <span class="mark" role="img" aria-label="${texts.required}">*</span>`
    : html``
}

/** A box to tick is complete either way, so it carries no star. */
function isMarked(field: FormField): boolean {
  return field.required && !field.nullable && field.kind !== 'boolean'
}

function helpLine(help: string | undefined, id: string): Markup {
  return help === undefined ? html`` : html`<span class="help" id="${id}-help" dir="auto">${help}</span>`
}

function attributes(field: FormField, id: string, hasHelp: boolean): Markup {
  const isText =
    field.kind === 'text' ||
    field.kind === 'longText' ||
    field.kind === 'email' ||
    field.kind === 'webAddress'
  return html`${isMarked(field) && field.kind !== 'list' ? html` required` : ''}${hasHelp ? html` aria-describedby="${id}-help"` : ''}${
    isText && field.maxLength !== undefined ? html` maxlength="${field.maxLength}"` : ''
  }${isText && field.minLength !== undefined ? html` minlength="${field.minLength}"` : ''}`
}

function inputType(field: FormField): Markup {
  switch (field.kind) {
    case 'email':
      return html` type="email" autocomplete="email"`
    case 'webAddress':
      return html` type="url"`
    case 'integer':
      return html` class="short" type="text" inputmode="numeric" autocomplete="off"`
    case 'number':
      return html` class="short" type="text" inputmode="decimal" autocomplete="off"`
    case 'date':
      return html` class="short" type="date"`
    case 'time':
      return html` class="short" type="time"`
    case 'text':
    case 'longText':
    case 'boolean':
    case 'option':
    case 'options':
    case 'list':
      return html` type="text"`
  }
}
