import type { AnswerOption } from '../../../model/answer.ts'

/** The sentences that tell a person what to send instead, in one language. */
export interface AnswerHints {
  readonly yesNo: string
  readonly rsvp: (maxParty: number) => string
  readonly party: (maxParty: number) => string
  readonly chooseOne: (options: readonly AnswerOption[]) => string
  readonly chooseSome: (options: readonly AnswerOption[]) => string
  /** As `chooseOne`, where the options have no numbers. */
  readonly writeOne: (options: readonly AnswerOption[]) => string
  readonly writeSome: (options: readonly AnswerOption[]) => string
  readonly onlyOne: (options: readonly AnswerOption[]) => string
  readonly optionNumber: (count: number) => string
  readonly textMissing: string
  readonly textTooLong: (maxLength: number, length: number) => string
  readonly number: (integer: boolean) => string
  readonly numberAmbiguous: (grouped: string, decimal: string) => string
  readonly numberTooLong: string
  readonly numberWhole: string
  readonly atLeast: (least: string) => string
  readonly atMost: (most: string) => string
  readonly date: string
  readonly dateAmbiguous: (dayFirst: string, monthFirst: string) => string
  readonly dateImpossible: string
  readonly dateEarliest: (earliest: string) => string
  readonly dateLatest: (latest: string) => string
  readonly formElsewhere: string
  readonly formUnreadable: string
  readonly fieldMissing: (field: string) => string
  readonly fieldRepeated: (field: string) => string
  readonly field: (field: string, hint: string) => string
  readonly fieldWrong: string
  readonly email: string
  readonly webAddress: string
  readonly time: string
  readonly shortest: (length: number) => string
  readonly longest: (length: number) => string
  readonly fewest: (count: number) => string
  readonly most: (count: number) => string
}
