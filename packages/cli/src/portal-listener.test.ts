import { createInviteMe, type InviteMe } from '@invite-me/core'
import { sqlite } from '@invite-me/core/sqlite'
import { email } from '@invite-me/channels/email'
import { telegram } from '@invite-me/channels/telegram'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { listenForPortal, type PortalListener } from './portal-listener.ts'

const webhookSecret = 'a-planted-secret-of-a-webhook'
const genuine = { 'x-telegram-bot-api-secret-token': webhookSecret }
const update = JSON.stringify({ update_id: 1, channel_post: {} })

let inviteMe: InviteMe
let listener: PortalListener
const troubles: unknown[] = []

beforeEach(async () => {
  troubles.length = 0
  inviteMe = await createInviteMe({
    store: sqlite(':memory:'),
    channels: [
      telegram({ token: '123456789:AAEplanted-secret-token', webhookSecret }),
      email({ smtp: 'smtp://127.0.0.1:9', from: 'dinner@guests.test' }),
    ],
    dispatch: false,
  })
  const note = (message: string, fields: unknown) => void troubles.push([message, fields])
  listener = await listenForPortal(0, 'https://guests.test/answers/', { warn: note, error: note })
})

afterEach(async () => {
  await listener.close()
  await inviteMe.stop()
})

const report = (path: string, init: RequestInit = {}) =>
  fetch(`${listener.url}/webhooks/${path}`, { signal: AbortSignal.timeout(5_000), ...init })
const post = (path: string, headers: Readonly<Record<string, string>>, body = update) =>
  report(path, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body })

describe('/webhooks/<channel>', () => {
  it('asks a provider to come back until there is an engine', async () => {
    expect((await post('telegram', genuine)).status).toBe(503)
  })

  it('takes in what is genuine, and refuses what is forged', async () => {
    listener.serve(inviteMe)
    expect((await post('telegram', genuine)).status).toBe(200)
    const mail =
      'From: ann@guests.test\r\nTo: dinner@guests.test\r\nMessage-ID: <1@guests.test>\r\n\r\nHello.\r\n'
    expect((await post('email', { 'content-type': 'message/rfc822' }, mail)).status).toBe(204)
    expect((await post('telegram', {})).status).toBe(401)
    expect((await post('telegram', { 'x-telegram-bot-api-secret-token': 'guessed' })).status).toBe(401)
    expect((await post('telegram', genuine, 'x'.repeat(1_048_577))).status).toBe(413)
  })

  it('knows no channel that is not in use', async () => {
    listener.serve(inviteMe)
    expect((await post('twilio-sms', genuine)).status).toBe(404)
    expect((await report('twilio-sms')).status).toBe(404)
    expect((await post('telegram/more', genuine)).status).toBe(404)
  })

  it('tells somebody with a browser that providers post here', async () => {
    listener.serve(inviteMe)
    for (const method of ['GET', 'HEAD']) {
      const looked = await report('telegram', { method })
      expect([looked.status, looked.headers.get('allow')]).toEqual([405, 'POST'])
    }
    // A provider that reports by GET does so in the query: it is the channel that decides.
    expect((await report('telegram?status=delivered')).status).toBe(401)
  })

  it('tells a provider to try again after a fault of ours, and says nothing of it but to the log', async () => {
    listener.serve({ ...inviteMe, handleWebhook: () => Promise.reject(new TypeError('a bug with a secret')) })
    const response = await post('telegram', genuine)
    expect(response.status).toBe(500)
    expect(await response.text()).not.toContain('secret')
    expect(troubles).toEqual([
      ['A report could not be taken in', { channel: 'telegram', error: 'TypeError' }],
    ])
  })

  it('leaves every other address to the portal', async () => {
    listener.serve(inviteMe)
    expect((await fetch(`${listener.url}/r/${'a'.repeat(26)}`)).headers.get('content-type')).toMatch(/html/)
  })
})
