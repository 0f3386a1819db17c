import type { OutboundMessage, SendOutcome } from '@invite-me/core/channel'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { outboundMessage, sendContext } from '../../../tests/peers/outbound-message.ts'
import { explainNoPrism, startPrism, type Prism } from '../../../tests/peers/prism.ts'
import { http } from './http.ts'

const starts = 60_000

/** Starts the mock of an official spec for the tests of one system. */
function official(spec: string): () => string {
  let prism: Prism | undefined
  beforeAll(async () => {
    prism = await startPrism(spec)
  }, starts)
  afterAll(() => prism?.close())
  return () => prism?.url ?? ''
}
const send = (
  description: Parameters<typeof http>[0],
  change: Partial<OutboundMessage> = {},
): Promise<SendOutcome> => http(description).send(outboundMessage(change), sendContext({ timeoutMs: 10_000 }))

const noGotify = explainNoPrism('gotify/spec.json')
describe.skipIf(noGotify !== undefined)(
  `Gotify, described${noGotify === undefined ? '' : ` (${noGotify})`}`,
  () => {
    const url = official('gotify/spec.json')
    const gotify = (more: object = {}) => ({
      name: 'gotify',
      url: `${url()}/message`,
      headers: { 'X-Gotify-Key': 'AWT2.b3dLzk9wQx' },
      body: {
        title: '{{title}}',
        message: '{{message}}',
        extras: { 'client::notification': { click: { url: '{{link.respond}}' } } },
      },
      messageId: '/id',
      errorCode: '/errorCode',
      ...more,
    })

    test('the request is one Gotify takes, and its id is found', async () => {
      expect(await send(gotify())).toEqual({ status: 'accepted', providerMessageId: '25' })
      const { answer: _answer, ...notice } = outboundMessage({ links: {}, originator: null })
      expect(await http(gotify()).send(notice, sendContext({ timeoutMs: 10_000 }))).toMatchObject({
        status: 'accepted',
      })
    })

    test.each([
      [400, 'permanent_content'],
      [401, 'permanent_config'],
      [403, 'permanent_config'],
    ])('its %i is %s', async (code, status) => {
      const told = gotify({ headers: { 'X-Gotify-Key': 'AWT2.b3dLzk9wQx', Prefer: `code=${String(code)}` } })
      expect(await send(told)).toMatchObject({ status })
    })

    test('a wrong description is noticed: no key, no message', async () => {
      expect(await send(gotify({ headers: {} }))).toMatchObject({
        status: 'permanent_config',
        providerCode: '401',
      })
      expect(await send(gotify({ body: { title: '{{message}}' } }))).toMatchObject({
        status: 'permanent_content',
      })
    })
  },
)

const noSignal = explainNoPrism('signal-cli-rest/swagger.json')
describe.skipIf(noSignal !== undefined)(
  `Signal, described${noSignal === undefined ? '' : ` (${noSignal})`}`,
  () => {
    const url = official('signal-cli-rest/swagger.json')
    const signal = (more: object = {}) => ({
      name: 'signal',
      url: `${url()}/v2/send`,
      body: { number: '+15550100', recipients: ['{{to}}'], message: '{{message}}', text_mode: 'normal' },
      success: { status: [201] },
      errors: [
        { at: '/account', outcome: 'permanent_config' as const, detail: 'the number must solve a challenge' },
        { status: 400, outcome: 'permanent_recipient' as const },
      ],
      addressPattern: '\\+[1-9][0-9]{6,14}',
      ...more,
    })
    const to = { address: '+15550101' }

    test('the request is one the REST API of Signal takes', async () => {
      expect(await send(signal(), { to })).toMatchObject({ status: 'accepted' })
      const text = 'Dinner? 🍝 <b>no</b> "quotes"\n*stars*'
      expect(await send(signal(), { to, content: { text } })).toMatchObject({ status: 'accepted' })
    })

    test('its refusal is a dead address, where the description says so', async () => {
      const told = signal({
        headers: { Prefer: 'code=400' },
        errors: [{ status: 400, outcome: 'permanent_recipient' }],
      })
      expect(await send(told, { to })).toMatchObject({ status: 'permanent_recipient' })
    })

    test('a wrong description is noticed: the number is missing', async () => {
      const told = signal({ body: { recipients: ['{{to}}'], message: '{{message}}' }, errors: [] })
      expect(await send(told, { to })).toMatchObject({ status: 'permanent_content' })
    })
  },
)
