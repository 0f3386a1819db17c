import { afterEach, expect, test } from 'vitest'
import { testApi, type TestApi } from '../app/__fixtures__/api.ts'

let api: TestApi
afterEach(async () => {
  await api.stop()
})
const question = { question: 'Dinner?', answer: { type: 'yesNo' } }

test('deliveries are listed, counted and what waits is told by lane', async () => {
  api = await testApi()
  const to = [{ routes: { telegram: 'sam' } }, { routes: { email: 'ann@guests.test' } }]
  api.t.fail('email', 'retryable')
  const { body } = await api.ask('POST', '/v1/invitations', { body: { to, ...question } })
  await api.t.advance('1s')
  const { items } = (await api.ask('GET', `/v1/deliveries?messageId=${body.messageId}`)).body
  expect(items.map(({ state }: { state: string }) => state)).toEqual(['sent', 'queued'])
  expect((await api.ask('GET', '/v1/deliveries?state=sent')).body.items).toHaveLength(1)
  expect((await api.ask('GET', `/v1/deliveries/counts?messageId=${body.messageId}`)).body).toEqual({
    sent: 1,
    queued: 1,
  })
  expect((await api.ask('GET', '/v1/deliveries/backlog')).body.items).toContainEqual(
    expect.objectContaining({ channel: 'email', lane: 2, later: 1 }),
  )
  const receipts = await api.ask('GET', `/v1/receipts?deliveryId=${items[1].id}&channel=email`)
  expect(receipts.body.items).toContainEqual(
    expect.objectContaining({ kind: 'failed', outcome: 'retryable', attempt: 1 }),
  )
})

test('links of a delivery that reached the wrong person stop working', async () => {
  api = await testApi()
  const to = { routes: { email: 'ann@guests.test' } }
  await api.ask('POST', '/v1/invitations', { body: { to, ...question } })
  await api.t.advance('1s')
  const link = new URL(api.t.outbox[0]?.message.links.respond ?? '').pathname
  expect((await api.ask('GET', link, { authorization: null })).status).toBe(200)
  const [delivery] = (await api.ask('GET', '/v1/deliveries')).body.items
  expect((await api.ask('POST', `/v1/deliveries/${delivery.id}/revoke-links`)).status).toBe(204)
  expect((await api.ask('GET', link, { authorization: null })).status).toBe(404)
})

test('an unknown delivery is a 404, a wrong filter a 422', async () => {
  api = await testApi()
  for (const [method, path] of [
    ['GET', '/v1/deliveries/none'],
    ['POST', '/v1/deliveries/none/revoke-links'],
  ] as const)
    expect(await api.ask(method, path)).toMatchObject({ status: 404, body: { code: 'DELIVERY_UNKNOWN' } })
  for (const path of ['/v1/deliveries?state=lost', '/v1/deliveries/counts?state=lost'])
    expect(await api.ask('GET', path)).toMatchObject({ status: 422, body: { field: 'query.state' } })
  expect(await api.ask('GET', '/v1/receipts?channel=NO')).toMatchObject({ body: { field: 'query.channel' } })
})
