import fc from 'fast-check'
import { expect, it } from 'vitest'
import { choice, date, number, rsvp, yesNo, type AnswerSpec } from '../../model/answer.ts'
import { normalizeWords, stripEnds } from './normalize-words.ts'
import { parseAnswer } from './parse-answer.ts'

const says = (spec: AnswerSpec, text: string) => parseAnswer(spec, { kind: 'text', text }, 'en')
const runs = { numRuns: 2_000, seed: 20261122 }

const word = fc.constantFrom(
  'Fish',
  'chips',
  'Soup',
  'red',
  'wine',
  '2',
  '4',
  'tickets',
  'May',
  '18:00',
  'and',
  'or',
  'not',
  'Yes',
  'No',
  'Café',
  'вторник',
  'второй',
  'second',
  'Saturday',
  'Sunday',
  ',',
  '#2',
  '1)',
  '>',
  '👍',
  '-',
)
const label = fc
  .oneof(
    fc.array(word, { minLength: 1, maxLength: 4 }).map((words) => words.join(' ')),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
  )
  .map((text) => text.trim())
  .filter((text) => normalizeWords(text) !== '')
const spell = (text: string) => stripEnds(normalizeWords(text)) || normalizeWords(text)
/** Options that differ once they are normalised: what is the same to a reader cannot be told apart. */
const labels = fc.uniqueArray(label, { minLength: 2, maxLength: 6, selector: spell })

function options(list: readonly string[], settings: { readonly multiple?: boolean } = {}): AnswerSpec {
  const named = list.map((text, index) => ({ value: `v${index}`, label: text }))
  return settings.multiple === true ? choice(named, { multiple: true }).spec : choice(named).spec
}

it('a label typed exactly always gives that option', () => {
  fc.assert(
    fc.property(labels, fc.nat(), fc.boolean(), (list, pick, multiple) => {
      const index = pick % list.length
      const wanted = `v${index}`
      expect(says(options(list, { multiple }), list[index] ?? '')).toMatchObject({
        status: 'understood',
        value: multiple ? [wanted] : wanted,
      })
    }),
    runs,
  )
})

it('two options are never both, nor one of them', () => {
  const plain = fc.uniqueArray(
    fc.constantFrom(
      'Fish',
      'Soup',
      'Tea and cake',
      'Red wine',
      'Вторник',
      'Saturday',
      '18:00',
      'Room A2',
      'Yes',
    ),
    { minLength: 2, maxLength: 5 },
  )
  const between = fc.constantFrom(', ', ' and ', '/', ' or ', '\n', ' или ', ' & ', '; ', '? ', ' ')
  fc.assert(
    fc.property(plain, between, (list, gap) => {
      const [first = '', second = ''] = list
      expect(says(options(list), `${first}${gap}${second}`).status).not.toBe('understood')
    }),
    runs,
  )
})

it('a number that stands in another option is never taken for a place', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 6 }), { minLength: 2, maxLength: 6 }), (counts) => {
      const spec = options(counts.map((count) => `${count} seats`))
      for (const [index, count] of counts.entries()) {
        const parsed = says(spec, String(count))
        expect(parsed.status !== 'understood' || parsed.value === `v${index}`).toBe(true)
      }
    }),
    runs,
  )
})

it('random letters answer nothing', () => {
  const noise = fc.stringMatching(
    /^[bcfghklmpqrtvwxzбвгжзклмпрстфхцчшщ]{4,12}( [bcfghklmpqrtvwxz]{3,8}){0,3}$/,
  )
  const specs = [
    yesNo().spec,
    rsvp().spec,
    number().spec,
    date().spec,
    choice(['Fish', 'Soup, green', 'Tea and cake', 'Вторник']).spec,
    choice(['Fish', 'Tea and cake'], { multiple: true }).spec,
  ]
  fc.assert(
    fc.property(fc.constantFrom(...specs), noise, (spec, text) => {
      expect(says(spec, text).status).not.toBe('understood')
    }),
    runs,
  )
})

it('yes and no together answer nothing', () => {
  const yes = fc.constantFrom('yes', 'да', 'ja', 'sí', 'oui', 'sim', '👍', 'of course', 'agreed')
  const no = fc.constantFrom('no', 'нет', 'nein', 'non', 'não', '👎', '❌', 'nope')
  const between = fc.constantFrom(' ', ', ', '/', ' or ', '\n', '. ', ' - ')
  fc.assert(
    fc.property(yes, no, between, fc.boolean(), (first, second, gap, turned) => {
      const text = turned ? `${second}${gap}${first}` : `${first}${gap}${second}`
      expect({ text, status: says(yesNo().spec, text).status }).toEqual({ text, status: 'unclear' })
    }),
    runs,
  )
})
