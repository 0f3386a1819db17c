import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  emptyWorkspace,
  explainNoPostgres,
  type PostgresWorkspace,
} from '../../../../tests/peers/postgres-server.ts'
import { runInProcess, type CommandEnd } from '../run-in-process.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'invite-me-moving-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

const run = (...argv: readonly string[]): Promise<CommandEnd> =>
  runInProcess(argv, { directory: folder }).ended

async function fill(): Promise<void> {
  writeFileSync(
    join(folder, 'people.csv'),
    `id,name,email\nann,"Ann O'Neill 🎈",ann@guests.test\nbo,"Bo ""B"" Li",bo@guests.test\n`,
  )
  expect(await run('recipients', 'import', 'people.csv')).toMatchObject({ code: 0 })
}

const people = async (...flags: readonly string[]): Promise<unknown> => {
  const { stdout } = await run('recipients', 'list', '--json', ...flags)
  return JSON.parse(stdout).recipients
}

describe('a backup', () => {
  it('is restored to an empty database, and to no other', async () => {
    await fill()
    const before = await people()
    const made = await run('backup', 'monday.db', '--json')
    expect(made).toMatchObject({ code: 0 })
    expect(JSON.parse(made.stdout)).toMatchObject({
      file: join(folder, 'monday.db'),
      bytes: expect.any(Number),
    })
    expect(await run('backup', 'monday.db')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('there already'),
    })
    expect(await run('restore', 'monday.db')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('not empty'),
    })
    const restored = await run('restore', 'monday.db', '--db', 'fresh.db', '--json')
    expect(restored).toMatchObject({ code: 0 })
    expect(JSON.parse(restored.stdout).tables).toContainEqual(
      expect.objectContaining({ name: 'recipients', rows: 2 }),
    )
    expect(await people('--db', 'fresh.db')).toEqual(before)
  })

  it('of nothing, or to nowhere, says so', async () => {
    expect(await run('backup', 'monday.db')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('no database'),
    })
    await fill()
    expect(await run('backup', 'no/such/folder.db')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('folder'),
    })
    expect(await run('restore', 'none.db', '--db', 'x.db')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('no backup'),
    })
  })
})

describe('a move', () => {
  it('to itself, or to what is no address, is refused', async () => {
    await fill()
    expect(await run('migrate', '--to', 'invite-me.db')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('the same'),
    })
    const odd = await run('migrate', '--to', 'mysql://app:s3cret@db/x')
    expect(odd).toMatchObject({ code: 2, stderr: expect.stringContaining('no store for') })
    expect(odd.stderr).not.toContain('s3cret')
    expect(await run('migrate')).toMatchObject({ code: 2 })
  })
})

const noPostgres = explainNoPostgres()
describe.skipIf(noPostgres !== undefined)(
  `a move to Postgres${noPostgres === undefined ? '' : `: ${noPostgres}`}`,
  () => {
    let place: PostgresWorkspace
    beforeEach(async () => {
      place = await emptyWorkspace()
    })
    afterEach(() => place.remove())

    it('and back brings everybody along; every command works there', { timeout: 60_000 }, async () => {
      await fill()
      const before = await people()
      const address = `${place.url}?schema=${place.schema}`
      const there = await run('migrate', '--to', address)
      expect(there).toMatchObject({ code: 0, stdout: expect.stringMatching(/recipients +2/) })
      expect(there.stderr).toContain('do not go on using it')
      expect(await people('--store', address)).toEqual(before)
      expect(await run('doctor', '--store', address)).toMatchObject({
        stdout: expect.stringContaining(place.schema),
      })
      const made = await run(
        'keys',
        'create',
        '--name',
        'robot',
        '--role',
        'viewer',
        '--store',
        address,
        '--json',
      )
      expect(JSON.parse(made.stdout)).toMatchObject({
        key: { scopes: ['read', 'live'] },
        secret: expect.stringMatching(/^imk_/),
      })
      expect(await run('migrate', '--from', address, '--to', 'back.db')).toMatchObject({ code: 0 })
      expect(await people('--db', 'back.db')).toEqual(before)
      const { stdout } = await run('keys', 'list', '--db', 'back.db', '--json')
      expect(JSON.parse(stdout).keys).toMatchObject([{ name: 'robot' }])
    })
  },
)

describe('keys', () => {
  it('are made, listed without their secrets, and ended', async () => {
    const made = await run('keys', 'create', '--name', 'the app', '--expires', '30d', '--json')
    const { key, secret } = JSON.parse(made.stdout)
    expect(key).toMatchObject({
      name: 'the app',
      scopes: ['send', 'read', 'live'],
      expiresAt: expect.any(String),
    })
    const listed = await run('keys')
    expect(listed.stdout).toMatch(/the app +imk_\w{10} +send read live .*usable/)
    expect(listed.stdout).not.toContain(secret)
    expect(await run('keys', 'revoke', key.id)).toMatchObject({ code: 0 })
    expect((await run('keys', 'list')).stdout).toMatch(/the app .*revoked/)
    expect(await run('keys', 'revoke', 'nobody')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('no key'),
    })
  })

  it('have a role or scopes that exist, and not both', async () => {
    const create = (...flags: readonly string[]) => run('keys', 'create', '--name', 'x', ...flags)
    expect(await create('--role', 'king')).toMatchObject({ code: 2 })
    expect(await create('--scopes', 'send,fly')).toMatchObject({ code: 2 })
    expect(await create('--role', 'viewer', '--scopes', 'send')).toMatchObject({ code: 2 })
    expect(await run('keys', 'create')).toMatchObject({ code: 2 })
  })
})
