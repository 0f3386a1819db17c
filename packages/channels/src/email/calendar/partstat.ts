/** How somebody stands to an entry in the calendar (RFC 5545 §3.2.12), as far as we write it. */
export type Partstat = 'NEEDS-ACTION' | 'ACCEPTED' | 'DECLINED' | 'TENTATIVE'

/** The answers a calendar can give: the values of a yes/no question and of an rsvp. */
export type CalendarAnswer = 'yes' | 'no' | 'maybe'

const answers: ReadonlyMap<string, CalendarAnswer> = new Map([
  ['ACCEPTED', 'yes'],
  ['DECLINED', 'no'],
  ['TENTATIVE', 'maybe'],
])

const partstats: ReadonlyMap<unknown, Partstat> = new Map<unknown, Partstat>([
  [true, 'ACCEPTED'],
  ['yes', 'ACCEPTED'],
  ['accepted', 'ACCEPTED'],
  [false, 'DECLINED'],
  ['no', 'DECLINED'],
  ['declined', 'DECLINED'],
  ['maybe', 'TENTATIVE'],
  ['tentative', 'TENTATIVE'],
])

/**
 * Reads what a calendar says about a person.
 *
 * @param partstat in any case
 * @returns undefined when it is no answer: `NEEDS-ACTION`, `DELEGATED`, anything else
 */
export function answerOfPartstat(partstat: string): CalendarAnswer | undefined {
  return answers.get(partstat.trim().toUpperCase())
}

/**
 * Tells the calendar how a person answered.
 *
 * @param value an answer as the host app gets it: `true`, `'no'`, `{ coming: 'maybe', party: 2 }`
 * @returns `NEEDS-ACTION` for an answer that says neither yes, no nor maybe, such as a chosen dish
 */
export function partstatOfAnswer(value: unknown): Partstat {
  const said = typeof value === 'object' && value !== null && 'coming' in value ? value.coming : value
  return partstats.get(typeof said === 'string' ? said.toLowerCase() : said) ?? 'NEEDS-ACTION'
}
