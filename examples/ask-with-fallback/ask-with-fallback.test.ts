import { inviteMe, type InviteMeTest } from '@invite-me/core/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { askWithFallback } from './ask-with-fallback.ts'

const sam = { routes: { telegram: '4242', email: 'sam@guests.test' } }
const options = { via: ['telegram', 'email'], patience: '30m' } as const
let t: InviteMeTest

beforeEach(async () => {
  t = await inviteMe.test({ channels: ['telegram', 'email'] })
})
afterEach(() => t.stop())

const sentBy = () => t.outbox.map(({ channel }) => channel)

test('nobody answers in time: the second channel asks, and its answer counts', async () => {
  const asked = askWithFallback(t.inviteMe, sam, options)
  await t.advance('29m')
  expect(sentBy()).toEqual(['telegram'])

  await t.advance('2m')
  expect(sentBy()).toEqual(['telegram', 'email'])
  await t.reply('sam@guests.test', 'Yes, gladly')

  const { result, why } = await asked
  expect(result).toMatchObject({ kind: 'answered', value: true, via: 'email' })
  expect(why).toContain('telegram: not answered in time, so on to the next route')
  expect(why).toContain('now: accepted by email')
})

test('the provider refuses: the second channel asks at once', async () => {
  t.fail('telegram', 'permanent_recipient')
  const asked = askWithFallback(t.inviteMe, sam, options)
  await t.advance(0)
  expect(sentBy()).toEqual(['telegram', 'email'])

  await t.press('sam@guests.test', 'no')
  const { result, why } = await asked
  expect(result).toMatchObject({ kind: 'declined', value: false })
  expect(why).toContain('telegram failed: there is no such address')
})

test('a late answer by the first channel counts as well', async () => {
  const asked = askWithFallback(t.inviteMe, sam, options)
  await t.advance('31m')
  await t.press('4242', 'yes', { via: 'telegram' })
  expect((await asked).result).toMatchObject({ kind: 'answered', via: 'telegram' })
})

test('nobody answers at all: it ends at the deadline', async () => {
  const asked = askWithFallback(t.inviteMe, sam, options)
  await t.advance('121m')
  const { result, why } = await asked
  expect(result.kind).toBe('expired')
  expect(why).toContain('the deadline passed')
})

test('both channels fail: the person cannot be reached', async () => {
  t.fail('telegram', 'permanent_recipient')
  t.fail('email', 'permanent_content')
  const asked = askWithFallback(t.inviteMe, sam, options)
  await t.advance('1m')
  const { result, why } = await asked
  expect(result.kind).toBe('unreachable')
  expect(why).toContain('now: unreachable, every route failed')
})
