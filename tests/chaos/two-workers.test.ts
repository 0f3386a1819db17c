import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { InviteMe } from '@invite-me/core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { leaseMs, openEngine } from './engine.ts'
import { startHoldingProvider, type HoldingProvider } from './holding-provider.ts'
import { hookChannel } from './hook-channel.ts'
import { putToSleep } from './put-to-sleep.ts'
import { waitUntil } from '../peers/wait-until.ts'
import { startWorker, type WorkerProcess } from './worker-process.ts'

const deadlineMs = 20_000
/** A dead worker is noticed this long after its lease at the latest. */
const noticeMs = 5_000

let folder: string
let provider: HoldingProvider
let inviteMe: InviteMe
let workers: WorkerProcess[]

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'invite-me-workers-'))
  provider = await startHoldingProvider()
  workers = []
  const hook = hookChannel({ port: provider.port })
  inviteMe = await openEngine({ file: join(folder, 'invites.db'), hook, smtpPort: 1, dispatch: false })
})

afterEach(async () => {
  for (const worker of workers) worker.signal('SIGKILL')
  await Promise.all(workers.map(({ gone }) => gone))
  await inviteMe.stop()
  await provider.close()
  await rm(folder, { recursive: true })
})

async function start(): Promise<WorkerProcess> {
  const worker = await startWorker({
    file: join(folder, 'invites.db'),
    httpPort: provider.port,
    smtpPort: 1,
  })
  workers.push(worker)
  return worker
}

function send(name: string) {
  return inviteMe.send({ routes: { hook: `${name}@guests.test` } }, 'Dinner moved to Saturday.')
}

test('what a worker did that slept past its lease changes nothing but the receipts', async () => {
  const { deliveryIds } = await send('ann')
  const [deliveryId = ''] = deliveryIds
  const sleeper = await start()
  const [early] = await provider.waitFor(1, deadlineMs)
  await putToSleep(sleeper, join(folder, 'invites.db'))

  await start()
  const [, late] = await provider.waitFor(2, deadlineMs)
  late?.answer()
  await waitUntil(
    'it is sent',
    async () => (await inviteMe.deliveries.get(deliveryId))?.state === 'sent',
    deadlineMs,
  )
  const settled = await inviteMe.deliveries.get(deliveryId)

  early?.answer()
  sleeper.signal('SIGCONT')
  await waitUntil(
    'the late receipt is there',
    async () => (await inviteMe.receipts.list({ deliveryId })).length === 3,
    deadlineMs,
  )

  expect(await inviteMe.deliveries.get(deliveryId)).toEqual(settled)
  expect(settled).toMatchObject({ state: 'sent', attempts: 2, crashes: 1, dueAt: null })
  const receipts = await inviteMe.receipts.list({ deliveryId })
  expect(receipts.map(({ kind, attempt }) => ({ kind, attempt }))).toEqual([
    { kind: 'unknown', attempt: 1 },
    { kind: 'accepted', attempt: 2 },
    { kind: 'accepted', attempt: 1 },
  ])
  expect(receipts.map(({ duplicatePossible }) => duplicatePossible)).toEqual([false, true, true])
  expect(provider.calls).toHaveLength(2)
})

test('a living worker that waits for a slow provider keeps its message for longer than a lease', async () => {
  const { settled } = await send('bea')
  await start()
  const [call] = await provider.waitFor(1, deadlineMs)
  const begin = performance.now()
  await start()
  await waitUntil('two leases are over', () => performance.now() - begin > 2.5 * leaseMs, deadlineMs)
  expect(provider.calls).toHaveLength(1)
  call?.answer()
  const [delivery] = await settled({ signal: AbortSignal.timeout(deadlineMs) })
  expect(delivery).toMatchObject({ state: 'sent', attempts: 1, crashes: 0 })
})

test('the messages of a killed worker are with another one five seconds after its lease at the latest', async () => {
  const guests = Array.from({ length: 10 }, (_, index) => `guest-${String(index)}`)
  await Promise.all(guests.map(send))
  const first = await start()
  await provider.waitFor(guests.length, deadlineMs)
  await start()
  const killedAt = performance.now()
  first.signal('SIGKILL')
  const calls = await provider.waitFor(2 * guests.length, leaseMs + noticeMs)
  console.log(`taken over ${String(Math.round(performance.now() - killedAt))} ms after the kill`)
  expect(
    calls
      .slice(guests.length)
      .map(({ address }) => address)
      .toSorted(),
  ).toEqual(
    calls
      .slice(0, guests.length)
      .map(({ address }) => address)
      .toSorted(),
  )
  for (const call of calls) call.answer()
  await waitUntil(
    'all are sent',
    async () => (await inviteMe.deliveries.counts()).sent === guests.length,
    deadlineMs,
  )
  const receipts = await inviteMe.receipts.list({}, { limit: 100 })
  const unknown = receipts.filter(({ kind }) => kind === 'unknown')
  expect(unknown).toHaveLength(guests.length)
  expect(receipts.filter(({ duplicatePossible }) => duplicatePossible)).toHaveLength(guests.length)
})
