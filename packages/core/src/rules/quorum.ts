import type { AnswerSpec } from '../model/answer.ts'
import { isAnswered, type InvitationState } from '../model/invitation.ts'
import type { QuorumOf, QuorumResult } from '../model/quorum.ts'
import type { Tally } from '../model/tally.ts'

/** An answer as far as a quorum is concerned. */
export interface Standing {
  readonly state: InvitationState
  readonly value: unknown
}

/** What counts when nobody says: a yes where there is one, else any answer. */
export function usualQuorumOf({ type }: AnswerSpec): QuorumOf {
  return type === 'yesNo' || type === 'rsvp' ? 'accepted' : 'answered'
}

/** Reads what is to be counted where everything is text: an address, a command line. */
export function readQuorumOf({ type }: AnswerSpec, of: QuorumOf): QuorumOf {
  return type === 'yesNo' && (of === 'true' || of === 'false') ? of === 'true' : of
}

/**
 * What is wrong with what is to be counted; `undefined` when it can be an answer to this question.
 * @returns the end of a sentence: `is none of the options: "red", "blue"`
 */
export function problemOfQuorum(spec: AnswerSpec, of: QuorumOf): string | undefined {
  if (of === 'answered') return undefined
  switch (spec.type) {
    case 'yesNo':
      return of === 'accepted' || typeof of === 'boolean'
        ? undefined
        : 'can be "accepted", "answered", true or false here'
    case 'rsvp':
      return ['accepted', 'yes', 'no', 'maybe'].includes(String(of))
        ? undefined
        : 'can be "accepted", "answered", "yes", "no" or "maybe" here'
    case 'choice':
      return spec.options.some(({ value }) => value === of)
        ? undefined
        : 'must be "answered" or the value of an option'
    case 'date':
      return typeof of === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(of)
        ? undefined
        : 'must be "answered" or a date such as "2026-11-27"'
    case 'number':
    case 'text':
    case 'form':
      return 'can only be "answered" here'
  }
}

/** Whether an answer counts towards a quorum. */
export function countsTowards(spec: AnswerSpec, of: QuorumOf, { state, value }: Standing): boolean {
  if (!isAnswered(state)) return false
  // An option may itself be called "answered" or "accepted".
  if (spec.type === 'choice' && spec.options.some((option) => option.value === of))
    return Array.isArray(value) ? value.includes(of) : value === of
  if (of === 'answered') return true
  if (of === 'accepted') return state === 'accepted'
  if (spec.type === 'rsvp') return isObject(value) && value['coming'] === of
  return value === of
}

/** How many of the answers of a tally count towards a quorum. */
export function countedIn({ answers, answered, states }: Tally, of: QuorumOf): number {
  switch (answers.type) {
    case 'yesNo':
      if (of === 'accepted' || of === true) return states.accepted
      return of === false ? states.declined : answered
    case 'choice':
      return answers.options.find(({ value }) => value === of)?.count ?? answered
    case 'rsvp':
      if (of === 'accepted') return states.accepted
      return of === 'yes' || of === 'no' || of === 'maybe' ? answers[of] : answered
    case 'date':
      return of === 'answered' ? answered : (answers.dates.find(({ value }) => value === of)?.count ?? 0)
    case 'number':
    case 'text':
    case 'form':
      return answered
  }
}

/** Decides whether a quorum is reached, or cannot be reached by those who have not answered; `undefined` while it is open. */
export function resultOfQuorum(tally: Tally, count: number, of: QuorumOf): QuorumResult | undefined {
  const counted = countedIn(tally, of)
  if (counted >= count) return { reached: true, counted }
  if (counted + tally.states.pending >= count) return undefined
  const { cancelled, superseded } = tally.states
  const isCalledOff = tally.states.pending === 0 && counted + cancelled + superseded >= count
  return { reached: false, counted, why: isCalledOff ? 'called_off' : 'too_few_left' }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
