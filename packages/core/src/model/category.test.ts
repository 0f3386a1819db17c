import { expect, test } from 'vitest'
import { categoriesOf, categoriesSchema, categoryOf } from './category.ts'
import { policiesSchema } from './policies.ts'

const lists = policiesSchema.parse({})
const all = (given: unknown = {}, policies = lists) => categoriesOf(categoriesSchema.parse(given), policies)

test('what is built in: codes and security come whatever was switched off, and at any hour', () => {
  const table = [...all().values()].map(
    (one) => `${one.name} ${one.default} ${one.urgency}${one.required ? ' required' : ''}`,
  )
  expect(table).toEqual([
    'verification on immediate required',
    'security on immediate required',
    'live-event on immediate',
    'invitation on window',
    'reminder on window',
    'notice on window',
    'news on window',
  ])
  expect(
    [...all().values()].every(({ title }) => title['en'] !== undefined && title['ru'] !== undefined),
  ).toBe(true)
})

test('a host app says something else of one, and keeps the rest of it', () => {
  const categories = all({
    news: { default: 'off' },
    dance: { title: { en: 'Dance' }, urgency: 'immediate' },
  })
  expect(categories.get('news')).toMatchObject({ default: 'off', title: { en: 'News', ru: 'Новости' } })
  expect(categories.get('dance')).toEqual({
    name: 'dance',
    title: { en: 'Dance' },
    default: 'on',
    required: false,
    urgency: 'immediate',
  })
})

test('the lists of the policies count, and what is said of a category goes before them', () => {
  const policies = policiesSchema.parse({
    requiredCategories: ['bills', 'news'],
    immediateCategories: ['bills'],
  })
  const categories = all({ news: { required: false } }, policies)
  expect(categories.get('bills')).toMatchObject({ required: true, urgency: 'immediate' })
  expect(categories.get('news')?.required).toBe(false)
  expect(categories.get('security')).toMatchObject({ required: false, urgency: 'window' })
})

test('one that nobody described is on, can be switched off, and waits', () => {
  expect(categoryOf(all(), 'constructor')).toEqual({
    name: 'constructor',
    title: {},
    default: 'on',
    required: false,
    urgency: 'window',
  })
})

test.each([
  ['a name that is none', { 'Big News': {} }],
  ['a title in no language', { news: { title: { english: 'News' } } }],
  ['a title of several lines', { news: { title: { en: 'News\nand more' } } }],
  ['required, and off', { news: { required: true, default: 'off' } }],
  ['a word that is not known', { news: { colour: 'red' } }],
])('is refused: %s', (_name, given) => {
  expect(categoriesSchema.safeParse(given).success).toBe(false)
})
