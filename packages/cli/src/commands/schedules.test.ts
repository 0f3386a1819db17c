import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { exitCodes } from '../exit-code.ts'
import { runProgram } from '../program.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'invite-me-schedules-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

async function run(...argv: readonly string[]) {
  const stdout: string[] = []
  const stderr: string[] = []
  const code = await runProgram(['schedule', ...argv], {
    stdin: Readable.from([]),
    stdout: { write: (text) => stdout.push(text) },
    stderr: { write: (text) => stderr.push(text) },
    environment: {},
    directory: folder,
    stop: new AbortController().signal,
  })
  return { code, stdout: stdout.join(''), stderr: stderr.join('') }
}

/** The same with `--json`. */
async function read(...argv: readonly string[]) {
  const { code, stdout, stderr } = await run(...argv, '--json')
  return { code, stderr, document: JSON.parse(stdout || 'null') as unknown }
}

const toAnn = ['--to', 'ann@guests.test', '--via', 'log'] as const

describe('schedule', () => {
  it('adds, shows, lists, disables, enables and removes', async () => {
    const added = await read(
      'add',
      'monday',
      '--cron',
      '0 9 * * 1',
      '--zone',
      'Europe/Berlin',
      '--question',
      'Lunch?',
      ...toAnn,
    )
    expect(added).toMatchObject({
      code: exitCodes.done,
      document: {
        name: 'monday',
        when: { cron: '0 9 * * 1', zone: 'Europe/Berlin' },
        action: {
          ask: { question: { text: 'Lunch?' }, options: { answer: { type: 'yesNo' }, via: ['log'] } },
        },
      },
    })
    const { document } = await read('list')
    expect(document).toMatchObject({ schedules: [{ name: 'monday', enabled: true, runCount: 0 }] })
    expect((await run('list')).stdout).toContain('0 9 * * 1 (Europe/Berlin)')
    expect((await run('show', 'monday')).stdout).toContain('It has not run.')
    expect(((await read('next', 'monday', '--count', '3')).document as { next: string[] }).next).toHaveLength(
      3,
    )
    const ran = await read('run', 'monday', '--via', 'log')
    expect(ran).toMatchObject({ code: exitCodes.done, document: { byHand: true, messages: 1 } })
    expect((await run('show', 'monday')).stdout).toContain('done, by hand')
    expect((await read('disable', 'monday')).document).toMatchObject({ enabled: false, nextAt: null })
    expect((await run('list')).stdout).toContain('disabled')
    expect((await read('enable', 'monday')).document).toMatchObject({ enabled: true })
    expect((await read('remove', 'monday')).document).toEqual({ removed: 'monday' })
    expect(await read('list')).toMatchObject({ document: { schedules: [] } })
  })

  it.each([
    [['--every', '15m'], { everyMs: 900_000 }],
    [['--at', '2999-01-01T10:00', '--zone', 'UTC'], { at: '2999-01-01T10:00:00.000Z' }],
    [['--rrule', 'FREQ=DAILY', '--start', '2026-01-05T10:00', '--zone', 'UTC'], { rrule: 'FREQ=DAILY' }],
  ])('knows %j', async (flags, when) => {
    const added = await read('add', 'one', ...flags, '--text', 'Hello', ...toAnn)
    expect(added).toMatchObject({ code: exitCodes.done, document: { when, action: { send: {} } } })
  })

  it('knows the day of an attribute, which names nobody', async () => {
    const flags = [
      '--on-attribute',
      'birthday',
      '--at',
      '10:00',
      '--zone',
      'UTC',
      '--text',
      'Hurrah!',
      '--via',
      'log',
    ]
    const added = await read('add', 'birthdays', ...flags)
    expect(added.document).toMatchObject({ when: { onAttribute: 'birthday', at: '10:00', zone: 'UTC' } })
  })

  it.each([
    [[], 'Say when'],
    [['--cron', '0 9 * * *', '--every', '1h'], 'Say when'],
    [['--rrule', 'FREQ=DAILY'], '--start'],
    [['--on-attribute', 'birthday'], '--at'],
    [['--cron', '0 0 31 2 *'], 'names no moment'],
    [['--every', '1s'], 'once a minute'],
  ])('refuses %j', async (flags, words) => {
    const { code, stderr } = await run('add', 'wrong', ...flags, '--text', 'Hello', ...toAnn)
    expect(code).not.toBe(exitCodes.done)
    expect(stderr).toContain(words)
  })

  it('refuses both a notice and a question, and neither', async () => {
    for (const flags of [[], ['--text', 'a', '--question', 'b']])
      expect((await run('add', 'x', '--every', '1h', ...flags, ...toAnn)).stderr).toContain('Say what')
  })

  it('names one that is not there', async () => {
    for (const command of ['show', 'enable', 'disable', 'remove', 'next']) {
      const { code, stderr } = await run(command, 'nobody')
      expect(code).not.toBe(exitCodes.done)
      expect(stderr).toContain('There is no schedule "nobody"')
    }
  })
})
