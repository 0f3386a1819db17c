import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ChannelOptions, Settings } from './config.ts'
import { channelNames, configuredChannels, phoneChannel, requireChannels } from './configured-channels.ts'
import { createOutput } from './output.ts'
import type { Session } from './session.ts'

let folder: string
const written: string[] = []

beforeEach(() => {
  written.length = 0
  folder = mkdtempSync(join(tmpdir(), 'invite-me-channels-'))
})

afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

function settingsWith(channels: Readonly<Record<string, ChannelOptions>>): Settings {
  return {
    configFile: undefined,
    store: { kind: 'sqlite', file: join(folder, 'x.db') },
    db: join(folder, 'x.db'),
    server: undefined,
    from: undefined,
    locale: undefined,
    zone: undefined,
    portalUrl: undefined,
    categories: undefined,
    channels: new Map(Object.entries(channels)),
    mailbox: undefined,
    unknownVariables: [],
  }
}

function createSession(): Session {
  const sink = { write: (text: string) => written.push(text) }
  const output = createOutput({
    stdout: { write: () => expect.fail('stdout') },
    stderr: sink,
    environment: {},
    json: true,
  })
  const host = {
    stdin: Readable.from([]),
    stdout: sink,
    stderr: sink,
    environment: {},
    directory: folder,
    stop: new AbortController().signal,
  }
  return { host, output, flags: {} }
}

function install(name: string, source: string): void {
  const packageFolder = join(folder, 'node_modules', `invite-me-channel-${name}`)
  mkdirSync(packageFolder, { recursive: true })
  writeFileSync(join(packageFolder, 'package.json'), '{"type":"module","exports":"./index.js"}')
  writeFileSync(join(packageFolder, 'index.js'), source)
}

const pigeon = `const create = (options) => ({ name: 'pigeon', supports: {}, send: async () => ({ status: 'accepted' }), options })
export const version = 1
export const pigeon = Object.assign(create, { definition: { name: 'pigeon' } })`

describe('channels', () => {
  it('that need no settings are used only when they are asked for', () => {
    const settings = settingsWith({ email: {} })
    expect(channelNames(settings)).toEqual(['email'])
    expect(channelNames(settings, ['log', 'email'])).toEqual(['email', 'log'])
  })

  it('of other makers are found by name beside the project', async () => {
    install('pigeon', pigeon)
    const settings = settingsWith({ pigeon: { coop: 'north' } })
    const [channel] = await requireChannels(['pigeon'], settings, createSession())
    expect(channel).toMatchObject({ name: 'pigeon', options: { coop: 'north' } })
  })

  it.each([
    ['pigeon', 'export const other = 1', 'exports no channel named "pigeon"'],
    ['fax', undefined, 'There is no channel "fax"; there are '],
    ['../pigeon', undefined, 'There is no channel "../pigeon"'],
  ])('that do not exist are refused: %s', async (name, source, reason) => {
    if (source !== undefined) install(name, source)
    await expect(requireChannels([name], settingsWith({}), createSession())).rejects.toMatchObject({
      code: 'CHANNEL_UNKNOWN',
      message: expect.stringContaining(reason),
    })
  })

  it('with wrong settings say which, where to correct them, and no secret; the others are made', async () => {
    const settings = settingsWith({ email: { smtp: 'secret-7f3a', from: 'dinner@guests.test' }, log: {} })
    const [email, log] = await configuredChannels(['email', 'log'], settings, createSession())
    expect(email).toMatchObject({
      error: {
        code: 'OPTIONS_INVALID',
        field: 'channels.email.smtp',
        message: expect.stringContaining(
          'channels.email.smtp in invite-me.config.yaml or INVITE_ME_EMAIL_SMTP',
        ),
      },
    })
    expect(JSON.stringify(email)).not.toContain('secret-7f3a')
    expect(String(email !== undefined && 'error' in email ? email.error : '')).not.toContain('secret-7f3a')
    expect(log).toHaveProperty('channel')
  })

  it('that print do so beside the results', async () => {
    const [log] = await requireChannels(['log'], settingsWith({}), createSession())
    const message = {
      to: { address: 'ann' },
      content: { text: 'Hello' },
      originator: null,
      locale: 'en',
      category: 'notice',
      purpose: 'message',
      links: {},
      until: null,
    } as const
    const quiet = { warn: () => {}, error: () => {} }
    void log?.send(message, {
      idempotencyKey: 'k',
      attempt: 0,
      signal: new AbortController().signal,
      clock: { now: () => 0, schedule: () => () => {} },
      log: quiet,
    })
    expect(written.join('')).toContain('Hello')
  })

  it('for telephones are the SMS channel that is set up', () => {
    expect(phoneChannel(settingsWith({ email: {}, 'other-sms': {} }))).toBe('other-sms')
    expect(phoneChannel(settingsWith({ smpp: {} }))).toBe('smpp')
    expect(phoneChannel(settingsWith({}))).toMatch(/sms$/)
  })
})
