import type { AnswerKind } from '@invite-me/core/channel'

/** The answers a person can give in words, or with a few buttons; a form needs its page. */
export const answersInWords: readonly AnswerKind[] = ['yesNo', 'choice', 'text', 'number', 'date', 'rsvp']
