import { generateKeyPairSync } from 'node:crypto'
import { createServer, type AddressInfo } from 'node:net'
import PostalMime from 'postal-mime'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { isInviteMeError, type Channel, type SendOutcome } from '@invite-me/core/channel'
import { outboundMessage, sendContext, testMoment } from '../../../tests/peers/outbound-message.ts'
import {
  startSmtpSink,
  type SinkFault,
  type SinkOptions,
  type SmtpSink,
} from '../../../tests/peers/smtp-sink.ts'
import { email } from './email.ts'

type EmailInput = Parameters<typeof email>[0]

const closers: (() => Promise<void> | undefined)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close()
})

function open(port: number, options: Partial<EmailInput> = {}): Channel {
  const channel = email({
    smtp: { host: '127.0.0.1', port },
    from: { name: 'Dinner', address: 'dinner@dinner.test' },
    replyDomain: 'reply.dinner.test',
    ...options,
  })
  closers.push(() => channel.close?.())
  return channel
}

async function openWithSink(
  sinkOptions: SinkOptions = {},
  options: Partial<EmailInput> = {},
): Promise<{ channel: Channel; sink: SmtpSink }> {
  const sink = await startSmtpSink(sinkOptions)
  closers.push(() => sink.close())
  return { sink, channel: open(sink.port, options) }
}

const faultAt = (fault: SinkFault): SinkOptions => ({
  fault: ({ moment }) => (moment === fault.at ? fault : undefined),
})

describe('a message', () => {
  test('arrives with both texts and the headers that others rely on', async () => {
    const { channel, sink } = await openWithSink(
      {},
      { bounceDomain: 'bounce.dinner.test', unsubscribeMailto: 'stop@dinner.test' },
    )
    const outcome = await channel.send(outboundMessage(), sendContext())
    const id = '<0192f0c1-6d2e-7000-8000-000000000001.0@dinner.test>'
    expect(outcome).toEqual({ status: 'accepted', providerMessageId: id })
    const [mail] = sink.mails
    expect(mail).toMatchObject({
      from: 'bounce+k7Qm2xV9bT4sW8nL3pR6dY@bounce.dinner.test',
      to: ['ann@guests.test'],
    })
    const parsed = await PostalMime.parse(mail?.raw ?? '')
    const header = (name: string) => parsed.headers.find(({ key }) => key === name)?.value
    expect(parsed).toMatchObject({
      from: { name: 'Dinner', address: 'dinner@dinner.test' },
      to: [{ name: 'Ann Lee', address: 'ann@guests.test' }],
      replyTo: [{ name: 'Dinner', address: 'reply+k7Qm2xV9bT4sW8nL3pR6dY@reply.dinner.test' }],
      subject: 'Dinner on Friday at 8?',
      messageId: id,
      date: new Date(testMoment).toISOString(),
    })
    expect(header('auto-submitted')).toBe('auto-generated')
    expect(header('list-unsubscribe')).toBe(
      '<https://portal.test/u/stopstopstop>, <mailto:stop@dinner.test?subject=unsubscribe>',
    )
    expect(header('list-unsubscribe-post')).toBe('List-Unsubscribe=One-Click')
    expect(header('content-type')).toMatch(/^multipart\/alternative/)
    expect(parsed.text).toContain('Anna asks:')
    expect(parsed.html).toContain('tokentokentoken?choose=yes')
  })

  test('keeps its Message-ID when it is sent again', async () => {
    const { channel, sink } = await openWithSink()
    const first = await channel.send(outboundMessage(), sendContext())
    const again = await channel.send(outboundMessage({ purpose: 'reminder' }), sendContext())
    const other = await channel.send(outboundMessage(), sendContext({ idempotencyKey: 'other-key.1' }))
    expect(again).toEqual(first)
    expect(other).not.toEqual(first)
    expect(sink.mails).toHaveLength(3)
  })

  test.each([
    ['dinner@dinner.test', { name: '', address: 'dinner@dinner.test' }],
    ['Dinner at 8 <dinner@dinner.test>', { name: 'Dinner at 8', address: 'dinner@dinner.test' }],
    ['"Lee, Ann" <dinner@DINNER.test>', { name: 'Lee, Ann', address: 'dinner@dinner.test' }],
  ])('comes from %s', async (from, sender) => {
    const { channel, sink } = await openWithSink({}, { from })
    await channel.send(outboundMessage(), sendContext())
    expect((await PostalMime.parse(sink.mails[0]?.raw ?? '')).from).toEqual(sender)
  })

  test('without tokens and links has none of their headers', async () => {
    const { channel, sink } = await openWithSink()
    const { replyToken: _token, ...message } = outboundMessage({ links: {} })
    await channel.send(message, sendContext())
    expect(sink.mails[0]).toMatchObject({ from: 'dinner@dinner.test' })
    expect(sink.mails[0]?.raw).not.toMatch(/^(?:Reply-To|List-Unsubscribe)/im)
  })

  test('a link that could leave its brackets stays out of the header', async () => {
    const { channel, sink } = await openWithSink()
    await channel.send(
      outboundMessage({ links: { unsubscribe: 'https://portal.test/u>,<mailto:bob@guests.test' } }),
      sendContext(),
    )
    expect(sink.mails[0]?.raw).not.toMatch(/^List-Unsubscribe/im)
  })

  test('many at once share few connections', async () => {
    const { channel, sink } = await openWithSink({}, { connections: 3 })
    const sends = Array.from({ length: 60 }, (_, index) =>
      channel.send(outboundMessage(), sendContext({ idempotencyKey: `key-${index}` })),
    )
    const outcomes = await Promise.all(sends)
    expect(outcomes.every(({ status }) => status === 'accepted')).toBe(true)
    expect(sink.counts.connections).toBeLessThanOrEqual(3)
  })

  test('signed with DKIM covers both unsubscribe headers', async () => {
    const { privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 1024,
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    })
    const { channel, sink } = await openWithSink(
      {},
      { dkim: { domainName: 'dinner.test', keySelector: 's1', privateKey } },
    )
    await channel.send(outboundMessage(), sendContext())
    const raw = sink.mails[0]?.raw.replace(/\r\n[ \t]+/g, '') ?? ''
    const signed = /^DKIM-Signature:.*\bh=([^;]+)/im
      .exec(raw)?.[1]
      ?.toLowerCase()
      .split(/\s*:\s*/)
    expect(signed).toEqual(
      expect.arrayContaining([
        'from',
        'to',
        'subject',
        'message-id',
        'reply-to',
        'list-unsubscribe',
        'list-unsubscribe-post',
      ]),
    )
  })
})

describe('hostile input', () => {
  test.each([
    'ann@guests.test\r\nBcc: bob@guests.test',
    'x: bob@guests.test;',
    'a@a.test; bob@guests.test',
    'a@a.test\0@guests.test',
    'a@a.test, bob@guests.test',
    'Ann <bob@guests.test>',
    '"ann@guests.test"@e.test',
  ])('nobody gets mail for %j', async (address) => {
    const { channel, sink } = await openWithSink()
    const outcome = await channel.send(outboundMessage({ to: { address } }), sendContext())
    expect(outcome).toMatchObject({ status: 'permanent_recipient', scope: 'recipient' })
    expect(sink.counts).toEqual({ accepted: 0, connections: 0 })
    expect(channel.address?.(address)).toMatchObject({ ok: false })
  })

  test.each([
    'Ann "the cook" Lee',
    'Ann\r\nBcc: bob@guests.test',
    'Lee, Ann <bob@guests.test>',
    'bob@guests.test',
    '(Ann) \\ ; : @ [Lee]',
    'Ann\u202eeel\u2066',
    '=?utf-8?Q?bob@guests.test=0D=0ABcc:_bob?=',
    'Åsa Ødegård 👩‍🍳',
    'A'.repeat(5_000),
  ])('a person called %j gets one mail and nobody else does', async (name) => {
    const { channel, sink } = await openWithSink()
    const message = outboundMessage({
      to: { address: 'ann@guests.test', name },
      originator: { name },
      content: { subject: name, text: name },
    })
    expect(await channel.send(message, sendContext())).toMatchObject({ status: 'accepted' })
    expect(sink.mails).toHaveLength(1)
    expect(sink.mails[0]?.to).toEqual(['ann@guests.test'])
    const parsed = await PostalMime.parse(sink.mails[0]?.raw ?? '')
    expect(parsed.to).toEqual([{ name: expect.any(String), address: 'ann@guests.test' }])
    expect(
      parsed.headers
        .filter(({ key }) => ['bcc', 'cc', 'to', 'subject'].includes(key))
        .map(({ key }) => key)
        .toSorted(),
    ).toEqual(['subject', 'to'])
  })

  test('dots, long lines, bare line feeds and other scripts arrive as they were', async () => {
    const { channel, sink } = await openWithSink()
    const text = `.\n..\nFrom here\n${'long '.repeat(400)}\nПривет שלום 👋🏽\r\n.\r\nQUIT`
    await channel.send(outboundMessage({ content: { subject: 'x', text } }), sendContext())
    const parsed = await PostalMime.parse(sink.mails[0]?.raw ?? '')
    expect(parsed.text?.replaceAll('\r\n', '\n')).toContain(text.replaceAll('\r\n', '\n'))
    expect(sink.mails).toHaveLength(1)
  })

  test('a megabyte of text is refused before anything is opened', async () => {
    const { channel, sink } = await openWithSink()
    const outcome = await channel.send(
      outboundMessage({ content: { text: 'x'.repeat(1_000_000) } }),
      sendContext(),
    )
    expect(outcome).toMatchObject({ status: 'permanent_content', scope: 'message' })
    expect(sink.counts.connections).toBe(0)
  })

  test('neither files nor addresses are read into a message', async () => {
    const { channel, sink } = await openWithSink()
    const text = 'file:///etc/hostname <img src="http://127.0.0.1:1/x">'
    await channel.send(outboundMessage({ content: { text } }), sendContext())
    expect(sink.mails[0]?.raw).toContain('file:///etc/hostname')
  })
})

describe('a server that refuses', () => {
  test.each<readonly [SinkFault & { reply: string }, Partial<SendOutcome> & { providerCode: string }]>([
    [
      { at: 'recipient', reply: '550 5.1.1 No such user' },
      { status: 'permanent_recipient', providerCode: '550 5.1.1' },
    ],
    [
      { at: 'recipient', reply: '452 4.2.2 Mailbox full' },
      { status: 'retryable', scope: 'recipient', providerCode: '452 4.2.2' },
    ],
    [
      { at: 'recipient', reply: '450 4.2.1 Receiving mail too quickly' },
      { status: 'rate_limited', scope: 'recipient', providerCode: '450 4.2.1' },
    ],
    [
      { at: 'sender', reply: '421 4.3.0 Closing' },
      { status: 'retryable', scope: 'provider', providerCode: '421 4.3.0' },
    ],
    [
      { at: 'sender', reply: '550 5.7.1 Not from you' },
      { status: 'permanent_config', providerCode: '550 5.7.1' },
    ],
    [
      { at: 'message', reply: '554 5.7.1 Spam' },
      { status: 'permanent_content', providerCode: '554 5.7.1' },
    ],
    [
      { at: 'message', reply: '552 5.3.4 Too large' },
      { status: 'permanent_content', providerCode: '552 5.3.4' },
    ],
    [
      { at: 'message', reply: '451 4.3.0 Disk trouble' },
      { status: 'retryable', scope: 'provider', providerCode: '451 4.3.0' },
    ],
    [
      { at: 'message', reply: '554 Refused' },
      { status: 'permanent_config', providerCode: '554' },
    ],
    [
      { at: 'connect', reply: '554 Go away' },
      { status: 'permanent_config', scope: 'provider', providerCode: '554' },
    ],
    [
      { at: 'connect', reply: '421 Too busy' },
      { status: 'retryable', scope: 'provider', providerCode: '421' },
    ],
  ])('%j', async (fault, outcome) => {
    const { channel, sink } = await openWithSink(faultAt(fault))
    expect(await channel.send(outboundMessage(), sendContext())).toMatchObject(outcome)
    expect(sink.mails).toEqual([])
  })

  test('one person does not stop the others', async () => {
    const { channel, sink } = await openWithSink({
      fault: ({ moment, recipient }) =>
        moment === 'recipient' && recipient.startsWith('bad')
          ? { at: 'recipient', reply: '550 5.1.1 No' }
          : undefined,
    })
    const names = ['bad1', 'ann', 'bad2', 'bob', 'bad3', 'eve']
    const outcomes = await Promise.all(
      names.map((name) =>
        channel.send(outboundMessage({ to: { address: `${name}@guests.test` } }), sendContext()),
      ),
    )
    expect(outcomes.map(({ status }) => status === 'accepted')).toEqual([
      false,
      true,
      false,
      true,
      false,
      true,
    ])
    expect(sink.counts.connections).toBeLessThanOrEqual(5)
  })

  test('a wrong password is told apart, and is told to nobody', async () => {
    const said: unknown[] = []
    const log = {
      warn: (...words: unknown[]) => void said.push(words),
      error: (...words: unknown[]) => void said.push(words),
    }
    const smtp = (port: number) => ({
      host: '127.0.0.1',
      port,
      auth: { user: 'planted-user', pass: 'planted-secret' },
    })
    const { sink } = await openWithSink({ login: { user: 'dinner', pass: 'right' } })
    const channel = open(sink.port, { smtp: smtp(sink.port) })
    const outcome = await channel.send(outboundMessage(), sendContext({ log }))
    const probe = await channel.probe?.(AbortSignal.timeout(2_000))
    expect(outcome).toMatchObject({ status: 'permanent_config', scope: 'sender', providerCode: '535 5.7.8' })
    expect(probe).toMatchObject({ ok: false })
    expect(JSON.stringify([outcome, probe, said])).not.toMatch(/planted|ann@|Dinner on/)
    const right = open(sink.port, { smtp: `smtp://dinner:right@127.0.0.1:${sink.port}` })
    expect(await right.send(outboundMessage(), sendContext())).toMatchObject({ status: 'accepted' })
    expect(await right.probe?.(AbortSignal.timeout(2_000))).toMatchObject({ ok: true })
  })
})

test('a server that cannot encrypt gets neither a password nor a message where that is wanted', async () => {
  const { sink } = await openWithSink({ login: { user: 'dinner', pass: 'right' } })
  const auth = { user: 'dinner', pass: 'right' }
  const strict = open(sink.port, { smtp: { host: '127.0.0.1', port: sink.port, requireTls: true, auth } })
  const outcome = await strict.send(outboundMessage(), sendContext())
  expect(outcome).toMatchObject({ status: 'permanent_config', scope: 'provider' })
  expect(await strict.probe?.(AbortSignal.timeout(2_000))).toMatchObject({ ok: false })
  expect(sink.counts.accepted).toBe(0)
})

test('letters outside ASCII in an address are in the envelope and in the mail', async () => {
  const { channel, sink } = await openWithSink()
  const message = outboundMessage({ to: { address: 'jürgen@guests.test', name: 'Jürgen' } })
  expect(await channel.send(message, sendContext())).toMatchObject({ status: 'accepted' })
  expect(sink.mails[0]?.to).toEqual(['jürgen@guests.test'])
  expect((await PostalMime.parse(sink.mails[0]?.raw ?? '')).to).toEqual([
    { name: 'Jürgen', address: 'jürgen@guests.test' },
  ])
})

describe('a connection that breaks', () => {
  test.each<readonly [SinkFault, SendOutcome['status']]>([
    [{ at: 'connect', act: 'drop' }, 'retryable'],
    [{ at: 'sender', act: 'drop' }, 'retryable'],
    [{ at: 'recipient', act: 'drop' }, 'retryable'],
    [{ at: 'message', act: 'drop' }, 'unknown'],
    [{ at: 'message', act: 'accept-then-drop' }, 'accepted'],
  ])('%j', async (fault, status) => {
    const { channel, sink } = await openWithSink(faultAt(fault))
    expect(await channel.send(outboundMessage(), sendContext())).toMatchObject({ status })
    expect(sink.received.length).toBe(status === 'retryable' ? 0 : 1)
  })

  test('in the middle of a long message: a server may not deliver a part', async () => {
    const { channel, sink } = await openWithSink(faultAt({ at: 'begin', act: 'drop' }))
    const outcome = await channel.send(
      outboundMessage({ content: { text: 'Жили-были '.repeat(9_000) } }),
      sendContext(),
    )
    expect(outcome).toMatchObject({ status: 'retryable', scope: 'provider' })
    expect(sink.received).toEqual([])
  })

  test.each<readonly [SinkFault, SendOutcome['status']]>([
    [{ at: 'connect', act: 'hold' }, 'retryable'],
    [{ at: 'recipient', act: 'hold' }, 'retryable'],
    [{ at: 'message', act: 'hold' }, 'unknown'],
  ])('or hangs is left at the deadline: %j', async (fault, status) => {
    const { channel } = await openWithSink(faultAt(fault))
    expect(await channel.send(outboundMessage(), sendContext({ timeoutMs: 300 }))).toMatchObject({
      status,
      scope: 'provider',
    })
  })

  test('that was called off before sends nothing', async () => {
    const { channel, sink } = await openWithSink()
    expect(await channel.send(outboundMessage(), sendContext({ signal: AbortSignal.abort() }))).toMatchObject(
      { status: 'retryable' },
    )
    expect(sink.counts.accepted).toBe(0)
  })

  test('is not there at all', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    await new Promise((resolve) => server.close(resolve))
    const channel = open(port)
    expect(await channel.send(outboundMessage(), sendContext())).toMatchObject({
      status: 'retryable',
      scope: 'provider',
      providerCode: 'ECONNREFUSED',
    })
    expect(await channel.probe?.(AbortSignal.timeout(2_000))).toMatchObject({ ok: false })
  })

  test('is replaced, and a message the old one never began is not lost', async () => {
    let drops = 1
    const { channel, sink } = await openWithSink({
      fault: ({ moment }) =>
        moment === 'connect' && drops-- > 0 ? { at: 'connect', act: 'drop' } : undefined,
    })
    expect(await channel.send(outboundMessage(), sendContext())).toMatchObject({ status: 'accepted' })
    expect(sink.mails).toHaveLength(1)
  })
})

describe('the channel', () => {
  test('carries answers by itself only where replies reach us', () => {
    const all = ['yesNo', 'choice', 'text', 'number', 'date', 'rsvp']
    const { replyDomain: _reply, ...bare } = {
      smtp: 'smtp://127.0.0.1:2525',
      from: 'a@dinner.test',
      replyDomain: 'r.test',
    }
    expect(email({ ...bare, replyDomain: 'r.test' }).supports).toMatchObject({
      answers: all,
      tokens: ['respond', 'unsubscribe', 'reply'],
      edits: ['calendar'],
    })
    expect(email({ ...bare, replyAddress: 'answers-{token}@r.test' }).supports).toMatchObject({
      answers: all,
    })
    expect(email(bare).supports).toMatchObject({
      answers: [],
      tokens: ['respond', 'unsubscribe'],
      links: true,
    })
  })

  test('drives no harder than it is told', () => {
    const options = {
      smtp: 'smtp://127.0.0.1',
      from: 'a@dinner.test',
      connections: 2,
      rate: { count: 5, perMs: 1_000 },
      timeoutMs: 9_000,
    }
    expect(email(options).limits).toEqual({
      concurrency: 4,
      rate: { count: 5, perMs: 1_000 },
      timeoutMs: 9_000,
    })
  })

  test('drives a domain no harder than it is told, each on its own', () => {
    const rate = (count: number) => ({ count, perMs: 60_000 })
    const { limits } = email({
      smtp: 'smtp://127.0.0.1',
      from: 'a@dinner.test',
      domainRates: { 'Gmail.com': rate(20), 'bücher.test': rate(1), '*': rate(100) },
    })
    expect(limits?.bucket?.('ann@gmail.com')).toEqual({ key: 'gmail.com', rate: rate(20) })
    expect(limits?.bucket?.('ann@xn--bcher-kva.test')).toEqual({ key: 'xn--bcher-kva.test', rate: rate(1) })
    expect(limits?.bucket?.('ann@guests.test')).toEqual({ key: 'guests.test', rate: rate(100) })
    expect(limits?.bucket?.('ann@constructor')).toEqual({ key: 'constructor', rate: rate(100) })
    expect(email({ smtp: 'smtp://127.0.0.1', from: 'a@dinner.test' }).limits?.bucket).toBeUndefined()
  })

  test.each<readonly [string, Record<string, unknown>]>([
    ['domainRates', { domainRates: { 'not a domain': { count: 1, perMs: 1 } } }],
    ['domainRates', { domainRates: { 'gmail.com': { count: 0, perMs: 1 } } }],
    ['feedbackId', { feedbackId: 'a:b:c:d' }],
    ['smtpConnection', { smtpConnection: {} }],
    ['smtp', { smtp: 'http://user:planted-secret@127.0.0.1' }],
    ['smtp', { smtp: 'smtp://user:planted-secret@127.0.0.1/?tls.rejectUnauthorized=false' }],
    ['smtp', { smtp: { host: '' } }],
    ['from', { from: 'Dinner <a@dinner.test>, b@dinner.test' }],
    ['from', { from: 'Dinner\r\nBcc: b <a@dinner.test>' }],
    ['from', { from: { name: 'x\r\nBcc: y', address: 'a@dinner.test' } }],
    ['replyDomain', { replyDomain: 'not a domain' }],
    ['replyAddress', { replyAddress: 'reply@dinner.test' }],
    ['dkim', { dkim: { domainName: 'dinner.test', keySelector: 's', privateKey: 'planted-secret' } }],
    ['connections', { connections: 0 }],
    ['', { colour: 'red' }],
  ])('names a wrong option: %s', (field, change) => {
    const make = () => email({ smtp: 'smtp://127.0.0.1', from: 'a@dinner.test', ...change } as EmailInput)
    expect(make).toThrow(
      expect.objectContaining({
        code: 'OPTIONS_INVALID',
        field: expect.stringMatching(new RegExp(`^${field}`)),
      }),
    )
    expect(make).not.toThrow(/planted/)
  })

  test('says what to install when nodemailer is missing', async () => {
    vi.doMock('nodemailer/lib/smtp-connection', () => {
      throw new Error('Cannot find package')
    })
    closers.push(async () => {
      vi.doUnmock('nodemailer/lib/smtp-connection')
    })
    const channel = open(1)
    expect(await channel.send(outboundMessage(), sendContext())).toMatchObject({
      status: 'permanent_config',
      scope: 'provider',
      providerCode: 'PEER_MISSING',
      detail: expect.stringContaining('npm i nodemailer'),
    })
    expect(await channel.probe?.(AbortSignal.timeout(1_000))).toMatchObject({
      ok: false,
      detail: expect.stringContaining('npm i nodemailer'),
    })
  })

  test('closes twice, and then sends nothing', async () => {
    const { channel, sink } = await openWithSink()
    await channel.send(outboundMessage(), sendContext())
    await channel.close?.()
    await channel.close?.()
    expect(await channel.send(outboundMessage(), sendContext())).toMatchObject({ status: 'retryable' })
    expect(sink.mails).toHaveLength(1)
    await open(1).close?.()
  })

  test('shares nothing with another of its kind', async () => {
    const one = await openWithSink()
    const other = await openWithSink()
    await one.channel.close?.()
    expect(await other.channel.send(outboundMessage(), sendContext())).toMatchObject({ status: 'accepted' })
  })

  test('takes replies', async () => {
    const body = 'To: reply+k7Qm2xV9bT4sW8nL3pR6dY@reply.dinner.test\r\nFrom: ann@guests.test\r\n\r\nYes\r\n'
    const request = new Request('http://mail.test/', {
      method: 'POST',
      body,
      headers: { 'content-type': 'message/rfc822' },
    })
    const facts = await open(1).receive?.(request, sendContext())
    expect(facts).toMatchObject([{ kind: 'answer', at: new Date(testMoment), input: { text: 'Yes' } }])
  })

  test('refuses mail over its size', async () => {
    const channel = open(1, { maxInboundBytes: 1_000 })
    const request = new Request('http://mail.test/', {
      method: 'POST',
      body: 'x'.repeat(2_000),
      headers: { 'content-type': 'message/rfc822' },
    })
    const error: unknown = await channel.receive?.(request, sendContext()).catch((reason: unknown) => reason)
    expect(isInviteMeError(error) && error.code).toBe('BODY_TOO_LARGE')
  })
})
