import { describe, expect, test } from 'vitest'
import { classifyBounceStatus, classifySmtpFailure, classifySmtpReply, type SmtpPhase } from './outcome.ts'

/** What servers say, when, and what it means: status, scope, and the wait they ask for. */
const replies: readonly (readonly [
  reply: string,
  phase: SmtpPhase,
  status: string,
  scope: string,
  retryAfterMs?: number,
])[] = [
  // Addresses
  [
    '550 5.1.1 The email account that you tried to reach does not exist',
    'recipient',
    'permanent_recipient',
    'recipient',
  ],
  ['550-5.1.1 The email account\n550 5.1.1 does not exist', 'recipient', 'permanent_recipient', 'recipient'],
  ['550 5.1.2 Bad destination system', 'recipient', 'permanent_recipient', 'recipient'],
  ['550 5.1.10 RESOLVER.ADR.RecipientNotFound', 'recipient', 'permanent_recipient', 'recipient'],
  ['550 5.4.1 Recipient address rejected: Access denied', 'recipient', 'permanent_recipient', 'recipient'],
  ['550 5.4.4 Unable to route', 'recipient', 'permanent_recipient', 'recipient'],
  ['550 No such user', 'recipient', 'permanent_recipient', 'recipient'],
  ['551 User not local', 'recipient', 'permanent_recipient', 'recipient'],
  ['553 Mailbox name not allowed', 'recipient', 'permanent_recipient', 'recipient'],
  ['554 Refused', 'recipient', 'permanent_recipient', 'recipient'],
  ['556 5.1.10 Recipient address has null MX', 'recipient', 'permanent_recipient', 'recipient'],
  ['501 5.5.4 Bad address syntax', 'recipient', 'permanent_recipient', 'recipient'],
  ['553 5.6.7 SMTPUTF8 is required', 'recipient', 'permanent_recipient', 'recipient'],
  // Mailboxes
  ['550 5.2.1 The email account is disabled', 'recipient', 'permanent_recipient', 'recipient'],
  ['552 5.2.2 Mailbox full', 'recipient', 'retryable', 'recipient', 900_000],
  ['452 4.2.2 Over quota', 'recipient', 'retryable', 'recipient', 900_000],
  [
    '452-4.2.2 The email account that you tried to reach is over quota',
    'recipient',
    'retryable',
    'recipient',
    900_000,
  ],
  ['552 Over storage', 'recipient', 'retryable', 'recipient', 900_000],
  // Content
  ['552 5.2.3 Message exceeds the limit of the mailbox', 'data', 'permanent_content', 'message'],
  ['552 5.3.4 Message size exceeds fixed limit', 'sender', 'permanent_content', 'message'],
  ['552 Too large', 'data', 'permanent_content', 'message'],
  ['554 5.6.0 Invalid message content', 'data', 'permanent_content', 'message'],
  [
    '550 5.7.1 Our system has detected that this message is likely unsolicited mail',
    'data',
    'permanent_content',
    'message',
  ],
  ['552 5.7.0 Blocked because of an attachment', 'data', 'permanent_content', 'message'],
  ['550 Rejected as spam', 'data', 'permanent_content', 'message'],
  ['500 5.5.2 Syntax error', 'data', 'permanent_content', 'message'],
  // Policies and settings
  ['535 5.7.8 Authentication credentials invalid', 'login', 'permanent_config', 'sender'],
  ['534 5.7.9 Please log in via your web browser', 'login', 'permanent_config', 'sender'],
  ['530 5.7.0 Must issue a STARTTLS command first', 'sender', 'permanent_config', 'sender'],
  ['530 5.5.1 Authentication required', 'sender', 'permanent_config', 'sender'],
  ['550 5.7.26 This mail is unauthenticated', 'data', 'permanent_config', 'sender'],
  ['550 5.7.25 The sending IP has no PTR record', 'data', 'permanent_config', 'sender'],
  ['550 5.7.27 SPF did not pass', 'data', 'permanent_config', 'sender'],
  ['550 5.7.29 Sent without TLS', 'data', 'permanent_config', 'sender'],
  ['550 5.7.30 DKIM did not pass', 'data', 'permanent_config', 'sender'],
  ['554 5.7.9 Message not accepted for policy reasons', 'data', 'permanent_config', 'sender'],
  ['550 5.7.708 Traffic not accepted from this tenant', 'data', 'permanent_config', 'sender'],
  ['554 5.7.1 <ann@guests.test>: Relay access denied', 'recipient', 'permanent_config', 'sender'],
  [
    '554 5.7.1 Service unavailable; Client host [203.0.113.9] blocked',
    'recipient',
    'permanent_config',
    'sender',
  ],
  [
    '554 5.7.1 <ann@guests.test>: Recipient address rejected: Access denied',
    'recipient',
    'permanent_recipient',
    'recipient',
  ],
  [
    '550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup',
    'recipient',
    'permanent_recipient',
    'recipient',
  ],
  ['550 5.1.8 Sender domain not found', 'sender', 'permanent_config', 'sender'],
  ['553 5.1.7 Bad sender', 'recipient', 'permanent_config', 'sender'],
  ['550 Sender refused', 'sender', 'permanent_config', 'sender'],
  ['554 Transaction failed', 'data', 'permanent_config', 'sender'],
  ['571 Blocked', 'data', 'permanent_config', 'sender'],
  ['554 No SMTP service here', 'connect', 'permanent_config', 'provider'],
  ['521 Host does not accept mail', 'connect', 'permanent_config', 'provider'],
  ['554 5.3.5 System incorrectly configured', 'sender', 'permanent_config', 'provider'],
  // For now
  ['421 4.3.0 Closing', 'connect', 'retryable', 'provider'],
  ['421 Service not available', 'data', 'retryable', 'provider'],
  ['450 4.1.1 Unverified address', 'recipient', 'retryable', 'recipient'],
  ['450 Mailbox unavailable', 'recipient', 'retryable', 'recipient'],
  ['451 4.3.0 Local error', 'data', 'retryable', 'provider'],
  ['451 4.7.1 Greylisted, please come back', 'recipient', 'retryable', 'recipient', 300_000],
  ['450 You have been greylisted', 'recipient', 'retryable', 'recipient', 300_000],
  ['452 4.3.1 Insufficient system storage', 'sender', 'retryable', 'provider'],
  ['452 Insufficient storage', 'recipient', 'retryable', 'recipient'],
  ['454 4.7.0 Temporary authentication failure', 'login', 'retryable', 'sender'],
  ['503 5.5.1 Bad sequence of commands', 'recipient', 'retryable', 'provider'],
  [
    '450 4.2.1 The user you are trying to contact is receiving mail too quickly',
    'recipient',
    'rate_limited',
    'recipient',
    600_000,
  ],
  [
    '550 5.2.1 The user you are trying to contact is receiving mail at a rate that prevents additional messages',
    'recipient',
    'rate_limited',
    'recipient',
    600_000,
  ],
  ['450 4.2.1 The mailbox takes no mail now', 'recipient', 'retryable', 'recipient'],
  ['421 4.7.28 Unusual rate of mail from your address', 'data', 'rate_limited', 'sender', 900_000],
  [
    '421 4.7.26 This mail has been rate limited because it is unauthenticated',
    'data',
    'rate_limited',
    'sender',
    900_000,
  ],
  ['421 4.7.27 SPF did not pass', 'data', 'rate_limited', 'sender', 900_000],
  ['550 5.4.5 Daily user sending limit exceeded', 'data', 'rate_limited', 'sender', 3_600_000],
  [
    '550 5.7.1 Daily SMTP relay sending limit exceeded for this user',
    'sender',
    'rate_limited',
    'sender',
    3_600_000,
  ],
  ['452 4.5.3 Too many recipients', 'recipient', 'rate_limited', 'message', 60_000],
  ['421 4.7.0 Too many connections', 'connect', 'rate_limited', 'sender', 60_000],
  ['450 Too many messages', 'sender', 'rate_limited', 'sender', 60_000],
  // A status of another class than the reply does not count.
  ['550 4.1.1 Odd', 'recipient', 'permanent_recipient', 'recipient'],
]

describe('a server’s answer', () => {
  const rows = replies.map(([reply, phase, status, scope, retryAfterMs]) => ({
    reply,
    phase,
    status,
    scope,
    retryAfterMs,
  }))
  test.each(rows)('$reply ($phase)', ({ phase, reply, retryAfterMs, scope, status }) => {
    const outcome = classifySmtpReply(reply, phase)
    expect(outcome).toMatchObject({ status, scope, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) })
  })

  test.each(['250 2.0.0 Ok', '354 Go on', 'hello', '', '55', '5500', '600 what'])(
    'no refusal: %j',
    (reply) => {
      expect(classifySmtpReply(reply, 'data')).toBeUndefined()
    },
  )

  test('the code is told, the words are not', () => {
    const outcome = classifySmtpReply('550 5.1.1 <ann@guests.test> has moved; password hunter2', 'recipient')
    expect(outcome?.providerCode).toBe('550 5.1.1')
    expect(JSON.stringify(outcome)).not.toMatch(/ann@|hunter2/)
  })
})

const silences: readonly (readonly [
  errorCode: string | undefined,
  isMessageOut: boolean,
  status: string,
  scope: string,
])[] = [
  ['ECONNREFUSED', false, 'retryable', 'provider'],
  ['ETIMEDOUT', false, 'retryable', 'provider'],
  ['ECONNRESET', false, 'retryable', 'provider'],
  ['ENOTFOUND', false, 'retryable', 'provider'],
  ['EABORT', false, 'retryable', 'provider'],
  [undefined, false, 'retryable', 'provider'],
  ['ECONNECTION', true, 'unknown', 'provider'],
  ['ETIMEDOUT', true, 'unknown', 'provider'],
  ['EABORT', true, 'unknown', 'provider'],
  ['EPROTOCOL', true, 'unknown', 'provider'],
  ['EAUTH', false, 'permanent_config', 'sender'],
  ['ENOAUTH', false, 'permanent_config', 'sender'],
  ['EREQUIRETLS', false, 'permanent_config', 'provider'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', false, 'permanent_config', 'provider'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', false, 'permanent_config', 'provider'],
  ['EMESSAGE', false, 'permanent_content', 'message'],
  ['EENVELOPE', false, 'permanent_recipient', 'recipient'],
  ['ENOUTF8', false, 'permanent_recipient', 'recipient'],
]

describe('no answer', () => {
  test.each(silences)('%s, message out: %s', (errorCode, isMessageOut, status, scope) => {
    const failure = {
      phase: 'connect',
      isMessageOut,
      ...(errorCode === undefined ? {} : { errorCode }),
    } as const
    expect(classifySmtpFailure(failure)).toMatchObject({ status, scope })
  })

  test('an answer counts for more than how far the message got', () => {
    const failure = {
      phase: 'data',
      isMessageOut: true,
      reply: '451 4.3.0 Try later',
      errorCode: 'EMESSAGE',
    } as const
    expect(classifySmtpFailure(failure)).toMatchObject({ status: 'retryable', providerCode: '451 4.3.0' })
  })
})

describe('a delivery report', () => {
  test.each<
    readonly [status: string, diagnostic: string | undefined, expected: string, providerCode: string]
  >([
    ['5.1.1', 'smtp; 550 5.1.1 User unknown', 'permanent_recipient', '550 5.1.1'],
    ['5.2.2', undefined, 'retryable', '550 5.2.2'],
    ['5.0.0', 'smtp; 552 5.3.4 Too large', 'permanent_content', '552 5.3.4'],
    ['5.7.1', 'smtp; 554 5.7.1 Relay access denied', 'permanent_config', '554 5.7.1'],
    ['4.4.1', 'smtp; connect timed out', 'retryable', '450 4.4.1'],
    ['', undefined, 'permanent_recipient', '550'],
    ['9.9.9', 'x', 'permanent_recipient', '550'],
  ])('%s %s', (status, diagnostic, expected, providerCode) => {
    expect(classifyBounceStatus(status, diagnostic)).toMatchObject({ status: expected, providerCode })
  })
})
