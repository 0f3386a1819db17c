import { expect, it } from 'vitest'
import { choice, date, number, rsvp, yesNo } from '../../model/answer.ts'
import { hintsFor } from './answer-hints.ts'
import { parseAnswer } from './parse-answer.ts'

const languages = ['ru', 'de', 'es', 'fr', 'pt'] as const

it.each(languages)('every hint is said in %s', (language) => {
  const said: Readonly<Record<string, unknown>> = { ...hintsFor(language) }
  const english: Readonly<Record<string, unknown>> = { ...hintsFor('en') }
  const untranslated = Object.keys(english).filter((key) => key !== 'field' && said[key] === english[key])
  expect(untranslated).toEqual([])
})

it.each(['en', ...languages])('what a hint in %s offers is understood', (locale) => {
  const hints = hintsFor(locale)
  const quoted = (hint: string) => [...hint.matchAll(/[„«"]\s?(.+?)\s?[“»"]/g)].map((match) => match[1] ?? '')
  for (const text of quoted(hints.yesNo))
    expect(parseAnswer(yesNo().spec, { kind: 'text', text }, locale).status).toBe('understood')
  for (const text of quoted(hints.rsvp(4)))
    expect(parseAnswer(rsvp({ maxParty: 4 }).spec, { kind: 'text', text }, locale).status).toBe('understood')
  const day = /\d[\d.-]+\d/.exec(hints.date)?.[0] ?? ''
  expect(parseAnswer(date().spec, { kind: 'text', text: day }, locale)).toHaveProperty('value', '2027-03-31')
  const decimal = /2[.,]5/.exec(hints.number(false))?.[0] ?? ''
  expect(parseAnswer(number().spec, { kind: 'text', text: decimal }, locale)).toHaveProperty('value', 2.5)
})

it('says long lists only in part, and without numbers where these could mean two things', () => {
  const rooms = Array.from({ length: 30 }, (_none, index) => `Room ${'A'.repeat(index + 1)}`)
  const long = choice(rooms).spec
  expect(parseAnswer(long, { kind: 'text', text: 'cellar' }, 'en')).toHaveProperty(
    'hint',
    expect.stringMatching(/: 1 Room A, 2 Room AA, .*, 12 Room A+, …\.$/),
  )
  expect(
    hintsFor('de').onlyOne([
      { value: 'x', label: '4' },
      { value: 'y', label: '2' },
    ]),
  ).toContain(': 4, 2.')
})
