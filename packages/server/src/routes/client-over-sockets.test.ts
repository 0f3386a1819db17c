import { connect, type InviteMeClient } from '@invite-me/core/client'
import { yesNo } from '@invite-me/core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { listenOnLoopback, type Listening } from '../listen.ts'
import { testApi, type TestApi } from '../app/__fixtures__/api.ts'

let api: TestApi
let server: Listening
let client: InviteMeClient
beforeEach(async () => {
  api = await testApi()
  server = await listenOnLoopback((request) => api.app.fetch(request))
  client = connect({ url: server.url, key: api.owner })
})
afterEach(async () => {
  await client.stop()
  await api.stop()
  await server.close()
})

test('a wait is called off, and the server lets go of it', async () => {
  const invitation = await client.ask({ routes: { email: 'sam@guests.test' } }, 'Dinner?', {
    answer: yesNo(),
  })
  const ending = new AbortController()
  const waiting = invitation.answer({ signal: ending.signal })
  setImmediate(() => ending.abort())
  await expect(waiting).rejects.toMatchObject({ code: 'WAIT_ABORTED' })
  expect(await invitation.cancel()).toBe('cancelled')
  expect((await invitation.answer()).kind).toBe('cancelled')
})

test('a long list of people goes over while it is made, and no faster than it is stored', async () => {
  let made = 0
  function* people() {
    for (made = 0; made < 20_000; made += 1)
      yield { recipient: { externalId: `p${made}`, attributes: { note: 'x'.repeat(200) } } }
  }
  expect(await client.recipients.import(people())).toMatchObject({ imported: 20_000, problems: [] })
  expect((await client.recipients.get('p19999'))?.externalId).toBe('p19999')
})

test('a source that fails in the middle is told, and the server is none the worse', async () => {
  const failure = new RangeError('the address book ended')
  async function* people() {
    for (let number = 0; number < 3_000; number += 1) yield { recipient: { externalId: `p${number}` } }
    throw failure
  }
  await expect(client.recipients.import(people())).rejects.toBe(failure)
  expect(await client.recipients.list({ limit: 1 })).toHaveLength(1)
})

test('a list that may not be sent is refused, and its source is let go of', async () => {
  let isReleased = false
  async function* people() {
    try {
      for (let number = 0; number < 1_000_000; number += 1)
        yield { recipient: { externalId: `p${number}`, attributes: { note: 'x'.repeat(1_000) } } }
    } finally {
      isReleased = true
    }
  }
  const viewer = await api.t.inviteMe.keys.create({ name: 'viewer', role: 'viewer' })
  const weak = connect({ url: server.url, key: viewer.secret })
  await expect(weak.recipients.import(people())).rejects.toMatchObject({
    code: 'FORBIDDEN',
  })
  await expect.poll(() => isReleased).toBe(true)
})

test('a port nobody listens on is told at once, without the key', async () => {
  const nobody = connect({ url: 'http://127.0.0.1:9', key: 'imk_secret', retries: 0 })
  const error: unknown = await nobody.channels.list().catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'SERVER_UNREACHABLE' })
  expect(String(error)).not.toContain('imk_secret')
})
