import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { atPointer, jsonPointerSchema } from './json-pointer.ts'
import { fillTemplate, fillText, hasBrokenPlaceholder, placeholdersIn, type Json } from './template.ts'

const actions = [
  { value: 'yes', label: 'Yes', url: 'https://portal.test/r/1?a=yes' },
  { value: 'no', label: 'No "thanks"' },
]
const values = new Map<string, Json>([
  ['to', 'ann'],
  ['text', 'Say "hi"\n{{to}} {{secret}} ${to}'],
  ['count', 3],
  ['actions', actions],
  ['answer', { type: 'yesNo' }],
])
const fill = (template: Json) => fillTemplate(template, values)

test('a placeholder alone becomes its value, with its type', () => {
  expect(fill({ n: '{{count}}', list: '{{actions}}', spec: '{{answer}}' })).toEqual({
    n: 3,
    list: actions,
    spec: { type: 'yesNo' },
  })
})

test('within a text it becomes text', () => {
  expect(fill(['{{to}}-{{count}}', 'for {{answer}}', '{{gone}}!'])).toEqual([
    'ann-3',
    'for {"type":"yesNo"}',
    '!',
  ])
})

test('what is not there is left out', () => {
  expect(fill({ a: '{{gone}}', b: ['{{gone}}', 1], c: { d: '{{gone}}' } })).toEqual({ b: [1], c: {} })
  expect(fill('{{gone}}')).toBeUndefined()
})

test('what a person wrote is never a template', () => {
  expect(fill({ a: '{{text}}', b: 'x {{text}}' })).toEqual({
    a: 'Say "hi"\n{{to}} {{secret}} ${to}',
    b: 'x Say "hi"\n{{to}} {{secret}} ${to}',
  })
})

test('a part is written once for each action', () => {
  const template = { '{{#actions}}': { label: '{{action.label}}', href: '{{action.url}}', for: '{{to}}' } }
  expect(fill({ buttons: template })).toEqual({
    buttons: [
      { label: 'Yes', href: 'https://portal.test/r/1?a=yes', for: 'ann' },
      { label: 'No "thanks"', for: 'ann' },
    ],
  })
  expect(fillTemplate(template, new Map())).toEqual([])
})

test('JSON within JSON is written by its rules, whatever the values', () => {
  const filled = fill({ payload: { '{{#json}}': { text: '{{text}}' } } })
  const { payload } = filled as { readonly payload: string }
  expect(JSON.parse(payload)).toEqual({ text: 'Say "hi"\n{{to}} {{secret}} ${to}' })
})

test('only values of ours are reached, not what every object has', () => {
  for (const name of ['constructor', 'toString', 'actions.length', 'answer.type'])
    expect(fill(`{{${name}}}`)).toBeUndefined()
})

test('numbers, booleans and null stay as they are', () => {
  expect(fill([1, true, null, { a: false }])).toEqual([1, true, null, { a: false }])
})

test('each value is passed through the writer', () => {
  expect(fillText('/x/{{to}}?q={{text}}', values, encodeURIComponent)).toBe(
    '/x/ann?q=Say%20%22hi%22%0A%7B%7Bto%7D%7D%20%7B%7Bsecret%7D%7D%20%24%7Bto%7D',
  )
})

test.each(['{{ to }}', '{{to}', '{{2}}', '{{}}', '{{{to}}}', '{{#each actions}}', '{{to-do}}'])(
  '%s is no placeholder and does not pass for text',
  (text) => {
    expect(hasBrokenPlaceholder(text)).toBe(true)
  },
)

test('for any text and any value, filling puts the value in as it is', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (before, value) => {
      fc.pre(!before.includes('{{'))
      expect(fillTemplate(`${before}!{{x}}`, new Map([['x', value]]))).toBe(`${before}!${value}`)
      expect(placeholdersIn(before)).toEqual([])
    }),
  )
})

describe('JSON Pointers', () => {
  // The examples of RFC 6901 §5.
  const document = {
    foo: ['bar', 'baz'],
    '': 0,
    'a/b': 1,
    'c%d': 2,
    'e^f': 3,
    'g|h': 4,
    'i\\j': 5,
    'k"l': 6,
    ' ': 7,
    'm~n': 8,
  }
  test.each([
    ['', document],
    ['/foo', ['bar', 'baz']],
    ['/foo/0', 'bar'],
    ['/', 0],
    ['/a~1b', 1],
    ['/c%d', 2],
    ['/e^f', 3],
    ['/g|h', 4],
    ['/i\\j', 5],
    ['/k"l', 6],
    ['/ ', 7],
    ['/m~0n', 8],
  ])('%j', (pointer, value) => {
    expect(jsonPointerSchema.safeParse(pointer).success).toBe(true)
    expect(atPointer(document, pointer)).toEqual(value)
  })

  test.each([
    '/foo/2',
    '/foo/-',
    '/foo/01',
    '/foo/length',
    '/__proto__',
    '/constructor',
    '/foo/0/0',
    '/none/there',
  ])('%j finds nothing', (pointer) => {
    expect(atPointer(document, pointer)).toBeUndefined()
  })

  test.each(['foo', '/a~2', '/~', '$.foo'])('%j is none', (text) => {
    expect(jsonPointerSchema.safeParse(text).success).toBe(false)
  })
})
