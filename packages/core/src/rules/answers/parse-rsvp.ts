import type { AnswerInput, Rsvp } from '../../model/answer.ts'
import { hintsFor, type AnswerHints } from './answer-hints.ts'
import { findAnswerLine } from './find-answer-line.ts'
import { refused, unclear, understood, type ParsedAnswer, type Stance } from './parsed-answer.ts'
import { allFields, soleField } from './posted-fields.ts'
import { readWords } from './read-words.ts'

type Coming = Rsvp['coming']

const stances: Readonly<Record<Coming, Stance>> = { yes: 'accepted', no: 'declined', maybe: 'answered' }

/** Parses an answer to an invitation with party size; see {@link parseAnswer}. Without a number the party is 1, with "no" always 0. */
export function parseRsvp(maxParty: number, input: AnswerInput, locale: string): ParsedAnswer {
  const hints = hintsFor(locale)
  switch (input.kind) {
    case 'value':
      return parseValue(input.value, maxParty, hints)
    case 'option':
      return isComing(input.value) ? decided(input.value, 1, maxParty, hints) : refused(hints.rsvp(maxParty))
    case 'fields':
      return parseFields(input.fields, maxParty, hints)
    case 'text':
      return parseText(input.text, maxParty, hints)
  }
}

function parseValue(value: unknown, maxParty: number, hints: AnswerHints): ParsedAnswer {
  if (typeof value !== 'object' || value === null) return refused(hints.rsvp(maxParty))
  const coming: unknown = Object.hasOwn(value, 'coming') ? Reflect.get(value, 'coming') : undefined
  const party: unknown = Object.hasOwn(value, 'party') ? Reflect.get(value, 'party') : undefined
  if (!isComing(coming)) return refused(hints.rsvp(maxParty))
  if (party !== undefined && typeof party !== 'number') return refused(hints.party(maxParty))
  return decided(coming, party ?? 1, maxParty, hints)
}

function parseFields(
  fields: Readonly<Record<string, readonly string[]>>,
  maxParty: number,
  hints: AnswerHints,
): ParsedAnswer {
  const coming = soleField(fields, 'answer')
  if (!isComing(coming)) return refused(hints.rsvp(maxParty))
  const parties = allFields(fields, 'party').map((party) => party.trim())
  const [party = ''] = parties
  if (parties.length > 1 || !/^\d{0,4}$/.test(party)) {
    return coming === 'no' ? decided('no', 0, maxParty, hints) : refused(hints.party(maxParty))
  }
  return decided(coming, party === '' ? 1 : Number(party), maxParty, hints)
}

function parseText(text: string, maxParty: number, hints: AnswerHints): ParsedAnswer {
  const line = findAnswerLine(text)
  const read = line === undefined ? undefined : readWords(line, { toInvitation: true })
  if (read?.answer !== undefined && (read.answer !== 'no' || read.count === undefined)) {
    return decided(read.answer, read.count ?? 1, maxParty, hints)
  }
  return /^\s*[\d.,]+\s*$/.test(text) ? refused(hints.rsvp(maxParty)) : unclear(hints.rsvp(maxParty))
}

function decided(coming: Coming, party: number, maxParty: number, hints: AnswerHints): ParsedAnswer {
  if (coming === 'no') return understood({ coming, party: 0 } satisfies Rsvp, stances[coming])
  if (!Number.isInteger(party) || party < 1 || party > maxParty) return refused(hints.party(maxParty))
  return understood({ coming, party } satisfies Rsvp, stances[coming])
}

function isComing(value: unknown): value is Coming {
  return value === 'yes' || value === 'no' || value === 'maybe'
}
