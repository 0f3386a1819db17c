import type { AnswerHints } from './hint-table.ts'
import { listOptions } from './list-options.ts'

/** Hints in English. */
export const english: AnswerHints = {
  yesNo: 'Please answer "yes" or "no", nothing else.',
  rsvp: (maxParty) =>
    `Please answer "yes", "no" or "maybe"${maxParty > 1 ? ', and how many you are: "yes, 2"' : ''}.`,
  party: (maxParty) =>
    maxParty > 1
      ? `The number of people must be a whole number from 1 to ${maxParty}.`
      : 'This invitation is for one person.',
  chooseOne: (options) => `Please choose one of these, by number or by name: ${listOptions(options)}.`,
  chooseSome: (options) =>
    `Please choose from these, by number or by name, with commas between them: ${listOptions(options)}.`,
  writeOne: (options) => `Please write one of these as it stands here: ${listOptions(options)}.`,
  writeSome: (options) =>
    `Please write what you choose as it stands here, with commas between: ${listOptions(options)}.`,
  onlyOne: (options) => `Please choose only one of these: ${listOptions(options)}.`,
  optionNumber: (count) => `Please choose a number from 1 to ${count}.`,
  textMissing: 'Please write something.',
  textTooLong: (maxLength, length) => `Please write at most ${maxLength} characters; these were ${length}.`,
  number: (integer) =>
    integer ? 'Please send a whole number, for example 3.' : 'Please send a number, for example 3 or 2.5.',
  numberAmbiguous: (grouped, decimal) =>
    `This number can be read in two ways. Please write ${grouped} or ${decimal}.`,
  numberTooLong: 'This number is too long. Please send one with at most 15 digits.',
  numberWhole: 'Please send a whole number.',
  atLeast: (least) => `The number must be ${least} or more.`,
  atMost: (most) => `The number must be ${most} or less.`,
  date: 'Please send a date as year-month-day, for example 2027-03-31.',
  dateAmbiguous: (dayFirst, monthFirst) =>
    `This date can be read in two ways. Please write ${dayFirst} or ${monthFirst}.`,
  dateImpossible: 'There is no such day. Please send a date as year-month-day, for example 2027-03-31.',
  dateEarliest: (earliest) => `The date must be ${earliest} or later.`,
  dateLatest: (latest) => `The date must be ${latest} or earlier.`,
  formElsewhere: 'Please answer on the page behind the link in the message.',
  formUnreadable: 'This form cannot be filled in. Please tell the person who asks.',
  fieldMissing: (field) => `Please fill in "${field}".`,
  fieldRepeated: (field) => `Please fill in "${field}" only once.`,
  field: (field, hint) => `"${field}": ${hint}`,
  fieldWrong: 'Please check this answer; it is not of the kind asked for.',
  email: 'Please write an e-mail address, for example ann@example.com.',
  webAddress: 'Please write a web address, for example https://example.com.',
  time: 'Please write a time as hours:minutes, for example 18:30.',
  shortest: (length) => `Please write at least ${length} characters.`,
  longest: (length) => `Please write at most ${length} characters.`,
  fewest: (count) => `Please give at least ${count}.`,
  most: (count) => `Please give at most ${count}.`,
}
