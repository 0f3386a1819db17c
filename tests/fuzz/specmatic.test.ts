import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  documentForRightRequests,
  documentForWrongRequests,
  operationNamesOf,
  type SpecmaticDocument,
} from './document-for-specmatic.ts'
import { person, serveApi, type ServedApi } from './served-api.ts'
import { askAsDescribed, explainNoSpecmatic, type SpecmaticReport } from './specmatic.ts'
import { buildWall } from './specmatic-wall.ts'

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

  /** Asks, and looks at what must be so whatever was asked. */
  async function ask(
    requests: 'right' | 'wrong',
    document: SpecmaticDocument,
    combinations: number,
  ): Promise<SpecmaticReport> {
    const answeredBefore = api.answers.length
    const report = await askAsDescribed({
      port: Number(new URL(api.url).port),
      document,
      requests,
      combinations,
      tokens,
      timeoutMs: 500_000,
    })
    expect(report.failures).toEqual([])
    expect([...report.asked.keys()].toSorted()).toEqual(operationNamesOf(document).toSorted())
    expect(report.callsOut).toEqual([])
    const answers = api.answers.slice(answeredBefore)
    expect(answers.length).toBeGreaterThanOrEqual([...report.asked.values()].reduce((sum, n) => sum + n, 0))
    expect(answers.filter(({ status }) => status >= 500)).toEqual([])
    expect(api.troubles).toEqual([])
    return report
  }

  /** How requests to the operations of the description were answered since there were so many answers. */
  const statusesSince = (count: number) =>
    new Set(
      api.answers
        .slice(count)
        // It looks for a page of Swagger by itself, which is not there.
        .filter(({ route }) => route !== 'unmatched')
        .map(({ status }) => status),
    )

  test('to requests that keep to the description, of every operation', async () => {
    const { asked } = await ask('right', documentForRightRequests(api.app.document), 20)
    expect(asked.get('POST /v1/invitations')).toBeGreaterThan(20)
  })

  test.each(['parameters', 'bodies'] as const)(
    'to requests that break its %s in one place, of every operation that has some',
    async (broken) => {
      const before = api.answers.length
      // In a body there are six ways to break a text: null, a number, true, too short, too long, of another pattern.
      await ask('wrong', documentForWrongRequests(api.app.document, broken), broken === 'bodies' ? 6 : 20)
      // 422 for what is broken, 413 for more than a body may be; nothing they name is missing, so a 404 would hide what is not checked.
      const expected = new Set([422, 413])
      expect([...statusesSince(before)].filter((status) => !expected.has(status))).toEqual([])
    },
  )

  test('every operation that has parameters or a body of JSON is asked wrongly', () => {
    const right = documentForRightRequests(api.app.document)
    const breakable = Object.values(right.paths)
      .flatMap((item) => Object.values(item))
      .filter(({ parameters = [], requestBody }) => {
        const isJson = requestBody?.content['application/json'] !== undefined
        // A list of people, in the one operation that has text for a body, is none that could be made of a schema.
        return (
          isJson || (requestBody === undefined && parameters.some((parameter) => parameter.in !== 'path'))
        )
      })
    const wrong = (['parameters', 'bodies'] as const).flatMap((broken) =>
      operationNamesOf(documentForWrongRequests(api.app.document, broken)),
    )
    expect(operationNamesOf(right).length).toBeGreaterThan(50)
    expect(new Set(wrong).size).toBe(breakable.length)
    expect(breakable.length).toBeGreaterThan(30)
  })

  test('a call to anywhere else would be seen', { timeout: 60_000 }, async ({ skip }) => {
    const wall = await buildWall(Number(new URL(api.url).port))
    try {
      if (wall.kind !== 'namespace')
        skip('only root makes network namespaces; Java is told to keep in instead')
      const call = async (url: string): Promise<unknown> => {
        const [program, ...words] = [
          ...wall.through,
          process.execPath,
          '-e',
          `fetch('${url}').catch(() => 0)`,
        ]
        return promisify(execFile)(program, words, { timeout: 20_000 })
      }
      await call(`http://127.0.0.1:${String(wall.port)}/healthz`)
      expect(await wall.attempts()).toEqual([])
      // An address nobody has (RFC 5737).
      await call('http://192.0.2.1/')
      expect(await wall.attempts()).toEqual([expect.stringMatching(/^Ip\.OutNoRoutes [1-9]/)])
    } finally {
      await wall.close()
    }
  })
})
