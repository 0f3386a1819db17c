import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { outboundMessage, sendContext } from '../../../tests/peers/outbound-message.ts'
import { explainNoPrism, specPath, startPrism, type Prism } from '../../../tests/peers/prism.ts'
import { requestViolations } from '../../../tests/peers/request-violations.ts'
import { discord } from './discord.ts'

const spec = 'discord/openapi.json'
const missing = explainNoPrism(spec)
const used = [
  ['get', '/users/@me'],
  ['post', '/users/@me/channels'],
  ['post', '/channels/{channel_id}/messages'],
  ['patch', '/channels/{channel_id}/messages/{message_id}'],
] as const

type Spec = { readonly paths: Record<string, Record<string, object>> }

/**
 * The requests we make and nothing else: Prism needs half a minute to read all 242 operations, and seconds to make up an answer
 * of a schema that contains itself.
 */
async function writeUsedPart(): Promise<string> {
  const whole = JSON.parse(await readFile(specPath(spec), 'utf8')) as Spec
  const content = { 'application/json': { schema: { type: 'object' } } }
  const responses = { 200: { description: 'well', content }, '4XX': { description: 'refused', content } }
  const paths = Object.fromEntries(
    used.map(([method, path]) => {
      const { parameters = [] } = whole.paths[path] ?? {}
      return [path, { parameters, [method]: { ...whole.paths[path]?.[method], responses } }]
    }),
  )
  const file = join(await mkdtemp(join(tmpdir(), 'discord-')), 'openapi.json')
  await writeFile(file, JSON.stringify({ ...whole, paths }))
  return file
}

describe.skipIf(missing !== undefined)(`by Discord’s own specification (July 2026) ${missing ?? ''}`, () => {
  let file: string
  let prism: Prism
  let channel: ReturnType<typeof discord>
  let violations: () => Promise<readonly string[]>
  beforeAll(async () => {
    file = await writeUsedPart()
    prism = await startPrism(pathToFileURL(file).href, { timeoutMs: 80_000 })
    violations = requestViolations(prism)
    channel = discord({
      botToken: 'planted-secret-4711.Gh0st',
      publicKey: 'ab'.repeat(32),
      apiUrl: prism.url,
    })
  }, 90_000)
  afterAll(async () => {
    await prism.close()
    await rm(dirname(file), { recursive: true })
  })

  test('a request with too long a nonce would be found out', async () => {
    await fetch(`${prism.url}/channels/1450000000000000777/messages`, {
      method: 'POST',
      headers: { authorization: 'Bot planted-secret-4711.Gh0st', 'content-type': 'application/json' },
      body: JSON.stringify({ content: 'hello', nonce: 'x'.repeat(26) }),
    })
    expect(await violations()).not.toEqual([])
  })

  const many = Array.from({ length: 50 }, (_none, index) => ({
    value: `v${index}`,
    label: `Option ${index}`,
  }))
  test.each([
    ['a yes-or-no question', outboundMessage().answer],
    ['a choice with 50 options', { spec: { type: 'choice', options: many, multiple: false }, actions: many }],
    [
      'a choice of several',
      { spec: { type: 'choice', options: many.slice(0, 25), multiple: true }, actions: [] },
    ],
    ['a question for words', { spec: { type: 'text', maxLength: 200 }, actions: [] }],
    ['a form', { spec: { type: 'form', schema: {} }, actions: [] }],
  ] as const)('%s is a valid request', async (_name, answer) => {
    if (answer === undefined) throw new Error('it has an answer')
    await channel.send(
      outboundMessage({ to: { address: 'channel:1450000000000000777' }, answer }),
      sendContext(),
    )
    expect(await violations()).toEqual([])
  })

  test('opening a conversation, an edit and a look at the bot are valid requests', async () => {
    await channel.send(outboundMessage({ to: { address: '175928847299117063' } }), sendContext())
    const edit = {
      providerMessageId: '895928847299117063:1450000000000000001',
      message: outboundMessage({ links: {} }),
      reason: { kind: 'expired' as const },
      notice: 'This question is closed.',
    }
    await channel.edit?.(edit, sendContext())
    expect(await channel.probe?.(AbortSignal.timeout(5_000))).toMatchObject({ ok: true })
    expect(await violations()).toEqual([])
  })
})
