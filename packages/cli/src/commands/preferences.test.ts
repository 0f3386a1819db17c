import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { exitCodes } from '../exit-code.ts'
import { runInProcess } from '../run-in-process.ts'

let folder: string
const environment = {
  INVITE_ME_EMAIL_SMTP: 'smtp://127.0.0.1:9',
  INVITE_ME_EMAIL_FROM: 'dinner@guests.test',
  INVITE_ME_PORTAL_URL: 'https://rsvp.guests.test',
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'invite-me-preferences-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

async function run(argv: readonly string[], input = '') {
  const command = runInProcess([...argv, '--json'], { directory: folder, environment, input })
  return { ...(await command.ended), documents: command.documents() }
}
async function say(argv: readonly string[]) {
  const command = runInProcess(argv, { directory: folder, environment, input: '' })
  return command.ended
}

describe('preferences', () => {
  beforeEach(() => run(['recipients', 'import', '-'], 'id,email,telegram\nann,ann@guests.test,42\n'))

  it('are shown, and changed part by part', async () => {
    expect((await run(['preferences', 'show', 'ann'])).documents).toEqual([
      { externalId: 'ann', preferences: { order: [], off: [], on: [] } },
    ])
    const flags = ['--order', 'telegram, email', '--off', 'news,reminder@email,@telegram', '--on', 'dance']
    await run(['preferences', 'set', 'ann', ...flags, '--window', '18:00-24:00', '--zone', 'Europe/Berlin'])
    const { documents } = await run(['preferences', 'set', 'ann', '--on', 'none', '--window', 'usual'])
    expect(documents).toEqual([
      {
        externalId: 'ann',
        preferences: {
          order: ['telegram', 'email'],
          off: [{ category: 'news' }, { category: 'reminder', channel: 'email' }, { channel: 'telegram' }],
          on: [],
          zone: 'Europe/Berlin',
        },
      },
    ])
    await run(['preferences', 'set', 'ann', '--window', '{"sat":{"from":"10:00","to":"12:00"}}'])
    const { stdout } = await say(['preferences', 'show', 'ann'])
    expect(stdout).toBe(
      'ann\norder:  telegram, email\noff:    news, reminder@email, @telegram\non:     none\nhours:  sat 10:00-12:00\nzone:   Europe/Berlin\n',
    )
  })

  it.each([
    ['--off', ['preferences', 'set', 'ann']],
    ['--on', ['preferences', 'set', 'ann', '--on', '@email']],
    ['--window', ['preferences', 'set', 'ann', '--window', 'evenings']],
    ['zone', ['preferences', 'set', 'ann', '--zone', 'Mars']],
  ])('are refused for %s', async (field, argv) => {
    const { code, stderr } = await run(argv)
    expect(code).toBe(exitCodes.usage)
    expect(JSON.parse(stderr)).toMatchObject({ error: { field } })
  })

  it('of nobody are an error by its name', async () => {
    const { code, stderr } = await run(['preferences', 'show', 'bob'])
    expect(code).not.toBe(exitCodes.done)
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'RECIPIENT_UNKNOWN', field: 'externalId' } })
  })

  it('have a page, whose address is printed', async () => {
    const { documents } = await run(['preferences', 'link', 'ann', '--expires', '2h'])
    expect(documents).toMatchObject([
      { externalId: 'ann', url: expect.stringMatching(/^https:\/\/rsvp\.guests\.test\/p\/[0-9a-z]{26}$/) },
    ])
  })
})

describe('suppressions', () => {
  const list =
    'channel,address,category,reason\nemail,ann@guests.test,news,\nemail,,,\nemail,"bo, b@guests.test",,manual\n'

  it('are taken from a file, listed, and handed on as they came', async () => {
    writeFileSync(join(folder, 'stop.csv'), list)
    const { code, documents } = await run(['suppressions', 'import', 'stop.csv'])
    expect(code).toBe(exitCodes.partly)
    expect(documents).toMatchObject([
      { type: 'problem', line: 3, field: 'address' },
      { type: 'report', imported: 2, repeated: 0, refused: 1 },
    ])
    const listed = await run(['suppressions', 'list', '--category', 'news'])
    expect(listed.documents).toMatchObject([
      { suppressions: [{ address: 'ann@guests.test', source: 'import' }], hasMore: false },
    ])
    const shown = await say(['suppressions', 'list'])
    expect(shown.stdout).toMatch(/everything +manual +import/)
    const csv = await say(['suppressions', 'export'])
    expect(csv.stdout).toMatch(
      /^channel,address,category,reason,source,at\nemail,ann@guests\.test,news,opted_out,import,\S+Z\nemail,"bo, b@guests\.test",,manual,import,\S+Z\n$/,
    )
    const lines = await say(['suppressions', 'export', '--format', 'ndjson'])
    const again = await run(['suppressions', 'import', '-', '--format', 'ndjson'], lines.stdout)
    expect(again.documents).toMatchObject([{ type: 'report', imported: 0, repeated: 2, refused: 0 }])
  })

  it('are refused with a source that is none, and a file that is not there', async () => {
    expect((await run(['suppressions', 'list', '--source', 'magic'])).code).toBe(exitCodes.usage)
    const { code, stderr } = await run(['suppressions', 'import', 'nowhere.csv'])
    expect([code, stderr.includes('there is no such file')]).toEqual([exitCodes.usage, true])
  })
})
