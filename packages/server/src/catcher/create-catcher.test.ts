import { createInviteMe, form, rsvp, text, yesNo, type InviteMe } from '@invite-me/core'
import { sqlite } from '@invite-me/core/sqlite'
import { afterEach, expect, it } from 'vitest'
import { z } from 'zod'
import { listenOnLoopback, type Listening } from '../listen.ts'
import { createCatcher, type Catcher } from './create-catcher.ts'
import type { CaughtMessage } from './caught-message.ts'

interface World {
  readonly catcher: Catcher
  readonly server: Listening
  readonly inviteMe: InviteMe
}

const open: World[] = []

/** The whole of `invite-me try`: catcher, real HTTP, real engine, a store in memory. */
async function start(): Promise<World> {
  const catcher = createCatcher()
  const server = await listenOnLoopback(catcher.handler)
  const inviteMe = await createInviteMe({
    store: sqlite(':memory:'),
    channels: catcher.channels,
    portal: { url: server.url },
    from: { name: 'Maria' },
  })
  catcher.attach(inviteMe)
  const world = { catcher, server, inviteMe }
  open.push(world)
  return world
}

afterEach(async () => {
  for (const { catcher, server, inviteMe } of open.splice(0)) {
    catcher.close()
    await server.close()
    await inviteMe.stop()
  }
})

const sam = { name: 'Sam', routes: { sms: '+15550001', telegram: '42', email: 'sam@guests.test' } }

/** Waits for a message on a channel; a test's own deadline ends a wait that has none. */
function caught(catcher: Catcher, channel: string): Promise<CaughtMessage> {
  return new Promise((resolve) => {
    const here = catcher.messages().find((message) => message.channel === channel)
    if (here !== undefined) return resolve(here)
    const end = catcher.onMessage((message) => {
      if (message.channel !== channel) return
      end()
      resolve(message)
    })
    return
  })
}

const post = (url: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(url, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
  })

it.each([
  ['sms', { kind: 'text', text: 'Yes, thanks!' }],
  ['telegram', { kind: 'option', value: 'yes' }],
  ['email', { kind: 'text', text: 'Yes\n\nKind regards,\nSam' }],
] as const)('brings the answer from the fake %s to the one who asked', async (channel, input) => {
  const { catcher, server, inviteMe } = await start()
  const invitation = await inviteMe.ask(sam, 'Dinner on Friday at 8?', { answer: yesNo(), via: [channel] })
  const message = await caught(catcher, channel)
  expect(message).toMatchObject({
    text: 'Dinner on Friday at 8?',
    from: 'Maria',
    name: 'Sam',
    answer: 'yesNo',
    isReminder: false,
  })
  const response = await post(`${server.url}/answer`, { messageId: message.id, input })
  expect(await response.json()).toEqual({ outcome: 'counted' })
  expect(await invitation.answer()).toMatchObject({ kind: 'answered', value: true, via: channel })
  expect(catcher.messages()[0]?.replies).toMatchObject([{ outcome: 'counted' }])
})

it('tells in the thread what became of an answer that cannot be taken', async () => {
  const { catcher, inviteMe } = await start()
  const invitation = await inviteMe.ask(sam, 'How many?', { answer: rsvp({ maxParty: 3 }), via: ['sms'] })
  const { id } = await caught(catcher, 'sms')
  expect(await catcher.answer(id, { kind: 'text', text: 'perhaps, or perhaps not?' })).toBe('unclear')
  expect(await catcher.answer(id, { kind: 'text', text: 'yes, 9 of us' })).toBe('refused')
  expect(await catcher.answer(id, { kind: 'text', text: 'yes, 3 of us' })).toBe('counted')
  expect(await catcher.answer(id, { kind: 'text', text: 'yes, 3 of us' })).toBe('repeated')
  expect(await catcher.answer(id, { kind: 'text', text: 'no' })).toBe('counted')
  expect(await invitation.state()).toBe('declined')
  await invitation.cancel()
  expect(catcher.messages()[0]?.replies.map((reply) => reply.outcome)).toEqual([
    'unclear',
    'refused',
    'counted',
    'repeated',
    'counted',
  ])
})

it('refuses on a broken medium, so the question falls to the next route and why tells it', async () => {
  const { catcher, server, inviteMe } = await start()
  expect((await post(`${server.url}/mood`, { channel: 'sms', mood: 'refuses' })).status).toBe(200)
  expect(catcher.broken()).toEqual(['sms'])
  const invitation = await inviteMe.ask(sam, 'Dinner?', { answer: yesNo(), via: ['sms', 'email'] })
  const message = await caught(catcher, 'email')
  expect(catcher.messages().map((one) => one.channel)).toEqual(['email'])
  await catcher.answer(message.id, { kind: 'text', text: 'no thanks' })
  expect(await invitation.answer()).toMatchObject({ kind: 'declined', value: false, via: 'email' })
  expect(await invitation.why()).toMatch(/sms[\s\S]*email/i)
  catcher.mend()
  expect(catcher.broken()).toEqual([])
  await inviteMe.ask(sam, 'And on Saturday?', { answer: yesNo(), via: ['sms', 'email'] })
  expect((await caught(catcher, 'sms')).text).toBe('And on Saturday?')
})

/** Waits until a fake message says that its question is over. */
function noticed(catcher: Catcher, id: string): Promise<CaughtMessage> {
  const isIt = (message: CaughtMessage) => message.id === id && message.notice !== undefined
  return new Promise((resolve) => {
    const here = catcher.messages().find(isIt)
    if (here !== undefined) return resolve(here)
    const end = catcher.onMessage((message) => {
      if (!isIt(message)) return
      end()
      resolve(message)
    })
    return
  })
}

it('takes the buttons from the fake Telegram when the question was answered another way', async () => {
  const { catcher, inviteMe } = await start()
  await inviteMe.ask(sam, 'Dinner?', { answer: yesNo(), routing: 'all', via: ['telegram', 'sms'] })
  const chat = await caught(catcher, 'telegram')
  expect(chat).toMatchObject({ actions: [{ value: 'yes' }, { value: 'no' }], notice: undefined })
  const phone = await caught(catcher, 'sms')
  expect(await catcher.answer(phone.id, { kind: 'text', text: 'yes' })).toBe('counted')
  expect(await noticed(catcher, chat.id)).toMatchObject({
    text: 'Dinner?',
    actions: [],
    links: {},
    notice: expect.stringContaining('Yes'),
  })
  expect(catcher.messages().find(({ id }) => id === phone.id)?.notice).toBeUndefined()
})

it('brings a fake message up to date only once its medium works again', async () => {
  const { catcher, inviteMe } = await start()
  const invitation = await inviteMe.ask(sam, 'Dinner?', { answer: yesNo(), via: ['telegram'] })
  const { id } = await caught(catcher, 'telegram')
  catcher.break('telegram', 'down')
  await invitation.cancel()
  catcher.mend()
  expect(await noticed(catcher, id)).toMatchObject({ actions: [] })
})

it('serves the portal beside its own page, so a form can be answered by link', async () => {
  const { catcher, inviteMe } = await start()
  const invitation = await inviteMe.ask(sam, 'Tell us about your stay.', {
    answer: form(z.object({ name: z.string(), seats: z.int() })),
    via: ['email'],
  })
  const { links } = await caught(catcher, 'email')
  const page = await (await fetch(links.respond ?? '')).text()
  const nonce = /name="invite-me-nonce" value="([^"]+)"/.exec(page)?.[1] ?? ''
  const answered = await fetch(links.respond ?? '', {
    method: 'POST',
    body: new URLSearchParams({ 'invite-me-nonce': nonce, name: 'Sam', seats: '2' }),
  })
  expect(answered.url).toMatch(/\?done$/)
  expect(await answered.text()).toContain('Thank you!')
  expect(await invitation.answer()).toMatchObject({
    kind: 'answered',
    value: { name: 'Sam', seats: 2 },
    via: 'portal',
  })
})

it('stops mails by the link of the mail', async () => {
  const { catcher, inviteMe } = await start()
  await inviteMe.ask(sam, 'Dinner?', { answer: yesNo(), via: ['email'] })
  const { links } = await caught(catcher, 'email')
  const stopped = await fetch(links.unsubscribe ?? '', {
    method: 'POST',
    body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }),
  })
  expect(stopped.status).toBe(200)
  const next = await inviteMe.ask(sam, 'And tomorrow?', { answer: yesNo(), via: ['email'] })
  expect(await next.answer()).toMatchObject({ kind: 'unreachable' })
})

it('shows a notice that cannot be answered', async () => {
  const { catcher, inviteMe } = await start()
  await inviteMe.send(sam, 'The door code is 1234.', { via: ['sms'] })
  const message = await caught(catcher, 'sms')
  expect(message.answer).toBeUndefined()
  expect(await catcher.answer(message.id, { kind: 'text', text: 'thanks' })).toBe('unmatched')
})

it('tells open pages of everything at once, without the secret of a reply', async () => {
  const { catcher, server, inviteMe } = await start()
  const stream = await fetch(`${server.url}/live`, { signal: AbortSignal.timeout(8_000) })
  expect(stream.headers.get('content-type')).toContain('text/event-stream')
  let told = ''
  const reader = (stream.body ?? new ReadableStream<Uint8Array>())
    .pipeThrough(new TextDecoderStream())
    .getReader()
  const readUntil = async (wanted: RegExp) => {
    while (!wanted.test(told)) {
      const { value, done } = await reader.read()
      if (done) break
      told += value
    }
    return told
  }
  await readUntil(/"messages":\[\]/)
  const invitation = await inviteMe.ask(sam, 'Dinner?', { answer: yesNo(), via: ['telegram'] })
  await readUntil(/"channel":"telegram"/)
  const [message] = catcher.messages()
  await catcher.answer(message?.id ?? '', { kind: 'option', value: 'no' })
  await invitation.answer()
  expect(await readUntil(/"state":"declined"/)).toContain('"kind":"answered"')
  expect(told).not.toMatch(/replyToken|secret/i)
  await reader.cancel()
})

it('lets nobody in who is not the page itself', async () => {
  const { catcher, server, inviteMe } = await start()
  await inviteMe.ask(sam, 'Dinner?', { answer: yesNo(), via: ['sms'] })
  const { id } = await caught(catcher, 'sms')
  const body = { messageId: id, input: { kind: 'text', text: 'yes' } }
  const refused = [
    await post(`${server.url}/answer`, body, { origin: 'https://evil.example' }),
    await post(`${server.url}/answer`, body, { origin: 'null' }),
    await post(`${server.url}/answer`, body, { 'sec-fetch-site': 'cross-site' }),
    await post(`${server.url}/answer`, JSON.stringify(body), { 'content-type': 'text/plain' }),
    await post(`${server.url}/mood`, { channel: 'sms', mood: 'refuses' }, { origin: 'https://evil.example' }),
    await catcher.handler(new Request('http://rebound.example/live')),
    await catcher.handler(new Request('http://127.0.0.1.evil.example/')),
  ]
  expect(refused.map((response) => response.status)).toEqual(refused.map(() => 403))
  expect(
    (await post(`${server.url}/answer`, body, { origin: server.url, 'sec-fetch-site': 'same-origin' }))
      .status,
  ).toBe(200)
  const forged = new Request('http://webhooks.example/sms', {
    method: 'POST',
    body: JSON.stringify({ messageId: id, number: 7, input: { kind: 'text', text: 'no' } }),
  })
  await expect(inviteMe.receive('sms', forged)).rejects.toMatchObject({ code: 'WEBHOOK_REFUSED' })
  expect((await fetch(`${server.url}/answer`)).status).toBe(404)
})

it.each([
  ['nonsense', '{', 422],
  ['another shape', { messageId: 5 }, 422],
  ['an unknown message', { messageId: 'sms-1', input: { kind: 'text', text: 'yes' } }, 422],
  ['prototype keys', '{"__proto__":{"x":1},"messageId":"a","input":{"kind":"text","text":"x"}}', 422],
  ['a huge body', `"${'x'.repeat(70_000)}"`, 413],
])('refuses %s', async (_name, body, status) => {
  const { server } = await start()
  expect((await post(`${server.url}/answer`, body)).status).toBe(status)
  expect(({} as Record<string, unknown>)['x']).toBeUndefined()
})

it('names the media it has when asked to break another one', () => {
  expect(() => createCatcher().break('pigeon')).toThrow(/sms, telegram, email/)
})

it('waits for its engine', async () => {
  const catcher = createCatcher()
  expect((await catcher.handler(new Request('http://127.0.0.1/r/0123456789abcdefghjkmnpqrs'))).status).toBe(
    503,
  )
  expect((await catcher.handler(new Request('http://127.0.0.1/'))).status).toBe(200)
})

it('keeps a message once, however often it is sent under one key', async () => {
  const catcher = createCatcher()
  const [sms] = catcher.channels
  const message = {
    to: { address: '+1' },
    content: { text: 'Hi' },
    originator: null,
    locale: 'en',
    category: 'notice',
    purpose: 'message',
    links: {},
    until: null,
  } as const
  const context = {
    idempotencyKey: 'k1',
    attempt: 0,
    signal: AbortSignal.timeout(1_000),
    clock: { now: () => 0, schedule: () => () => undefined },
    log: { warn: () => undefined, error: () => undefined },
  }
  const first = await sms?.send(message, context)
  expect(await sms?.send(message, context)).toEqual(first)
  expect(catcher.messages()).toHaveLength(1)
})

it('frees its port when it is closed, twice if need be', async () => {
  const first = await listenOnLoopback(() => new Response('one'))
  await expect(listenOnLoopback(() => new Response('two'), { port: first.port })).rejects.toMatchObject({
    code: 'OPTIONS_INVALID',
    field: 'port',
  })
  await first.close()
  await first.close()
  const second = await listenOnLoopback(() => new Response('two'), { port: first.port })
  expect(await (await fetch(second.url)).text()).toBe('two')
  await second.close()
})

it('asks in words on a medium without buttons', async () => {
  const { catcher, inviteMe } = await start()
  const invitation = await inviteMe.ask(sam, 'What do you not eat?', { answer: text(), via: ['sms'] })
  await catcher.answer((await caught(catcher, 'sms')).id, { kind: 'text', text: 'Nuts <b>& more</b>' })
  expect(await invitation.answer()).toMatchObject({ value: 'Nuts <b>& more</b>' })
})
