import { afterEach, beforeEach, expect, test } from 'vitest'
import { InviteMeError } from '../model/error.ts'
import type { StoreOpener } from '../ports/store.ts'
import { sqlite } from '../store/sqlite.ts'
import { testInviteMe, type InviteMeTest } from '../testing/invite-me-test.ts'

let isFull = false
let t: InviteMeTest

/** A store whose disk is full at times. */
const store: StoreOpener = {
  open: async () => {
    const opened = await sqlite(':memory:').open()
    return {
      ...opened,
      transaction: (work) =>
        isFull
          ? Promise.reject(new InviteMeError('STORE_FULL', 'The disk is full.'))
          : opened.transaction(work),
    }
  },
}

beforeEach(async () => {
  isFull = false
  t = await testInviteMe({ channels: ['telegram'], store })
})
afterEach(() => t.stop())

test('an outcome waits as long as the disk is full, and is then written, not sent again', async () => {
  t.channel('telegram').script([
    () => {
      isFull = true
      return { status: 'accepted' }
    },
  ])
  await t.inviteMe.send({ routes: { telegram: '42' } }, 'The door code is 1234.')
  await t.advance('10m')
  expect(await t.inviteMe.deliveries.counts()).toEqual({ sending: 1 })

  isFull = false
  await t.advance('10s')
  expect(await t.inviteMe.deliveries.counts()).toEqual({ sent: 1 })
  expect(t.outbox).toHaveLength(1)
})

test('an engine that is stopped while the disk is full ends within its deadline', async () => {
  t.channel('telegram').script([
    () => {
      isFull = true
      return { status: 'accepted' }
    },
  ])
  await t.inviteMe.send({ routes: { telegram: '42' } }, 'The door code is 1234.')
  await t.advance('1m')
  await t.stop()
  expect(t.troubles.map(({ message }) => message)).toContain('An outcome could not be written')
})
