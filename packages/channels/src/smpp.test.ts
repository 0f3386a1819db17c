import { InviteMeError, type InboundFact, type OutboundMessage } from '@invite-me/core/channel'
import { once } from 'node:events'
import { connect, type AddressInfo } from 'node:net'
import { createServer } from 'node:tls'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { outboundMessage, sendContext, testMoment } from '../../../tests/peers/outbound-message.ts'
import { explainNoCertificates, selfSignedCertificate } from '../../../tests/peers/self-signed-certificate.ts'
import { smscAccount, startSmsc, type Smsc } from '../../../tests/peers/smsc.ts'
import { waitUntil } from '../../../tests/peers/wait-until.ts'
import { listenForSms, smpp, type SmsListenerOptions } from './smpp.ts'

const ann = '+4915123456789'
const noCertificates = explainNoCertificates()
let smsc: Smsc
let channel: ReturnType<typeof smpp>
let closers: (() => Promise<unknown>)[]

beforeEach(async () => {
  smsc = await startSmsc()
  closers = [() => smsc.close()]
  channel = open()
})
afterEach(async () => {
  for (const close of closers.toReversed()) await close()
})

function open(options: Partial<Parameters<typeof smpp>[0]> = {}): ReturnType<typeof smpp> {
  const made = smpp({
    host: '127.0.0.1',
    port: smsc.port,
    ...smscAccount,
    source: '+4915100000000',
    throttlePauseMs: 10,
    reconnectMs: 10,
    ...options,
  })
  closers.push(() => made.close?.() ?? Promise.resolve())
  return made
}

const send = (change: Partial<OutboundMessage> = {}, by = channel, timeoutMs = 5_000) =>
  by.send(outboundMessage({ to: { address: ann }, ...change }), sendContext({ timeoutMs }))
const notice = (text: string): Partial<OutboundMessage> => ({
  content: { text },
  originator: null,
  answer: undefined as never,
})

/** Listens, and gives what came in as facts. */
function listen(options: Partial<SmsListenerOptions> = {}): InboundFact[] {
  const facts: InboundFact[] = []
  const listener = listenForSms(channel, {
    receive: async (request) => {
      facts.push(...((await channel.receive?.(request, sendContext())) ?? []))
    },
    ...options,
  })
  closers.push(() => listener.close())
  return facts
}

test('a short question goes in one part, with how to answer', async () => {
  expect(await send()).toEqual({ status: 'accepted', providerMessageId: 'm1', detail: '1 segment (GSM-7)' })
  expect(await smsc.received()).toEqual([
    'Anna: Dinner on Friday at 8?\nReply YES or NO.\nOr: https://portal.test/r/tokentokentoken',
  ])
  expect(smsc.parts[0]).toMatchObject({
    source: '4915100000000',
    destination: '4915123456789',
    dataCoding: 0,
    esmClass: 0,
    registeredDelivery: 1,
  })
})

test('a long text goes in parts; the last one has the id and reports that it arrived', async () => {
  const outcome = await send(notice('ж'.repeat(150)))
  expect(outcome).toEqual({
    status: 'accepted',
    providerMessageId: 'm3',
    otherIds: ['m2', 'm1'],
    detail: '3 segments (UCS-2)',
  })
  expect(smsc.parts.map(({ registeredDelivery }) => registeredDelivery)).toEqual([2, 2, 1])
  expect(smsc.parts.map(({ bytes, esmClass }) => [esmClass, bytes[4], bytes[5], bytes.length])).toEqual([
    [0x40, 3, 1, 140],
    [0x40, 3, 2, 140],
    [0x40, 3, 3, 38],
  ])
  expect(await smsc.received()).toEqual(['ж'.repeat(150)])
})

test('each long text has a reference of its own', async () => {
  await send(notice('a'.repeat(200)))
  await send(notice('b'.repeat(200)))
  const references = new Set(smsc.parts.map(({ bytes }) => bytes[3]))
  expect(references.size).toBe(2)
})

test('an operator that cuts by itself gets the text whole', async () => {
  await send(notice('a'.repeat(200)), open({ longTexts: 'payload' }))
  expect(smsc.parts).toMatchObject([{ payload: 'a'.repeat(200), esmClass: 0, registeredDelivery: 1 }])
})

test('a text of too many parts is refused before any is sent', async () => {
  expect(await send(notice('ж'.repeat(150)), open({ mostParts: 2 }))).toMatchObject({
    status: 'permanent_content',
  })
  expect(smsc.parts).toEqual([])
})

test('throttled at the first part, nothing is out and the engine waits', async () => {
  smsc.refuseNext(0x58)
  expect(await send(notice('a'.repeat(200)))).toMatchObject({ status: 'rate_limited', retryAfterMs: 10 })
  expect(smsc.parts).toEqual([])
})

test('throttled at a later part, that part is tried again, so that nobody gets half a message twice', async () => {
  smsc.refuseNext(0, 0x58, 0x14, 0)
  expect(await send(notice('a'.repeat(200)))).toMatchObject({ status: 'accepted' })
  expect(smsc.parts).toHaveLength(2)
})

test('a later part that is refused for good ends the message', async () => {
  smsc.refuseNext(0, 0x66)
  expect(await send(notice('a'.repeat(200)))).toMatchObject({
    status: 'permanent_content',
    providerCode: '0x0066',
  })
})

test('the deadline goes along, at most as long as the operator is allowed to try', async () => {
  await send({ until: new Date(testMoment + 90 * 60_000) })
  await send({ until: new Date(testMoment + 40 * 86_400_000) })
  await send({ until: new Date(testMoment - 1) })
  // The library reads a length of time as a moment from now.
  const hours = smsc.parts.map(({ validityPeriod }) =>
    validityPeriod instanceof Date
      ? Math.round((validityPeriod.getTime() - Date.now()) / 360_000) / 10
      : undefined,
  )
  expect(hours).toEqual([1.5, 72, 0])
})

test.each([
  ['+4915100000000', '4915100000000'],
  ['12345', '12345'],
  ['Dinner', 'Dinner'],
])('it comes from %s', async (source, seen) => {
  await send({}, open({ source }))
  expect(smsc.parts[0]?.source).toBe(seen)
})

test('nobody can reply to a name, so the answer is given on the page', async () => {
  const named = open({ source: 'Dinner' })
  expect(named.supports.answers).toEqual([])
  await send({}, named)
  expect(await smsc.received()).toEqual([
    'Anna: Dinner on Friday at 8?\nAnswer: https://portal.test/r/tokentokentoken',
  ])
})

test('many at once keep to the window and share one link', async () => {
  const outcomes = await Promise.all(Array.from({ length: 50 }, () => send()))
  expect(outcomes.every(({ status }) => status === 'accepted')).toBe(true)
  expect(smsc.bound()).toBe(1)
})

test('who waits for the window and is called off has sent nothing, and holds nobody up', async () => {
  const narrow = open({ window: 1 })
  smsc.answer('silent')
  const stuck = send({}, narrow, 300)
  const waiting = send({}, narrow, 100)
  expect(await waiting).toMatchObject({ status: 'retryable' })
  expect(await stuck).toMatchObject({ status: 'unknown' })
  smsc.answer('well')
  expect(await send({}, narrow)).toMatchObject({ status: 'accepted' })
})

test('a link that was cut is opened again by the next message', async () => {
  await send()
  smsc.hangUp()
  await waitUntil('the link is down', () => smsc.bound() === 0, 2_000)
  expect(await send()).toMatchObject({ status: 'accepted' })
  expect(smsc.binds()).toBe(2)
})

test('a wrong password is the sender’s trouble, with the operator’s code', async () => {
  const wrong = open({ password: 'another' })
  expect(await send({}, wrong)).toMatchObject({
    status: 'permanent_config',
    scope: 'sender',
    providerCode: '0x000e',
  })
  expect(await wrong.probe?.(AbortSignal.timeout(2_000))).toMatchObject({
    ok: false,
    detail: expect.stringContaining('0x000e'),
  })
})

test('signs of life keep the link up', async () => {
  await send({}, open({ enquireLinkMs: 100 }))
  await waitUntil('two signs', () => smsc.signsOfLife() >= 2, 5_000)
  expect(smsc.binds()).toBe(1)
})

test('without the library it says what to install', async () => {
  const missing = {
    connect: () => {
      throw new InviteMeError('PEER_MISSING', 'The SMPP channel needs smpp: run npm i smpp.')
    },
  }
  expect(await send({}, open({ smpp: missing }))).toMatchObject({
    status: 'permanent_config',
    providerCode: 'PEER_MISSING',
  })
})

test('a reply is an answer to the newest question of its number', async () => {
  const facts = listen()
  expect(await smsc.bring({ from: '4915123456789', text: 'Yes, gladly @8!' })).toBe(0)
  expect(await smsc.bring({ from: '+4915123456789', fromTon: 0, text: 'Да 👍', dataCoding: 8 })).toBe(0)
  expect(facts).toMatchObject([
    {
      kind: 'answer',
      reference: { by: 'address', address: ann },
      from: ann,
      input: { text: 'Yes, gladly @8!' },
    },
    { kind: 'answer', input: { kind: 'text', text: 'Да 👍' } },
  ])
})

test('a long reply is put together of its parts', async () => {
  const facts = listen()
  const part = (place: number, text: string) =>
    smsc.bring({ from: '4915123456789', text, header: [5, 0, 3, 77, 2, place], esmClass: 0x40 })
  expect(await part(2, 'the second half')).toBe(0)
  expect(facts).toEqual([])
  expect(await part(1, 'The first half and ')).toBe(0)
  expect(facts).toMatchObject([{ kind: 'answer', input: { text: 'The first half and the second half' } }])
})

test('STOP ends the messages, START begins them, and CANCEL may also be an answer', async () => {
  const facts = listen()
  for (const text of ['STOP', 'Start', 'Cancel']) await smsc.bring({ from: '4915123456789', text })
  expect(facts).toMatchObject([
    { kind: 'opted_out', address: ann },
    { kind: 'opted_in', address: ann },
    { kind: 'answer', onlyIfClear: true, input: { text: 'Cancel' } },
    { kind: 'opted_out', address: ann },
  ])
  expect(new Set(facts.map(({ id }) => id)).size).toBe(4)
})

test('what comes from no telephone is ignored', async () => {
  const facts = listen()
  expect(await smsc.bring({ from: 'OPERATOR', fromTon: 5, text: 'Your bill is ready' })).toBe(0)
  expect(facts).toMatchObject([{ kind: 'ignored' }])
})

test('a report says what became of a message, in its text or in fields of its own', async () => {
  const facts = listen()
  expect(await smsc.report('m1', 'DELIVRD')).toBe(0)
  await smsc.report('m_2', 'UNDELIV', '069')
  const ascii = Buffer.from('id:m_2@x stat:EXPIRED err:000', 'ascii')
  await smsc.bring({ from: '4915123456789', text: ascii, esmClass: 4 })
  await smsc.bring({
    from: '4915123456789',
    text: '',
    esmClass: 4,
    fields: { receipted_message_id: 'm3', message_state: 2 },
  })
  expect(facts).toMatchObject([
    { kind: 'delivered', reference: { by: 'provider-message', providerMessageId: 'm1' } },
    {
      kind: 'failed',
      reference: { providerMessageId: 'm_2' },
      outcome: { status: 'retryable', providerCode: 'UNDELIV 069' },
    },
    { kind: 'failed', reference: { providerMessageId: 'm_2@x' }, outcome: { providerCode: 'EXPIRED 000' } },
    { kind: 'delivered', reference: { providerMessageId: 'm3' } },
  ])
})

test('what could not be recorded comes again, as the same fact', async () => {
  const ids: string[] = []
  let isDown = true
  listen({
    receive: async (request) => {
      const [fact] = (await channel.receive?.(request, sendContext())) ?? []
      ids.push(fact?.id ?? '')
      if (isDown) throw new InviteMeError('STORE_BUSY', 'later')
    },
  })
  const yes = { from: '4915123456789', text: 'Yes' }
  expect(await smsc.bring(yes)).toBe(0x64)
  isDown = false
  expect(await smsc.bring(yes)).toBe(0)
  expect(ids[0]).toBe(ids[1])
  // The same words on another day are another answer.
  expect(await smsc.bring(yes)).toBe(0)
  expect(ids[2]).not.toBe(ids[1])
})

test('what can never be taken is refused for good', async () => {
  listen({ receive: () => Promise.reject(new InviteMeError('CHANNEL_UNKNOWN', 'no such channel')) })
  expect(await smsc.bring({ from: '4915123456789', text: 'Yes' })).toBe(0x65)
})

test('while nobody listens the operator keeps what came', async () => {
  await send()
  expect(await smsc.bring({ from: '4915123456789', text: 'Yes' })).toBe(0x64)
})

test('the listener connects again whenever the link breaks', async () => {
  const facts = listen()
  for (let times = 1; times <= 3; times += 1) {
    await smsc.bring({ from: '4915123456789', text: 'Yes' })
    smsc.hangUp()
    await waitUntil('the link is up again', () => smsc.binds() === times + 1, 5_000)
  }
  expect(facts).toHaveLength(3)
})

test('what an operator need not say is answered as the protocol wants, or passed over', async () => {
  await send()
  for (const command of [
    'enquire_link',
    'data_sm',
    'alert_notification',
    'outbind',
    'submit_sm',
    'bind_transceiver',
  ])
    smsc.say(command)
  smsc.say(Buffer.from('000000107fffffff0000000000000009', 'hex'))
  expect(await send()).toMatchObject({ status: 'accepted' })
  expect(smsc.binds()).toBe(1)
})

test.each([
  ['a unit without end', Buffer.from('7fffffff00000005', 'hex')],
  ['a unit shorter than its head', Buffer.from('0000000500000005', 'hex')],
  ['a message that stops in its middle', Buffer.from('00000014000000050000000000000001ffffffff', 'hex')],
  ['no SMPP at all', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
])('%s breaks the link at most, and the listener connects again', async (_name, bytes) => {
  const facts = listen()
  await waitUntil('the link is up', () => smsc.bound() === 1, 5_000)
  smsc.say(bytes)
  smsc.hangUp()
  await waitUntil('the link is up again', () => smsc.binds() === 2, 5_000)
  expect(await smsc.bring({ from: '4915123456789', text: 'Yes' })).toBe(0)
  expect(facts.filter(({ kind }) => kind === 'answer')).toHaveLength(1)
})

test('nobody can hand something in by guessing', async () => {
  const body = JSON.stringify({
    id: '1',
    esmClass: 0,
    from: '4915123456789',
    fromTon: 1,
    to: '1',
    text: 'Yes',
  })
  for (const headers of [{}, { 'x-invite-me-smpp': 'guess' }] as Record<string, string>[]) {
    const request = new Request('http://smpp.invalid/', { method: 'POST', body, headers })
    await expect(channel.receive?.(request, sendContext())).rejects.toMatchObject({ code: 'WEBHOOK_REFUSED' })
  }
})

test('one listener at a time: a second is refused, and may come when the first has gone', async () => {
  const facts = listen()
  expect(() => listen()).toThrow(expect.objectContaining({ code: 'OPTIONS_INVALID', field: 'channel' }))
  await smsc.bring({ from: '4915123456789', text: 'Yes' })
  expect(facts).toHaveLength(1)
})

test('a listener that is closed twice does not end the one that came after it', async () => {
  const first = listenForSms(channel, { receive: async () => {} })
  await first.close()
  const facts = listen()
  await first.close()
  expect(await smsc.bring({ from: '4915123456789', text: 'Yes' })).toBe(0)
  expect(facts).toHaveLength(1)
})

describe.skipIf(noCertificates !== undefined)(`with TLS ${noCertificates ?? ''}`, () => {
  /** A port with TLS before the message centre's. */
  const startFront = async (): Promise<{ readonly port: number; readonly cert: string }> => {
    const certificate = selfSignedCertificate('smsc.operator.test')
    const front = createServer(certificate, (socket) => {
      const inner = connect(smsc.port, '127.0.0.1')
      for (const one of [socket, inner]) one.on('error', () => [socket, inner].map((each) => each.destroy()))
      socket.pipe(inner).pipe(socket)
    })
    front.listen(0, '127.0.0.1')
    await once(front, 'listening')
    closers.push(() => new Promise((resolve) => front.close(resolve)))
    return { port: (front.address() as AddressInfo).port, cert: certificate.cert }
  }

  test('a message goes to an operator somebody vouches for', async () => {
    const { cert, port } = await startFront()
    const tls = { ca: cert, servername: 'smsc.operator.test' }
    expect(await send({}, open({ port, tls }))).toMatchObject({ status: 'accepted' })
  })

  test.each([[true], [{}], [{ servername: 'smsc.operator.test' }]])(
    'nothing, not even the login, goes to one nobody vouches for (tls: %j)',
    async (tls) => {
      const { port } = await startFront()
      expect(await send({}, open({ port, tls }))).toMatchObject({ status: 'retryable', scope: 'provider' })
      expect(smsc.binds()).toBe(0)
    },
  )

  test('nor to one with a certificate for another name', async () => {
    const { cert, port } = await startFront()
    const tls = { ca: cert, servername: 'other.operator.test' }
    expect(await send({}, open({ port, tls }))).toMatchObject({ status: 'retryable' })
    expect(smsc.binds()).toBe(0)
  })
})

test('listening needs a channel of smpp()', () => {
  expect(() =>
    listenForSms({ ...channel, [Symbol.for('invite-me.smpp-door')]: undefined } as never, {
      receive: async () => {},
    }),
  ).toThrow(expect.objectContaining({ code: 'OPTIONS_INVALID', field: 'channel' }))
})
