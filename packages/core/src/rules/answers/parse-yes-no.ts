import type { AnswerInput } from '../../model/answer.ts'
import { hintsFor } from './answer-hints.ts'
import { findAnswerLine } from './find-answer-line.ts'
import { refused, unclear, understood, type ParsedAnswer } from './parsed-answer.ts'
import { readWords } from './read-words.ts'
import { soleField } from './posted-fields.ts'

/** Parses an answer to a yes-or-no question; see {@link parseAnswer}. */
export function parseYesNo(input: AnswerInput, locale: string): ParsedAnswer {
  const hint = hintsFor(locale).yesNo
  switch (input.kind) {
    case 'value':
      return typeof input.value === 'boolean' ? decided(input.value) : refused(hint)
    case 'option':
      return parseWord(input.value, hint)
    case 'fields':
      return parseWord(soleField(input.fields, 'answer'), hint)
    case 'text':
      return parseText(input.text, hint)
  }
}

function parseWord(word: string | undefined, hint: string): ParsedAnswer {
  return word === 'yes' || word === 'no' ? decided(word === 'yes') : refused(hint)
}

function parseText(text: string, hint: string): ParsedAnswer {
  const line = findAnswerLine(text)
  const read = line === undefined ? undefined : readWords(line)
  if (read?.answer === 'yes' || read?.answer === 'no') return decided(read.answer === 'yes')
  return /^\s*[\d.,]+\s*$/.test(text) ? refused(hint) : unclear(hint)
}

function decided(yes: boolean): ParsedAnswer {
  return understood(yes, yes ? 'accepted' : 'declined')
}
