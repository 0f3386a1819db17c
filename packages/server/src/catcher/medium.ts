import type { AnswerKind } from '@invite-me/core/channel'

/** One of the fake media, by the name of its channel. */
export const mediumNames = ['sms', 'telegram', 'email'] as const
/** See {@link mediumNames}. */
export type MediumName = (typeof mediumNames)[number]

/**
 * How a medium behaves: it takes messages, it `refuses` each one for good (so the next route is tried at once), or it is
 * `down` (so sending is tried again for a while first).
 */
export const mediumMoods = ['works', 'refuses', 'down'] as const
/** See {@link mediumMoods}. */
export type MediumMood = (typeof mediumMoods)[number]

/** What a medium can do. */
export interface Medium {
  readonly name: MediumName
  /** What the page calls it. */
  readonly title: string
  /** Answers that can be given in it without a link. */
  readonly answers: readonly AnswerKind[]
  /** True when it has a button under a message for every answer. */
  readonly hasButtons: boolean
  /** True when a message that was sent can still be changed. */
  readonly hasEdits: boolean
  /** True when a person can be spared further messages by it. */
  readonly hasUnsubscribe: boolean
}

const words: readonly AnswerKind[] = ['yesNo', 'choice', 'text', 'number', 'date', 'rsvp']

/** The fake media, in the order in which they are shown. */
export const media: readonly Medium[] = [
  { name: 'sms', title: 'Phone', answers: words, hasButtons: false, hasEdits: false, hasUnsubscribe: false },
  {
    name: 'telegram',
    title: 'Telegram',
    answers: words,
    hasButtons: true,
    hasEdits: true,
    hasUnsubscribe: false,
  },
  {
    name: 'email',
    title: 'Mailbox',
    answers: words,
    hasButtons: false,
    hasEdits: false,
    hasUnsubscribe: true,
  },
]
