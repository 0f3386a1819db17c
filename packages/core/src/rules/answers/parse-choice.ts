import type { AnswerInput, AnswerOption, AnswerSpec } from '../../model/answer.ts'
import { hintsFor } from './answer-hints.ts'
import { matchOptions } from './match-options.ts'
import { canBeNumbered } from './option-numbers.ts'
import { refused, unclear, understood, type ParsedAnswer } from './parsed-answer.ts'
import { allFields } from './posted-fields.ts'

type ChoiceSpec = Extract<AnswerSpec, { type: 'choice' }>

/** Parses a choice; see {@link parseAnswer}. Several options come back in the question's order, each once. */
export function parseChoice(spec: ChoiceSpec, input: AnswerInput, locale: string): ParsedAnswer {
  switch (input.kind) {
    case 'value':
      return parseValue(spec, input.value, locale)
    case 'option':
      return pick(spec, [input.value], locale)
    case 'fields':
      return pick(spec, allFields(input.fields, 'answer'), locale)
    case 'text':
      return parseText(spec, input.text, locale)
  }
}

function parseValue(spec: ChoiceSpec, value: unknown, locale: string): ParsedAnswer {
  const values: readonly unknown[] =
    spec.multiple && Array.isArray(value) ? value : spec.multiple ? [] : [value]
  return pick(spec, values, locale)
}

/** Takes option values as they are: exact, no words. */
function pick(spec: ChoiceSpec, values: readonly unknown[], locale: string): ParsedAnswer {
  const isKnown = values.every((value) => spec.options.some((option) => option.value === value))
  if (values.length === 0 || !isKnown) return refused(chooseHint(spec, locale))
  return chosen(
    spec,
    spec.options.filter((option) => values.includes(option.value)),
    locale,
  )
}

function parseText(spec: ChoiceSpec, text: string, locale: string): ParsedAnswer {
  const match = matchOptions(spec.options, text)
  switch (match.kind) {
    case 'options':
      return chosen(spec, match.options, locale)
    case 'number':
      return refused(hintsFor(locale).optionNumber(spec.options.length))
    case 'wrong':
      return refused(chooseHint(spec, locale))
    case 'none':
      return unclear(chooseHint(spec, locale))
  }
}

function chosen(spec: ChoiceSpec, options: readonly AnswerOption[], locale: string): ParsedAnswer {
  if (spec.multiple) return understood(options.map((option) => option.value))
  const [option] = options
  if (option === undefined || options.length > 1) return refused(hintsFor(locale).onlyOne(spec.options))
  return understood(option.value)
}

function chooseHint(spec: ChoiceSpec, locale: string): string {
  const hints = hintsFor(locale)
  if (!canBeNumbered(spec.options))
    return spec.multiple ? hints.writeSome(spec.options) : hints.writeOne(spec.options)
  return spec.multiple ? hints.chooseSome(spec.options) : hints.chooseOne(spec.options)
}
