import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { InviteMeError } from '../model/error.ts'
import type { StoreOpener, StoreParts } from '../ports/store.ts'
import { sqlite } from '../store/sqlite.ts'
import { testInviteMe, type InviteMeTest } from '../testing/invite-me-test.ts'
import { virtualClock, type VirtualClock } from '../testing/virtual-clock.ts'

/** A database that is away at times, for everybody who uses it. */
interface Outage {
  isAway: boolean
}

function storeWith(outage: Outage, file: string): StoreOpener {
  const unlessAway = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    if (outage.isAway) throw new InviteMeError('STORE_UNAVAILABLE', 'The database is away.')
    return work()
  }
  return {
    open: async () => {
      const store = await sqlite(file).open()
      const { deliveries } = store
      return {
        ...store,
        deliveries: {
          ...deliveries,
          // Who asks for everything is the clock, which wants to know how far it may pass by looks; it is told the truth.
          nextDue: (channels) =>
            channels.length > 1
              ? deliveries.nextDue(channels)
              : unlessAway(() => deliveries.nextDue(channels)),
          heartbeat: (worker, until) => unlessAway(() => deliveries.heartbeat(worker, until)),
        } satisfies StoreParts['deliveries'],
        transaction: (work, options) => unlessAway(() => store.transaction(work, options)),
      }
    },
  }
}

interface House {
  readonly clock: VirtualClock
  readonly outage: Outage
  /** A process that only sends, or one that only does the chores. @param own an outage that only it suffers from */
  start(part: 'send' | 'chores', seed: number, own?: Outage): Promise<InviteMeTest>
}

async function newHouse(): Promise<House> {
  const folder = await mkdtemp(join(tmpdir(), 'invite-me-outage-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const clock = virtualClock()
  const outage = { isAway: false }
  return {
    clock,
    outage,
    start: async (part, seed, own = outage) => {
      const dispatch = { send: part === 'send', chores: part === 'chores' }
      const store = storeWith(own, join(folder, 'invites.db'))
      const t = await testInviteMe({ channels: ['telegram'], clock, store, seed, dispatch })
      onTestFinished(() => t.stop())
      return t
    },
  }
}

test('what a living worker is still sending after an outage is not sent again', async () => {
  const { clock, outage, start } = await newHouse()
  const [scheduler, sender] = [await start('chores', 1), await start('send', 2)]
  sender.channel('telegram').failAlways(
    () =>
      new Promise((resolve) => {
        clock.schedule(25_000, () => resolve({ status: 'accepted', providerMessageId: 'one' }))
      }),
  )
  const { deliveryIds } = await scheduler.inviteMe.send({ routes: { telegram: '42' } }, 'Hello')
  await clock.advance('1s')
  outage.isAway = true
  await clock.advance('20s')
  outage.isAway = false
  await clock.advance('1m')

  expect(sender.outbox).toHaveLength(1)
  const receipts = await scheduler.inviteMe.receipts.list({ deliveryId: deliveryIds[0] ?? '' })
  expect(receipts.map(({ kind, duplicatePossible }) => [kind, duplicatePossible])).toEqual([
    ['accepted', false],
  ])
})

test('the work of a worker that died resumes within 5 seconds of its lease, and within half a lease more after an outage', async () => {
  for (const [isOutage, longestMs] of [
    [false, 20_000],
    [true, 15_000 + 20_000 + 7_500],
  ] as const) {
    const { clock, outage, start } = await newHouse()
    const scheduler = await start('chores', 1)
    const death = { isAway: false }
    const dying = await start('send', 2, death)
    dying.fail('telegram', 'hang')
    await scheduler.inviteMe.send({ routes: { telegram: '42' } }, 'Hello')
    await clock.advance('1s')
    expect(dying.outbox).toHaveLength(1)
    death.isAway = true
    const startMs = clock.now()
    const other = await start('send', 3)
    outage.isAway = isOutage
    await clock.advance('15s')
    outage.isAway = false
    await clock.advance('1m')
    const [again] = other.outbox
    expect(again?.at.getTime()).toBeLessThanOrEqual(startMs + longestMs)
  }
})
