import type { AnswerInput, AnswerSpec } from '../../model/answer.ts'
import { hintsFor, type AnswerHints } from './answer-hints.ts'
import { findAnswerLine } from './find-answer-line.ts'
import { normalizeWords, stripEnds } from './normalize-words.ts'
import { refused, unclear, understood, type ParsedAnswer } from './parsed-answer.ts'
import { soleField } from './posted-fields.ts'
import { readDate } from './read-date.ts'
import { stripCourtesies } from './read-words.ts'

type DateSpec = Extract<AnswerSpec, { type: 'date' }>

/** Parses a calendar date; see {@link parseAnswer}. Words like "tomorrow" are for people: nobody knows which day they were written on. */
export function parseDate(spec: DateSpec, input: AnswerInput, locale: string): ParsedAnswer {
  const hints = hintsFor(locale)
  switch (input.kind) {
    case 'value':
      return typeof input.value === 'string' && /^\d{4}-\d\d-\d\d$/.test(input.value)
        ? parseWords(spec, input.value, hints)
        : refused(hints.date)
    case 'option':
      return parseWords(spec, input.value, hints)
    case 'fields':
      return parseWords(spec, soleField(input.fields, 'answer') ?? '', hints)
    case 'text': {
      const line = findAnswerLine(input.text)
      const words = line === undefined ? '' : stripEnds(stripCourtesies(normalizeWords(line)))
      return /^\d\S*$/.test(words) ? parseWords(spec, words, hints) : unclear(hints.date)
    }
  }
}

function parseWords(spec: DateSpec, text: string, hints: AnswerHints): ParsedAnswer {
  const read = readDate(stripEnds(normalizeWords(text)))
  switch (read.kind) {
    case 'date':
      return within(spec, read.value, hints)
    case 'ambiguous':
      return refused(hints.dateAmbiguous(read.dayFirst, read.monthFirst))
    case 'impossible':
      return refused(hints.dateImpossible)
    case 'none':
      return refused(hints.date)
  }
}

function within(spec: DateSpec, value: string, hints: AnswerHints): ParsedAnswer {
  // Dates of four-digit years compare as text.
  if (spec.earliest !== undefined && value < spec.earliest) return refused(hints.dateEarliest(spec.earliest))
  if (spec.latest !== undefined && value > spec.latest) return refused(hints.dateLatest(spec.latest))
  return understood(value)
}
