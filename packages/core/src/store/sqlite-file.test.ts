import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, rmdirSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Worker } from 'node:worker_threads'
import Driver from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Store } from '../ports/store.ts'
import {
  after,
  sampleAccepted,
  sampleClaim,
  sampleEdit,
  sampleId,
  sampleInboxItem,
} from '../testing/store-samples.ts'
import { sqlite, type SqliteOptions } from './sqlite.ts'

const run = promisify(execFile)
let folder: string
let file: string
const opened: Store[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'invite-me-store-'))
  file = join(folder, 'invites.db')
})
afterEach(async () => {
  await Promise.all(opened.splice(0).map((store) => store.close()))
  await rm(folder, { recursive: true, force: true })
})

async function open(path = file, options: SqliteOptions = {}): Promise<Store> {
  const store = await sqlite(path, options).open()
  opened.push(store)
  return store
}
const accept = (store: Store, number: number): Promise<void> =>
  store.transaction((parts) => parts.messages.insert([sampleAccepted(number)]))
const count = async (store: Store): Promise<number> => (await store.messages.list({ limit: 1_000 })).length

/** Mounts a file system of `size` that is gone at the end. */
async function smallDisk(size: string): Promise<string> {
  const disk = join(folder, 'disk')
  await mkdir(disk)
  await run('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', disk])
  return disk
}
const unmount = async (disk: string): Promise<void> => {
  await Promise.all(opened.splice(0).map((store) => store.close().catch(() => undefined)))
  await run('umount', [disk])
}
const isRoot = process.getuid?.() === 0
const canMount = isRoot && tryToMount()

/** Root in a container may not be allowed to. */
function tryToMount(): boolean {
  const place = mkdtempSync(join(tmpdir(), 'invite-me-mount-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', place], { stdio: 'ignore' })
    execFileSync('umount', [place])
    return true
  } catch {
    return false
  } finally {
    rmdirSync(place)
  }
}

describe('migrations', () => {
  test('run when the file is opened, and change nothing the second time', async () => {
    const first = await open()
    await accept(first, 1)
    await first.close()
    const second = await open()
    expect(await second.messages.byId(sampleId('message', 1))).toEqual(sampleAccepted(1).message)
  })

  test('run once when several open a new file at the same time', async () => {
    const stores = await Promise.all([open(), open(), open()])
    await accept(stores[0], 1)
    expect(await Promise.all(stores.map(count))).toEqual([1, 1, 1])
  })

  test('a filled database of the first version keeps everything, and works as a new one', async () => {
    const older = new Driver(file)
    older.exec(await readFile(new URL('__fixtures__/0001-foundation.sql', import.meta.url), 'utf8'))
    older.exec(`INSERT INTO suppressions VALUES ('email', 'bob@guests.test', 'bounced', '2026-01-02T00:00:00.000Z'),
      ('sms', '+15550001', 'opted_out', '2026-01-01T00:00:00.000Z')`)
    older.close()
    const store = await open()

    expect(await count(store)).toBe(3)
    // In the order they were said, whatever the order of their addresses.
    const refused = await store.recipients.suppressions({}, { limit: 9 })
    expect(refused).toMatchObject([
      { channel: 'sms', category: null, reason: 'opted_out', source: 'unknown' },
      { channel: 'email', category: null, reason: 'bounced', source: 'provider' },
      { channel: 'email', address: 'stop@guests.test', source: 'unknown' },
    ])
    expect(refused[0]?.id).toMatch(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/)
    const [asked, answered] = [1, 2].map((number) => ({
      invitationId: sampleId('invitation', number),
      deliveryId: sampleId('delivery', number),
    }))
    expect((await store.invitations.byId(answered?.invitationId ?? ''))?.value).toBe(true)
    expect(await store.outbox.last()).toBe(2)
    expect(await store.inbound.remember('email', ['fact-1', 'fact-2'], new Date(0))).toEqual(['fact-2'])
    expect(await store.deliveries.attemptByProviderId('email', '<2@provider.test>')).toMatchObject({
      deliveryId: answered?.deliveryId,
      replyToken: null,
    })

    // What was asked before addresses were kept is found by its own, and moves with it.
    const place = { channel: 'email', address: 'guest-1@guests.test' }
    expect(await store.invitations.byAddress(place, { limit: 9 })).toEqual([asked])
    await store.recipients.moveAddress(place, 'ann@guests.test')
    const [person] = await store.recipients.byExternalIds(['ann'])
    expect(person?.routes.map(({ address }) => address)).toEqual(['ann@guests.test', '1'])

    const claim = sampleClaim({ now: after(600_000) })
    const [waiting] = await store.deliveries.claimDue(claim)
    expect(waiting?.id).toBe(sampleId('delivery', 3))
    await store.edits.plan([sampleEdit(2)])
    await store.inbox.add([sampleInboxItem(1)])
    await accept(store, 4)
    expect(await count(store)).toBe(4)
    expect(await store.inbox.count({ channel: 'in-app', address: 'ann', only: 'unread' })).toBe(1)
  })

  test('a database of a newer version is left alone, with a sentence that says so', async () => {
    const store = await open()
    await accept(store, 1)
    await store.close()
    const raw = new Driver(file)
    raw.prepare("INSERT INTO kysely_migration VALUES ('9999-the-future', '2030-01-01T00:00:00.000Z')").run()
    raw.close()
    await expect(open()).rejects.toMatchObject({
      code: 'STORE_NEWER',
      field: 'store',
      message: expect.stringContaining('"9999-the-future"'),
    })
    const after = new Driver(file)
    expect(after.prepare('SELECT count(*) AS count FROM messages').get()).toEqual({ count: 1 })
    after.close()
  })

  test('the file is kept so that a power cut loses nothing that was committed', async () => {
    await open()
    const raw = new Driver(file, { readonly: true })
    expect(raw.pragma('journal_mode', { simple: true })).toBe('wal')
    raw.close()
  })
})

describe('a place that cannot be used is named, with what to do', () => {
  const unavailable = (part: RegExp) => ({ code: 'STORE_UNAVAILABLE', message: expect.stringMatching(part) })

  test('a folder that is missing', async () => {
    await expect(open(join(folder, 'missing', 'invites.db'))).rejects.toMatchObject(
      unavailable(/missing.*folder exists/),
    )
  })

  test('a folder instead of a file', async () => {
    await expect(open(folder)).rejects.toMatchObject(unavailable(/cannot be opened/))
  })

  test('a file that is no database', async () => {
    await writeFile(file, 'These are the names of my guests. '.repeat(100))
    await expect(open()).rejects.toMatchObject(unavailable(/not a healthy SQLite file/))
  })

  test('a database that was cut off', async () => {
    const store = await open()
    for (let number = 0; number < 50; number += 1) await accept(store, number)
    await store.close()
    const bytes = await readFile(file)
    await writeFile(file, Buffer.concat([bytes.subarray(0, 4_096), Buffer.alloc(bytes.length - 4_096, 7)]))
    await expect(open()).rejects.toMatchObject(unavailable(/not a healthy SQLite file/))
  })

  test.skipIf(isRoot)('a file that may only be read (root may write to every file)', async () => {
    const store = await open()
    await store.close()
    await chmod(file, 0o400)
    await expect(open()).rejects.toMatchObject(unavailable(/check the permissions/))
  })

  test.skipIf(isRoot)('a folder that may only be read (root may write to every folder)', async () => {
    await chmod(folder, 0o500)
    await expect(open()).rejects.toMatchObject(unavailable(/folder exists and may be written/))
    await chmod(folder, 0o700)
  })

  test.skipIf(!canMount)('a disk that may only be read (only root may mount one)', async () => {
    const disk = await smallDisk('4m')
    const path = join(disk, 'invites.db')
    await (await open(path)).close()
    await run('mount', ['-o', 'remount,ro', disk])
    try {
      await expect(open(path)).rejects.toMatchObject(unavailable(/permissions|may be written/))
      await expect(open(join(disk, 'new.db'))).rejects.toMatchObject(unavailable(/may be written/))
    } finally {
      await unmount(disk)
    }
  })
})

describe('a file that another process writes to', () => {
  test('is waited for', async () => {
    const store = await open()
    const other = new Driver(file)
    other.exec('BEGIN IMMEDIATE')
    const accepting = accept(store, 1)
    await new Promise((resolve) => setImmediate(resolve))
    other.exec('COMMIT')
    other.close()
    await accepting
    expect(await count(store)).toBe(1)
  })

  test('is given up after the busy time, with nothing written, and works again when it is free', async () => {
    const store = await open(file, { busyTimeoutMs: 300 })
    const other = new Driver(file)
    other.exec('BEGIN IMMEDIATE')
    await expect(accept(store, 1)).rejects.toMatchObject({
      code: 'STORE_BUSY',
      message: expect.stringMatching(/another process.*nothing was written, try again/),
    })
    expect(await count(store)).toBe(0)
    other.exec('ROLLBACK')
    other.close()
    await accept(store, 1)
    expect(await count(store)).toBe(1)
  })

  test('gives each of two threads other work', async () => {
    const store = await open(file, { synchronous: 'normal' })
    const total = 400
    await store.transaction((parts) =>
      parts.messages.insert(Array.from({ length: total }, (_, number) => sampleAccepted(number))),
    )
    const taken = await Promise.all([takeInThread('worker-1'), takeInThread('worker-2')])
    expect(taken.flat()).toHaveLength(total)
    expect(new Set(taken.flat()).size).toBe(total)
  })
})

describe('a full disk (only root may mount one)', () => {
  test.skipIf(!canMount)(
    'refuses what does not fit, keeps what was accepted, and goes on when there is space',
    async () => {
      const disk = await smallDisk('1m')
      try {
        const ballast = join(disk, 'ballast')
        await writeFile(ballast, Buffer.alloc(200_000))
        const store = await open(join(disk, 'invites.db'))
        const accepted = await fill(store)
        expect(accepted.length).toBeGreaterThan(0)
        expect(await idsOf(store)).toEqual(accepted)

        await rm(ballast)
        await accept(store, 900_000)
        const everything = [...accepted, sampleId('message', 900_000)]
        expect(await idsOf(store)).toEqual(everything)
        await store.close()
        expect(await idsOf(await open(join(disk, 'invites.db')))).toEqual(everything)
      } finally {
        await unmount(disk)
      }
    },
  )
})

/** Accepts until the disk is full, a few at once. @returns ids of what was accepted */
async function fill(store: Store): Promise<readonly string[]> {
  const accepted: string[] = []
  const refused: unknown[] = []
  for (let number = 0; number < 5_000 && refused.length === 0; number += 5) {
    const five = Array.from({ length: 5 }, (_, index) => number + index)
    const outcomes = await Promise.allSettled(five.map((one) => accept(store, one)))
    for (const [index, outcome] of outcomes.entries()) {
      if (outcome.status === 'fulfilled') accepted.push(sampleId('message', number + index))
      else refused.push(outcome.reason)
    }
  }
  for (const error of refused)
    expect(error).toMatchObject({ code: 'STORE_FULL', message: expect.stringMatching(/free some space/) })
  return accepted
}

async function idsOf(store: Store): Promise<readonly string[]> {
  return (await store.messages.list({ limit: 10_000 })).map(({ id }) => id).toReversed()
}

/** Takes due work in a thread of its own until nothing is left. */
function takeInThread(worker: string): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(new URL('__fixtures__/take-due-work.ts', import.meta.url), {
      workerData: { file, worker },
      execArgv: [],
    })
    thread.once('message', resolve)
    thread.once('error', reject)
  })
}
