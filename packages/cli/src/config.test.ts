import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadSettings } from './config.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'invite-me-config-'))
})

afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

const write = (name: string, text: string): void => writeFileSync(join(folder, name), text)

describe('loadSettings', () => {
  it('has defaults for everything', async () => {
    expect(await loadSettings({}, {}, folder)).toEqual({
      configFile: undefined,
      store: { kind: 'sqlite', file: join(folder, 'invite-me.db') },
      db: join(folder, 'invite-me.db'),
      from: undefined,
      locale: undefined,
      zone: undefined,
      portalUrl: undefined,
      categories: undefined,
      channels: new Map(),
      unknownVariables: [],
    })
  })

  it('prefers flags to environment to file to defaults', async () => {
    write(
      'invite-me.config.yaml',
      'db: file.db\nfrom: File\nlocale: pt\nportal:\n  url: https://file.test/\n',
    )
    expect(await loadSettings({}, {}, folder)).toMatchObject({
      db: join(folder, 'file.db'),
      from: 'File',
      locale: 'pt',
    })
    const environment = {
      INVITE_ME_DB: '/env.db',
      INVITE_ME_FROM: 'Env',
      INVITE_ME_PORTAL_URL: 'https://env.test/',
    }
    expect(await loadSettings({ db: 'flag.db' }, environment, folder)).toMatchObject({
      db: join(folder, 'flag.db'),
      from: 'Env',
      locale: 'pt',
      portalUrl: 'https://env.test/',
    })
  })

  it('finds the database by its address before its file, at each level', async () => {
    write('invite-me.config.yaml', 'db: file.db\nstore: postgres://app:s3cret@db.test/guests?schema=dinner\n')
    expect(await loadSettings({}, {}, folder)).toMatchObject({
      store: { kind: 'postgres', schema: 'dinner' },
      db: 'postgres://db.test/guests, schema dinner',
    })
    expect(await loadSettings({}, { INVITE_ME_DB: 'env.db', INVITE_ME_STORE: '' }, folder)).toMatchObject({
      db: join(folder, 'env.db'),
    })
    const both = { INVITE_ME_DB: 'env.db', INVITE_ME_STORE: 'sqlite:other.db' }
    expect(await loadSettings({}, both, folder)).toMatchObject({ db: join(folder, 'other.db') })
    expect(await loadSettings({ db: 'flag.db' }, both, folder)).toMatchObject({ db: join(folder, 'flag.db') })
    await expect(loadSettings({ db: 'a.db', store: 'b.db' }, {}, folder)).rejects.toMatchObject({
      code: 'OPTIONS_INVALID',
      field: '--store',
    })
  })

  it('reads how a server is set up from file and environment', async () => {
    write('invite-me.config.yaml', 'server:\n  port: 8081\n  metrics: false\n')
    const environment = {
      INVITE_ME_PORT: '9090',
      INVITE_ME_ROLE: 'api, scheduler',
      INVITE_ME_BOOTSTRAP: 'no',
    }
    const { server, unknownVariables } = await loadSettings({}, environment, folder)
    expect(server).toEqual({ port: 9090, metrics: false, roles: ['api', 'scheduler'], bootstrap: false })
    expect(unknownVariables).toEqual([])
  })

  it('reads YAML and JSON, by name or by flag or by environment', async () => {
    write('invite-me.config.json', '{"from":"Json"}')
    write('other.yaml', 'from: Other')
    expect(await loadSettings({}, {}, folder)).toMatchObject({ from: 'Json' })
    expect(await loadSettings({ config: 'other.yaml' }, {}, folder)).toMatchObject({ from: 'Other' })
    expect(await loadSettings({}, { INVITE_ME_CONFIG: 'other.yaml' }, folder)).toMatchObject({
      from: 'Other',
    })
  })

  it('takes an empty file for one that says nothing', async () => {
    write('invite-me.config.yaml', '# nothing yet\n')
    expect(await loadSettings({}, {}, folder)).toMatchObject({ from: undefined })
  })

  it('keeps channels it does not know: they may be installed beside', async () => {
    write('invite-me.config.yaml', 'channels:\n  carrier-pigeon: { coop: north }\n  log:\n')
    const { channels } = await loadSettings({}, {}, folder)
    expect([...channels]).toEqual([
      ['carrier-pigeon', { coop: 'north' }],
      ['log', {}],
    ])
  })

  it('merges the options of a channel from file and environment', async () => {
    write('invite-me.config.yaml', 'channels:\n  email:\n    from: file@guests.test\n    connections: 1\n')
    const environment = { INVITE_ME_EMAIL_SMTP: 'smtp://mail.guests.test', INVITE_ME_EMAIL_CONNECTIONS: '3' }
    const { channels } = await loadSettings({}, environment, folder)
    expect(channels.get('email')).toEqual({
      from: 'file@guests.test',
      smtp: 'smtp://mail.guests.test',
      connections: 3,
    })
  })

  it('reads lists with commas between their items', async () => {
    const environment = {
      INVITE_ME_WEBHOOK_SECRETS: 'whsec_a, whsec_b',
      INVITE_ME_WEBHOOK_PORTS: '8080,9443',
    }
    const { channels } = await loadSettings({}, environment, folder)
    expect(channels.get('webhook')).toEqual({ secrets: ['whsec_a', 'whsec_b'], ports: [8_080, 9_443] })
  })

  it('merges the mailbox answers are fetched from in the same way', async () => {
    write(
      'invite-me.config.yaml',
      'inbound:\n  email:\n    imap:\n      host: imap.guests.test\n      auth: { user: ann }\n',
    )
    const environment = {
      INVITE_ME_INBOUND_EMAIL_IMAP_AUTH_PASS: 'secret-7f3a',
      INVITE_ME_INBOUND_EMAIL_IMAP_SECURE: 'false',
    }
    expect(await loadSettings({}, environment, folder)).toMatchObject({
      mailbox: { host: 'imap.guests.test', auth: { user: 'ann', pass: 'secret-7f3a' }, secure: false },
      unknownVariables: [],
    })
  })

  it('names variables that mean nothing', async () => {
    const environment = {
      INVITE_ME_EMIAL_SMTP: 'smtp://user:secret@mail.guests.test',
      INVITE_ME_DB: 'x.db',
      CI: '1',
    }
    expect(await loadSettings({}, environment, folder)).toMatchObject({
      unknownVariables: ['INVITE_ME_EMIAL_SMTP'],
    })
  })

  it.each([
    ['a field nobody knows', 'invite-me.config.yaml', 'form: Ann', 'form'],
    ['a wrong type', 'invite-me.config.json', '{"portal":{"url":5}}', '"portal.url"'],
    ['a list in place of an object', 'invite-me.config.yaml', '- from: Ann', 'is wrong'],
    ['broken YAML', 'invite-me.config.yaml', 'a: [secret-7f3a', 'not valid YAML: look at line 1'],
    ['broken JSON', 'invite-me.config.json', '{"a":secret-7f3a', 'not valid JSON'],
    ['YAML that grows without end', 'invite-me.config.yaml', billionLaughs(), 'repeats itself too often'],
  ])('refuses %s and never quotes what may be a secret', async (_name, file, text, reason) => {
    write(file, text)
    const refused = await loadSettings({}, {}, folder).catch((error: unknown) => error)
    expect(refused).toMatchObject({ code: 'OPTIONS_INVALID', message: expect.stringContaining(reason) })
    expect(String(refused)).not.toContain('secret-7f3a')
  })

  it('refuses a file that was named but is not there', async () => {
    await expect(loadSettings({ config: 'none.yaml' }, {}, folder)).rejects.toMatchObject({
      field: '--config',
    })
  })
})

function billionLaughs(): string {
  const levels = Array.from({ length: 12 }, (_, index) =>
    index === 0
      ? 'a0: &a0 [x, x]'
      : `a${index}: &a${index} [${Array(9)
          .fill(`*a${index - 1}`)
          .join(', ')}]`,
  )
  return levels.join('\n')
}
