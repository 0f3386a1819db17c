import { describe, expect, test } from 'vitest'
import { maxJsonDepth, readPlainJson } from './plain-json.ts'

const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`

describe('JSON that can be stored', () => {
  test('it may be nested as deep as allowed, and no deeper', () => {
    expect(() => readPlainJson(nested(maxJsonDepth))).not.toThrow()
    expect(() => readPlainJson(nested(maxJsonDepth + 1))).toThrow('nested more than 32 deep')
    expect(() =>
      readPlainJson(`{"a":`.repeat(maxJsonDepth + 1) + '1' + '}'.repeat(maxJsonDepth + 1)),
    ).toThrow('nested more than 32 deep')
  })

  test('many brackets side by side, or in a text, are not deep', () => {
    const flat = Array.from({ length: 1_000 }, () => [{}])
    expect(readPlainJson(JSON.stringify(flat))).toEqual(flat)
    expect(readPlainJson(JSON.stringify({ text: '[{'.repeat(1_000) }))).toEqual({ text: '[{'.repeat(1_000) })
  })

  test.each([
    ['a NUL', String.raw`{"content":{"text":"a\u0000b"}}`, 'content.text'],
    ['half a character', String.raw`{"content":"\ud800"}`, 'content'],
    ['half a character in a name', String.raw`{"\ud800":1}`, '?'],
    ['the name __proto__', '{"a":{"__proto__":{"isAdmin":true}}}', 'a.__proto__'],
    ['the name __proto__, escaped', String.raw`{"a":{"\u005f_proto__":1}}`, 'a.__proto__'],
  ])('%s is refused, and where it stands is told', (_what, text, field) => {
    expect(() => readPlainJson(text)).toThrow(expect.objectContaining({ code: 'REQUEST_INVALID', field }))
  })

  test('an escaped character that can be stored is read', () => {
    expect(readPlainJson(String.raw`{"text":"\u00e9\ud83d\ude00"}`)).toEqual({ text: 'é😀' })
  })
})
