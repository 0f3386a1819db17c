import { connect, type InviteMeClient } from '@invite-me/core/client'
import { inviteMe, type InviteMeTest } from '@invite-me/core/testing'
import { createApp } from '@invite-me/server/app'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { askWithFallback } from '../../examples/ask-with-fallback/ask-with-fallback.ts'

const sam = { routes: { telegram: '4242', email: 'sam@guests.test' } }
const options = { via: ['telegram', 'email'], patience: '30m' } as const
let t: InviteMeTest
let client: InviteMeClient

beforeEach(async () => {
  t = await inviteMe.test({ channels: ['telegram', 'email'] })
  const { secret } = await t.inviteMe.keys.create({ name: 'example', role: 'sender' })
  const app = createApp(t.inviteMe, { clock: t.clock })
  client = connect({
    url: 'http://server.test',
    key: secret,
    clock: t.clock,
    fetch: (input, init) => app.fetch(new Request(input, init)),
  })
})
afterEach(async () => {
  await client.stop()
  await t.stop()
})

test('an example written for an embedded engine runs unchanged against a server', async () => {
  const asked = askWithFallback(client, sam, options)
  await t.advance('31m')
  await t.reply('sam@guests.test', 'Yes, gladly')
  await t.advance('1m')

  const { result, why } = await asked
  expect(result).toMatchObject({ kind: 'answered', value: true, via: 'email' })
  expect(why).toContain('telegram: not answered in time, so on to the next route')
})

test('and ends as it does embedded when nobody answers', async () => {
  const asked = askWithFallback(client, sam, options)
  await t.advance('121m')
  expect((await asked).result.kind).toBe('expired')
})
