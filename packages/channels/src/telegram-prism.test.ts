import type { AnswerSpec, OutboundMessage } from '@invite-me/core/channel'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { outboundMessage, sendContext } from '../../../tests/peers/outbound-message.ts'
import { explainNoPrism, startPrism, type Prism } from '../../../tests/peers/prism.ts'
import { waitUntil } from '../../../tests/peers/wait-until.ts'
import { pollTelegram } from './telegram-polling.ts'
import { telegram } from './telegram.ts'

// Derived from the Bot API's own description: every member, length and number of items of a request is checked.
const spec = 'telegram/bot-api.derived.openapi.json'
const token = '123456789:AAEhBP0av28-test-token-of-nobody'
const group = -1_001_234_567_890
const missing = explainNoPrism(spec)

describe.skipIf(missing !== undefined)('against Bot API 10.1, as Prism reads it', () => {
  let prism: Prism
  /** What was asked for, and what Prism said to it. */
  let seen: { readonly method: string; readonly status: number; readonly violations: string | null }[]

  beforeAll(async () => {
    prism = await startPrism(spec)
  }, 60_000)
  afterAll(() => prism.close())

  const open = (prefer?: string) => {
    seen = []
    const fetchThere: typeof fetch = async (input, init) => {
      const request = new Request(input, init)
      if (prefer !== undefined) request.headers.set('prefer', prefer)
      const response = await fetch(request)
      const method = new URL(request.url).pathname.split('/').at(-1) ?? ''
      seen.push({ method, status: response.status, violations: response.headers.get('sl-violations') })
      return response
    }
    return { channel: telegram({ token, apiRoot: prism.url, fetch: fetchThere }), fetchThere }
  }

  const obeyed = (...methods: readonly string[]) =>
    methods.map((method) => ({ method, status: 200, violations: null }))

  const options = Array.from({ length: 12 }, (_one, index) => {
    const letter = String.fromCodePoint(0x61 + index)
    return { value: `option ${letter}`, label: letter.repeat(100) }
  })
  const asking = (spec: AnswerSpec, change: Partial<OutboundMessage> = {}) =>
    outboundMessage({
      to: { address: '100200300', name: 'Ann Lee' },
      answer: { spec, actions: spec.type === 'choice' ? spec.options : [] },
      ...change,
    })
  const yesNo = outboundMessage({ to: { address: '100200300', name: 'Ann Lee' } })
  const longest = { content: { text: '👍'.repeat(1_750) } }

  test.each<readonly [string, OutboundMessage, string]>([
    ['buttons', yesNo, 'sendMessage'],
    ['the longest text', { ...yesNo, ...longest }, 'sendMessage'],
    ['a notice', outboundMessage({ to: { address: '100200300' }, originator: null }), 'sendMessage'],
    ['a person in a group', { ...yesNo, to: { address: `${group}:100200300`, name: 'Ann' } }, 'sendMessage'],
    ['a reply in words', asking({ type: 'text', maxLength: 2_000 }), 'sendMessage'],
    ['a form', asking({ type: 'form', schema: {} }), 'sendMessage'],
    [
      'a full poll',
      asking({ type: 'choice', options, multiple: true }, { content: { text: 'x'.repeat(300) } }),
      'sendPoll',
    ],
    ['a poll of two', asking({ type: 'choice', options: options.slice(0, 2), multiple: false }), 'sendPoll'],
    [
      'buttons with long labels',
      asking({ type: 'choice', options, multiple: false }, longest),
      'sendMessage',
    ],
  ])('a message with %s is a good request', async (_what, message, method) => {
    const outcome = await open().channel.send(message, sendContext())
    expect(outcome).toMatchObject({ status: 'accepted' })
    expect(seen).toEqual(obeyed(method))
  })

  test.each([
    ['a message', yesNo, 'editMessageText'],
    ['a poll', asking({ type: 'choice', options: options.slice(0, 2), multiple: false }), 'stopPoll'],
  ])('closing %s is a good request', async (_what, message, method) => {
    const edit = {
      providerMessageId: '100200300:7',
      message: { ...message, links: {} },
      reason: { kind: 'expired' },
      notice: 'This question is closed.',
    } as const
    expect(await open().channel.edit?.(edit, sendContext())).toEqual({ status: 'accepted' })
    expect(seen).toEqual(obeyed(method))
  })

  test('saying something back is a good request, however long it is', async () => {
    const { channel } = open()
    const { clock, log } = sendContext()
    const result = {
      id: '1',
      kind: 'answer',
      result: 'recorded',
      invitationId: null,
      answer: 'counted',
    } as const
    const fact = {
      id: '1',
      at: new Date(0),
      kind: 'answer',
      reference: { by: 'address', address: '100200300' },
      input: { kind: 'text', text: 'yes' },
    } as const
    const places = [
      { to: 'button', callbackId: '4382', language: 'en' },
      { to: 'message', chatId: 100_200_300, messageId: 41 },
    ]
    for (const place of places)
      await channel.acknowledge?.(
        [
          {
            fact: { ...fact, replyTo: JSON.stringify(place) },
            result: { ...result, feedback: 'ж'.repeat(5_000) },
          },
        ],
        { clock, log },
      )
    expect(seen).toEqual(obeyed('answerCallbackQuery', 'sendMessage'))
  })

  test('checking and connecting are good requests', async () => {
    const { channel } = open()
    await channel.probe?.(AbortSignal.timeout(5_000))
    expect(await channel.connectUrl?.('abc')).toMatch(/^https:\/\/t\.me\/\w+\?start=abc$/)
    expect(seen).toEqual(obeyed('getMe', 'getWebhookInfo', 'getMe'))
  })

  test('polling is a good request, with and without an offset', async () => {
    const { fetchThere } = open()
    const poller = await pollTelegram({
      token,
      apiRoot: prism.url,
      fetch: fetchThere,
      holdSeconds: 0,
      receive: async () => {},
    })
    await waitUntil('it has asked', () => seen.length > 0, 5_000)
    await poller.close()
    expect(seen.every(({ status, violations }) => status === 200 && violations === null)).toBe(true)
  })

  test.each([
    ['400', 'chatNotFound', 'permanent_recipient'],
    ['400', 'parse', 'permanent_content'],
    ['401', 'token', 'permanent_config'],
    ['403', 'blocked', 'opted_out'],
    ['403', 'deactivated', 'permanent_recipient'],
    ['403', 'kicked', 'permanent_recipient'],
    ['409', 'getUpdates', 'permanent_config'],
    ['429', 'retry', 'rate_limited'],
    ['500', 'ise', 'retryable'],
  ])('the error %s %s is %s', async (code, example, status) => {
    const { channel } = open(`code=${code}, example=${example}`)
    expect(await channel.send(yesNo, sendContext())).toMatchObject({ status, providerCode: code })
  })

  test('an upgraded group is followed once', async () => {
    const { channel } = open('code=400, example=migrated')
    const message = { ...yesNo, to: { address: '-987654321' } }
    expect(await channel.send(message, sendContext())).toMatchObject({ status: 'permanent_recipient' })
    expect(seen).toHaveLength(2)
  })

  test('an edit that changes nothing is done', async () => {
    const { channel } = open('code=400, example=notModified')
    const edit = {
      providerMessageId: '100200300:7',
      message: yesNo,
      reason: { kind: 'cancelled' },
      notice: 'This question was called off.',
    } as const
    expect(await channel.edit?.(edit, sendContext())).toMatchObject({ status: 'accepted' })
  })
})
