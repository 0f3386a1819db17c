import type { AnswerInput } from '../../model/answer.ts'
import { hintsFor } from './answer-hints.ts'
import { refused, understood, type ParsedAnswer } from './parsed-answer.ts'
import { soleField } from './posted-fields.ts'

/** Parses free text; see {@link parseAnswer}. Control characters other than tab and line feed are dropped, line breaks become `\n`. */
export function parseText(maxLength: number, input: AnswerInput, locale: string): ParsedAnswer {
  const hints = hintsFor(locale)
  const given = givenText(input)
  if (typeof given !== 'string') return refused(hints.textMissing)
  const text = cleanText(given)
  if (text === '') return refused(hints.textMissing)
  if (text.length > maxLength) return refused(hints.textTooLong(maxLength, text.length))
  return understood(text)
}

function givenText(input: AnswerInput): unknown {
  switch (input.kind) {
    case 'text':
      return input.text
    case 'option':
    case 'value':
      return input.value
    case 'fields':
      return soleField(input.fields, 'answer')
  }
}

function cleanText(text: string): string {
  return (
    text
      .replace(/\r\n?/g, '\n')
      .replace(/[\0-\b\v-\x1f\x7f]/g, '')
      // Half of a surrogate pair is not text and cannot be stored as UTF-8.
      .replace(/\p{Surrogate}/gu, '\ufffd')
      .trim()
  )
}
