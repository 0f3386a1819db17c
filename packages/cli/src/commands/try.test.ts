import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { createOutput } from '../output.ts'
import type { Session } from '../session.ts'
import { tryStateFile } from '../try-state.ts'
import { breakChannel } from './break.ts'
import { advanceClock } from './clock-advance.ts'
import { mendChannel } from './mend.ts'
import { respond } from './respond.ts'
import { status } from './status.ts'
import { tryIt } from './try.ts'

interface Terminal {
  readonly session: Session
  /** What was printed, as JSON documents. */
  readonly printed: Record<string, unknown>[]
  readonly keyboard: PassThrough
  readonly stop: AbortController
}

let folder: string
let db: string

/** A terminal somebody sits at; it prints JSON, so that tests can read it. */
function openTerminal(): Terminal {
  const printed: Record<string, unknown>[] = []
  const stop = new AbortController()
  const keyboard = new PassThrough()
  const stdout = { write: (text: string) => printed.push(JSON.parse(text)), isTTY: true }
  const stderr = { write: () => true, isTTY: true }
  const host = {
    stdin: Object.assign(keyboard, { isTTY: true }),
    stdout,
    stderr,
    environment: {},
    directory: folder,
    stop: stop.signal,
  }
  const output = createOutput({ stdout, stderr, environment: {}, json: true })
  return { session: { host, output, flags: { db } }, printed, keyboard, stop }
}

/** Runs a command in another terminal on the same database; returns the last document it prints. */
async function elsewhere(command: (session: Session) => Promise<number>): Promise<Record<string, unknown>> {
  const { session, printed } = openTerminal()
  expect(await command(session)).toBe(0)
  return printed.at(-1) ?? {}
}

const messagesSchema = z.object({ messages: z.array(z.object({ id: z.string() })).min(1) })
const peopleSchema = z.object({
  people: z.tuple([
    z.object({
      invitationId: z.string(),
      deliveries: z.tuple([z.object({ channel: z.string(), state: z.string() })]),
    }),
  ]),
})

/** The newest question: its id, and the channel it is on. */
async function newestQuestion(): Promise<{ invitationId: string; channel: string; state: string }> {
  const { messages } = messagesSchema.parse(
    await elsewhere((session) => status(session, undefined, { limit: 1 })),
  )
  const { people } = peopleSchema.parse(await elsewhere((session) => status(session, messages[0]?.id, {})))
  const [{ invitationId, deliveries }] = people
  return { invitationId, ...deliveries[0] }
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'invite-me-try-test-'))
  db = join(folder, 'try.db')
})

afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

describe('try', { timeout: 60_000 }, () => {
  it('shows how a question falls back, when its time is up and when a channel breaks', async () => {
    const terminal = openTerminal()
    const trying = tryIt(terminal.session, { question: 'Coming?' })
    await vi.waitFor(
      async () => expect(await newestQuestion()).toMatchObject({ channel: 'sms', state: 'delivered' }),
      20_000,
    )
    const first = await newestQuestion()

    await elsewhere((session) => advanceClock(session, 30 * 60_000))
    await vi.waitFor(
      async () => expect(await newestQuestion()).toMatchObject({ channel: 'telegram', state: 'delivered' }),
      20_000,
    )
    await elsewhere((session) => respond(session, first.invitationId, 'yes', { as: 'text' }))
    await vi.waitFor(() => expect(terminal.printed).toHaveLength(2), 20_000)
    expect(terminal.printed[0]).toMatchObject({
      type: 'ready',
      url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/$/),
    })
    expect(terminal.printed[1]).toMatchObject({
      type: 'answer',
      invitationId: first.invitationId,
      result: { kind: 'answered', value: true },
    })

    expect(await elsewhere((session) => breakChannel(session, 'sms', {}))).toMatchObject({ broken: ['sms'] })
    terminal.keyboard.write('\n')
    await vi.waitFor(async () => {
      const second = await newestQuestion()
      expect(second).toMatchObject({ channel: 'telegram', state: 'delivered' })
      expect(second.invitationId).not.toBe(first.invitationId)
    }, 20_000)
    expect(await elsewhere((session) => mendChannel(session, undefined))).toMatchObject({ broken: [] })
    const second = await newestQuestion()
    await elsewhere((session) => respond(session, second.invitationId, 'no', { as: 'text' }))
    await vi.waitFor(() => expect(terminal.printed).toHaveLength(3), 20_000)
    expect(terminal.printed[2]).toMatchObject({
      result: { kind: 'declined', value: false },
      receipts: expect.arrayContaining([expect.objectContaining({ kind: 'failed', channel: 'sms' })]),
    })

    const stateFile = tryStateFile(db)
    expect(existsSync(stateFile)).toBe(true)
    terminal.stop.abort('signal')
    expect(await trying).toBe(0)
    expect(existsSync(stateFile)).toBe(false)
  })

  it('ends at once when it is told to while a question is open', async () => {
    const terminal = openTerminal()
    const trying = tryIt(terminal.session, { question: 'Coming?' })
    await vi.waitFor(() => expect(terminal.printed).toHaveLength(1), 20_000)
    terminal.stop.abort('signal')
    expect(await trying).toBe(0)
  })

  it('answers by itself when nobody is there', async () => {
    const terminal = openTerminal()
    expect(await tryIt(terminal.session, { question: 'Coming?', auto: true })).toBe(0)
    expect(terminal.printed).toMatchObject([
      { type: 'ready' },
      { type: 'answer', result: { kind: 'answered', value: true } },
    ])
  })
})
