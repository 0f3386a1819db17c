import { expect, onTestFinished, test } from 'vitest'
import { InviteMeError } from '../model/error.ts'
import type { StoreOpener } from '../ports/store.ts'
import { sqlite } from '../store/sqlite.ts'
import { testInviteMe } from '../testing/invite-me-test.ts'

/** A database whose connection breaks, while it says so, right after it wrote. */
function storeThatLosesItsWord(isLosing: () => boolean): StoreOpener {
  return {
    open: async () => {
      const store = await sqlite(':memory:').open()
      return {
        ...store,
        transaction: async (work, options) => {
          const result = await store.transaction(work, options)
          if (isLosing()) throw new InviteMeError('STORE_UNAVAILABLE', 'The connection broke.')
          return result
        },
      }
    },
  }
}

test.for([
  { status: 'accepted', providerMessageId: 'sm-1' },
  { status: 'permanent_recipient', scope: 'recipient' },
  { status: 'unknown', scope: 'provider' },
] as const)(
  'an outcome ($status) of which nobody knows whether it was written is written once',
  async (outcome) => {
    let lost = 0
    const t = await testInviteMe({
      channels: ['telegram'],
      store: storeThatLosesItsWord(() => lost > 0 && lost-- > 0),
    })
    onTestFinished(() => t.stop())
    t.channel('telegram').script([
      () => {
        lost = 2
        return outcome
      },
    ])
    const { messageId } = await t.inviteMe.send({ routes: { telegram: '42' } }, 'The door code is 1234.', {
      onUnknown: 'assume-sent',
    })
    await t.advance('1m')
    expect(lost).toBe(0)
    expect(t.outbox).toHaveLength(1)
    const receipts = await t.inviteMe.receipts.list({ messageId })
    expect(receipts.filter((receipt) => receipt.outcome !== null)).toMatchObject([
      { attempt: 1, outcome: outcome.status, duplicatePossible: false },
    ])
  },
)
