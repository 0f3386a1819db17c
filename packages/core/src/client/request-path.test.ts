import { assert, property, string } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { pageQuery, path, writeCursor, writeQuery } from './request-path.ts'

describe('path', () => {
  it('keeps any id within its segment', () => {
    assert(
      property(string({ unit: 'grapheme', minLength: 1, maxLength: 50 }), (id) => {
        if (id === '.' || id === '..') return
        const url = new URL(`https://api.test${path`/v1/recipients/${{ id }}/export`.write()}`)
        const segments = url.pathname.split('/')
        expect(segments).toHaveLength(5)
        expect(decodeURIComponent(segments[3] ?? '')).toBe(id)
        expect(url.search + url.hash).toBe('')
      }),
    )
  })

  it.each(['', '.', '..', '\ud800'])('refuses %j, which no address can hold', (id) => {
    const made = path`/v1/recipients/${{ externalId: id }}`
    expect(made.argument).toBe('externalId')
    expect(() => made.write()).toThrow(
      expect.objectContaining({ code: 'REQUEST_INVALID', field: 'externalId' }),
    )
  })
})

describe('queries', () => {
  it('leaves out what is not given', () => {
    expect(writeQuery({ state: undefined })).toBe('')
    expect(writeQuery({ a: 'x y&z', b: 0, c: undefined })).toBe('?a=x+y%26z&b=0')
  })

  it('pulls a limit within its bounds, as the embedded engine does', () => {
    expect([0, -1, 1.9, 5_000, Number.NaN].map((limit) => pageQuery({ limit })['limit'])).toEqual([
      1, 1, 1, 1_000, 100,
    ])
  })

  it('writes cursors as the server does', () => {
    assert(
      property(string({ maxLength: 200 }), (text) => {
        expect(writeCursor(text)).toBe(Buffer.from(text, 'utf8').toString('base64url'))
      }),
    )
    expect(writeCursor(42)).toBe('NDI')
  })
})
