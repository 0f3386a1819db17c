import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { isSigned } from './signature.ts'

interface Vector {
  readonly name: string
  readonly url: string
  readonly signature: string | null
  readonly valid: boolean
}
interface Vectors {
  readonly authToken: string
  readonly form: readonly (Vector & {
    readonly params: Readonly<Record<string, string | readonly string[]>>
  })[]
  readonly json: readonly (Vector & { readonly body: string })[]
}

const path = new URL('../__fixtures__/twilio/signature-vectors.json', import.meta.url)
const vectors: Vectors = JSON.parse(readFileSync(path, 'utf8'))

const formOf = (params: Vectors['form'][number]['params']) =>
  Buffer.from(
    new URLSearchParams(
      Object.entries(params).flatMap(([name, value]): [string, string][] =>
        typeof value === 'string' ? [[name, value]] : value.map((one) => [name, one]),
      ),
    ).toString(),
  )

describe('the vectors of twilio-node', () => {
  test.each(vectors.form)('form: $name', ({ params, signature, url, valid }) => {
    const request = { url, body: formOf(params), signature: signature ?? '' }
    expect(isSigned(request, [vectors.authToken])).toBe(valid)
    expect(isSigned(request, ['another token'])).toBe(false)
  })

  test.each(vectors.json)('body: $name', ({ body, signature, url, valid }) => {
    const request = { url, body: Buffer.from(body), signature: signature ?? '' }
    expect(isSigned(request, [vectors.authToken])).toBe(valid)
    expect(isSigned({ ...request, body: Buffer.from(`${body} `) }, [vectors.authToken])).toBe(false)
  })

  test('there are all of them', () => {
    expect(vectors.form.length + vectors.json.length).toBe(17)
  })
})

const [vector] = vectors.form
const good = {
  url: vector?.url ?? '',
  body: formOf(vector?.params ?? {}),
  signature: vector?.signature ?? '',
}

test('either of two tokens counts while one is being changed', () => {
  expect(isSigned(good, ['new', vectors.authToken])).toBe(true)
  expect(isSigned(good, ['new', 'newer'])).toBe(false)
  expect(isSigned(good, [])).toBe(false)
})

test.each([
  ['another host', { ...good, url: good.url.replace('mycompany.com', 'evil.test') }],
  ['another path', { ...good, url: good.url.replace('myapp', 'other') }],
  ['another query', { ...good, url: `${good.url}&more=1` }],
  ['another field', { ...good, body: Buffer.concat([good.body, Buffer.from('&Body=No')]) }],
  ['no signature', { ...good, signature: '' }],
  ['what is no address', { ...good, url: 'nonsense' }],
])('%s is not signed', (_what, request) => {
  expect(isSigned(request, [vectors.authToken])).toBe(false)
})

test('a connection setting behind # is not part of what is signed', () => {
  expect(isSigned({ ...good, url: `${good.url}#rc=2` }, [vectors.authToken])).toBe(true)
})
