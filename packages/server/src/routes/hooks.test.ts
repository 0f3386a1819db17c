import { InviteMeError } from '@invite-me/core'
import { scriptedChannel } from '@invite-me/core/testing'
import { afterEach, expect, test } from 'vitest'
import { testApi, type TestApi } from '../app/__fixtures__/api.ts'

let api: TestApi
afterEach(async () => {
  await api.stop()
})

test("a provider's answer is taken in without a key", async () => {
  api = await testApi()
  await api.ask('POST', '/v1/invitations', {
    body: { to: { routes: { telegram: 'sam' } }, question: 'Dinner?', answer: { type: 'yesNo' } },
  })
  await api.t.advance('1s')
  const [entry] = api.t.outbox
  const pressed = api.t.channel('telegram').press(entry ?? 'sam', 'yes')
  const answer = await api.app.fetch(
    new Request('http://api.test/v1/hooks/telegram?theirs=1&theirs=2', {
      method: 'POST',
      headers: pressed.headers,
      body: await pressed.text(),
    }),
  )
  expect(answer.status).toBe(204)
  const [invitation] = (await api.ask('GET', '/v1/invitations')).body.items
  expect(invitation.state).toBe('accepted')
})

test('a channel nobody has is a 404', async () => {
  api = await testApi()
  expect((await api.ask('POST', '/v1/hooks/pigeon', { authorization: null, body: {} })).status).toBe(404)
})

test('what is not genuine is refused, and counted as a wrong key is', async () => {
  const suspicious = {
    ...scriptedChannel({ name: 'telegram' }),
    receive: () => Promise.reject(new InviteMeError('WEBHOOK_REFUSED', 'The signature is wrong.')),
  }
  api = await testApi(
    { limits: { refusalsPerMinute: 1 }, clientAddress: () => '192.0.2.1' },
    { channels: [suspicious] },
  )
  const knock = () => api.ask('POST', '/v1/hooks/telegram', { authorization: null, body: {} })
  expect(await knock()).toMatchObject({ status: 401, body: { code: 'WEBHOOK_REFUSED' } })
  expect(await knock()).toMatchObject({ status: 429, body: { code: 'RATE_LIMITED' } })
})

test('a store that does not answer makes the server not ready, in time', async () => {
  api = await testApi()
  api.t.inviteMe.events.last = () => new Promise(() => undefined)
  const asked = api.ask('GET', '/readyz', { authorization: null })
  await api.t.advance('3s')
  expect(await asked).toMatchObject({ status: 503, body: { code: 'STORE_UNAVAILABLE' } })
})
