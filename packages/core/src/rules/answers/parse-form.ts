import type { AnswerInput, AnswerSpec } from '../../model/answer.ts'
import { checkForm, type FormProblem } from '../../model/form-check.ts'
import { formFields, type FormField } from '../../model/form-field.ts'
import { hintsFor, type AnswerHints } from './answer-hints.ts'
import { normalizeWords } from './normalize-words.ts'
import { refused, understood, type ParsedAnswer } from './parsed-answer.ts'
import { allFields } from './posted-fields.ts'
import { readDate } from './read-date.ts'
import { readNumber } from './read-number.ts'

type FormSpec = Extract<AnswerSpec, { type: 'form' }>

/** Parses a filled-in form; see {@link parseAnswer}. A problem is told with the title of its field. */
export function parseForm(spec: FormSpec, input: AnswerInput, locale: string): ParsedAnswer {
  const hints = hintsFor(locale)
  switch (input.kind) {
    case 'value':
      return check(spec, input.value, hints)
    case 'fields':
      return parseFields(spec, input.fields, hints)
    case 'option':
    case 'text':
      return refused(hints.formElsewhere)
  }
}

function parseFields(
  spec: FormSpec,
  posted: Readonly<Record<string, readonly string[]>>,
  hints: AnswerHints,
): ParsedAnswer {
  const fields = formFields(spec.schema)
  const repeated = fields.find(
    (field) => field.kind !== 'options' && field.kind !== 'list' && allFields(posted, field.name).length > 1,
  )
  if (repeated !== undefined) return refused(hints.fieldRepeated(repeated.title))
  const entries = fields.flatMap((field) => {
    const value = coerce(field, allFields(posted, field.name))
    return value === undefined ? [] : [{ path: field.path, value }]
  })
  return check(spec, buildObject(entries), hints)
}

function check(spec: FormSpec, value: unknown, hints: AnswerHints): ParsedAnswer {
  const checked = checkForm(spec.schema, value)
  return checked.ok ? understood(checked.value) : refused(describeProblem(spec, checked.problem, hints))
}

/** Turns what a browser posts for one field into its type; `undefined` leaves it out. What cannot be turned stays as it is and is refused by the check. */
function coerce(field: FormField, posted: readonly string[]): unknown {
  const values = posted.map((value) => value.replace(/\r\n?/g, '\n').trim()).filter((value) => value !== '')
  const [first] = values
  switch (field.kind) {
    case 'boolean':
      // An empty box says no, but must not bring an object into being that nobody began to fill in.
      if (first === undefined) return field.path.length > 1 && !field.required ? undefined : false
      return readBoolean(first)
    case 'options':
      return first === undefined && !field.required
        ? undefined
        : values.map((value) => readOption(field, value))
    case 'list': {
      const lines = values
        .flatMap((value) => value.split('\n'))
        .map((line) => line.trim())
        .filter((line) => line !== '')
      return lines.length === 0 && !field.required
        ? undefined
        : lines.map((line) => (field.items === 'number' ? toNumber(line) : line))
    }
    case 'text':
    case 'longText':
    case 'email':
    case 'webAddress':
    case 'number':
    case 'integer':
    case 'date':
    case 'time':
    case 'option':
      if (first === undefined) return field.required && field.nullable ? null : undefined
      return coerceOne(field, first)
  }
}

function coerceOne(field: FormField, value: string): unknown {
  if (field.kind === 'number' || field.kind === 'integer') return toNumber(value)
  if (field.kind === 'option') return readOption(field, value)
  if (field.kind === 'date') {
    const read = readDate(normalizeWords(value))
    return read.kind === 'date' ? read.value : value
  }
  return value
}

function toNumber(value: string): unknown {
  const read = readNumber(normalizeWords(value))
  return read.kind === 'number' ? read.value : value
}

function readBoolean(value: string): unknown {
  if (['on', 'true', 'yes', '1'].includes(value)) return true
  return ['off', 'false', 'no', '0'].includes(value) ? false : value
}

function readOption(field: FormField, value: string): unknown {
  return field.options.find((option) => String(option.value) === value)?.value ?? value
}

/** Builds nested plain objects from paths; any property name is only ever data. */
function buildObject(
  entries: readonly { readonly path: readonly string[]; readonly value: unknown }[],
): Readonly<Record<string, unknown>> {
  const keys = [...new Set(entries.map((entry) => entry.path[0] ?? ''))]
  return Object.fromEntries(
    keys.map((key) => {
      const inside = entries.filter((entry) => entry.path[0] === key)
      const [only] = inside
      if (only !== undefined && only.path.length === 1) return [key, only.value]
      return [key, buildObject(inside.map((entry) => ({ path: entry.path.slice(1), value: entry.value })))]
    }),
  )
}

function describeProblem(spec: FormSpec, problem: FormProblem, hints: AnswerHints): string {
  if (problem.kind === 'schema') return hints.formUnreadable
  const name = problem.path.join('.')
  const field = formFields(spec.schema).find(
    (candidate) =>
      name === candidate.name ||
      name.startsWith(`${candidate.name}.`) ||
      (candidate.required && candidate.name.startsWith(`${name}.`)),
  )
  const title = field?.title ?? problem.path.at(-1)
  if (title === undefined) return hints.fieldWrong
  if (problem.kind === 'missing') return hints.fieldMissing(title)
  return hints.field(title, problemHint(problem, field, hints))
}

function problemHint(problem: FormProblem, field: FormField | undefined, hints: AnswerHints): string {
  const limit = problem.limit ?? 0
  switch (problem.kind) {
    case 'too_small':
      return hints.atLeast(String(limit))
    case 'too_big':
      return hints.atMost(String(limit))
    case 'too_short':
      return hints.shortest(limit)
    case 'too_long':
      return hints.longest(limit)
    case 'too_few':
      return hints.fewest(limit)
    case 'too_many':
      return hints.most(limit)
    case 'email':
      return hints.email
    case 'url':
      return hints.webAddress
    case 'date':
      return hints.date
    case 'time':
      return hints.time
    case 'whole':
      return hints.numberWhole
    case 'missing':
    case 'schema':
    case 'wrong':
      return wrongKind(field, hints)
  }
}

function wrongKind(field: FormField | undefined, hints: AnswerHints): string {
  if (field === undefined) return hints.fieldWrong
  switch (field.kind) {
    case 'number':
    case 'integer':
      return hints.number(field.kind === 'integer')
    case 'date':
      return hints.date
    case 'time':
      return hints.time
    case 'email':
      return hints.email
    case 'webAddress':
      return hints.webAddress
    case 'text':
    case 'longText':
    case 'boolean':
    case 'option':
    case 'options':
    case 'list':
      return hints.fieldWrong
  }
}
