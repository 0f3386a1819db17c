import { describe, expect, it } from 'vitest'
import { mailboxOptions, readMailboxSettings } from './inbound-settings.ts'

const auth = { user: 'replies@guests.test', pass: 'secret-7f3a' }

function refusal(written: Readonly<Record<string, unknown>> | undefined): unknown {
  try {
    return readMailboxSettings(written)
  } catch (error) {
    return error
  }
}

describe('the mailbox answers are fetched from', () => {
  it('has a variable for each of its options, and no other', () => {
    const everything = {
      host: 'imap.guests.test',
      port: 143,
      secure: false,
      requireTls: true,
      auth,
      mailbox: 'Replies',
      moveTo: 'Done',
      everyMs: 5_000,
    }
    expect(readMailboxSettings(everything)).toEqual(everything)
    const names = Object.keys(everything).flatMap((name) =>
      name === 'auth' ? ['auth.user', 'auth.pass'] : name,
    )
    expect(mailboxOptions.map(({ name }) => name).toSorted()).toEqual(names.toSorted())
    expect(mailboxOptions.map(({ env }) => env)).toContain('INVITE_ME_INBOUND_EMAIL_IMAP_AUTH_PASS')
    expect(mailboxOptions.map(({ env }) => env)).toContain('INVITE_ME_INBOUND_EMAIL_IMAP_MOVE_TO')
  })

  it.each([
    ['nothing at all', undefined, 'host', 'INVITE_ME_INBOUND_EMAIL_IMAP_HOST'],
    [
      'no password',
      { host: 'h', auth: { user: 'u' } },
      'auth.pass',
      'INVITE_ME_INBOUND_EMAIL_IMAP_AUTH_PASS',
    ],
    ['a port that is none', { host: 'h', auth, port: 70_000 }, 'port', 'INVITE_ME_INBOUND_EMAIL_IMAP_PORT'],
    ['an option nobody knows', { host: 'h', auth, user: 'secret-7f3a' }, undefined, 'inbound.email.imap'],
  ])('is refused with %s, saying where to set it and no secret', (_what, written, field, place) => {
    const refused = refusal(written)
    expect(refused).toMatchObject({
      code: 'OPTIONS_INVALID',
      field: ['inbound.email.imap', field].filter((part) => part !== undefined).join('.'),
      message: expect.stringContaining(place),
    })
    expect(String(refused)).not.toContain('secret-7f3a')
  })
})
