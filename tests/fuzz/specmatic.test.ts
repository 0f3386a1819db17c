import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { documentForRightRequests, documentForWrongRequests } from './document-for-specmatic.ts'
import { person, serveApi, type ServedApi } from './served-api.ts'
import { askAsDescribed, explainNoSpecmatic } from './specmatic.ts'

const missing = explainNoSpecmatic()

describe.skipIf(missing !== undefined)(`the interface is as it is described ${missing ?? ''}`, () => {
  let api: ServedApi
  let tokens: Readonly<Record<string, string>>

  beforeAll(async () => {
    api = await serveApi()
    const { token } = await api.app.world.tokens.make(person)
    tokens = { key: api.owner, recipientToken: token }
  })
  afterAll(() => api.close())

  test('to requests that keep to the description', async () => {
    const document = documentForRightRequests(api.app.document)
    const report = await askAsDescribed({
      url: api.url,
      document,
      requests: 'right',
      tokens,
      timeoutMs: 280_000,
    })
    expect(report.failures).toEqual([])
    expect(report.asked).toBeGreaterThan(500)
    expect(api.troubles).toEqual([])
  })

  test('to requests that break the description in one place', async () => {
    const document = documentForWrongRequests(api.app.document)
    const report = await askAsDescribed({
      url: api.url,
      document,
      requests: 'wrong',
      tokens,
      timeoutMs: 280_000,
    })
    const wrong = report.failures.filter((failure) => failure.startsWith('-ve'))
    expect(wrong).toEqual([])
    expect(report.asked).toBeGreaterThan(500)
    expect(api.troubles).toEqual([])
  })
})
