import type { AnswerInput, AnswerSpec } from '../../model/answer.ts'
import { hintsFor, type AnswerHints } from './answer-hints.ts'
import { findAnswerLine } from './find-answer-line.ts'
import { normalizeWords, stripEnds } from './normalize-words.ts'
import { refused, unclear, understood, type ParsedAnswer } from './parsed-answer.ts'
import { soleField } from './posted-fields.ts'
import { readNumber } from './read-number.ts'
import { stripCourtesies } from './read-words.ts'

type NumberSpec = Extract<AnswerSpec, { type: 'number' }>

/** Parses a number; see {@link parseAnswer}. */
export function parseNumber(spec: NumberSpec, input: AnswerInput, locale: string): ParsedAnswer {
  const hints = hintsFor(locale)
  switch (input.kind) {
    case 'value':
      return typeof input.value === 'number' && Number.isFinite(input.value)
        ? within(spec, input.value === 0 ? 0 : input.value, hints)
        : refused(hints.number(spec.integer))
    case 'option':
      return parseWords(spec, input.value, hints)
    case 'fields':
      return parseWords(spec, soleField(input.fields, 'answer') ?? '', hints)
    case 'text': {
      const line = findAnswerLine(input.text)
      return line === undefined
        ? unclear(hints.number(spec.integer))
        : parseWords(spec, stripCourtesies(normalizeWords(line)), hints, unclear)
    }
  }
}

/** @param sentence what to make of several words that are no number: only for what a person wrote freely */
function parseWords(spec: NumberSpec, text: string, hints: AnswerHints, sentence = refused): ParsedAnswer {
  const words = stripEnds(normalizeWords(text))
  const read = readNumber(words)
  switch (read.kind) {
    case 'number':
      return within(spec, read.value, hints)
    case 'ambiguous':
      return refused(hints.numberAmbiguous(read.grouped, read.decimal))
    case 'malformed':
      return refused(read.tooLong ? hints.numberTooLong : hints.number(spec.integer))
    case 'none':
      return (words.includes(' ') ? sentence : refused)(hints.number(spec.integer))
  }
}

function within(spec: NumberSpec, value: number, hints: AnswerHints): ParsedAnswer {
  if (spec.integer && !Number.isInteger(value)) return refused(hints.numberWhole)
  if (spec.min !== undefined && value < spec.min) return refused(hints.atLeast(String(spec.min)))
  if (spec.max !== undefined && value > spec.max) return refused(hints.atMost(String(spec.max)))
  return understood(value)
}
