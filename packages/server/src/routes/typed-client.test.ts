import { choice, yesNo, type DomainEvent } from '@invite-me/core'
import { scriptedChannel } from '@invite-me/core/testing'
import type { InviteMeClient } from '@invite-me/core/client'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { testApi, type TestApi } from '../app/__fixtures__/api.ts'
import { clientOver } from './__fixtures__/connected-client.ts'

let api: TestApi
let client: InviteMeClient
beforeEach(async () => {
  api = await testApi()
  client = clientOver(api)
})
afterEach(async () => {
  await client.stop()
  await api.stop()
})

/** Everything a stream holds. */
async function everyOne<Item>(items: AsyncIterable<Item>): Promise<readonly Item[]> {
  const all: Item[] = []
  for await (const item of items) all.push(item)
  return all
}

/** The error a promise ends with, caught at once: time is moved before it is looked at. */
function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  )
}

const sam = { name: 'Sam', routes: { telegram: '4242', email: 'sam@guests.test' } }

describe('asking', () => {
  test('an answer comes back as it does embedded', async () => {
    const invitation = await client.ask(sam, 'Dinner on Friday at 8?', { answer: yesNo(), until: '2d' })
    const waiting = invitation.answer()
    await api.t.advance(0)
    await api.t.reply('4242', 'Yes, gladly')

    const result = await waiting
    expect(result).toMatchObject({ kind: 'answered', value: true, via: 'telegram', revision: 1 })
    expect(result.at).toBeInstanceOf(Date)
    expect(await (await api.t.inviteMe.invitation(invitation.id)).answer()).toEqual(result)
    expect(await invitation.state()).toBe('accepted')
    expect(await invitation.why()).toBe(await (await api.t.inviteMe.invitation(invitation.id)).why())
  })

  test('a wait goes on from one request to the next, until the deadline', async () => {
    const invitation = await client.ask(sam, 'Dinner?', { answer: yesNo(), until: '2h' })
    const waiting = invitation.answer()
    await api.t.advance('119m')
    expect(await invitation.state()).toBe('pending')
    await api.t.advance('2m')
    expect((await waiting).kind).toBe('expired')
  })

  test('a signal calls the wait off, not the question', async () => {
    const invitation = await client.ask(sam, 'Dinner?', { answer: yesNo() })
    const ending = new AbortController()
    const waiting = invitation.answer({ signal: ending.signal })
    await api.t.advance('1s')
    ending.abort()
    await expect(waiting).rejects.toMatchObject({ code: 'WAIT_ABORTED' })
    expect(await invitation.state()).toBe('pending')
    expect(await invitation.cancel()).toBe('cancelled')
    expect((await invitation.answer()).kind).toBe('cancelled')
  })

  test('events are those of the embedded engine, and end with the invitation', async () => {
    const invitation = await client.ask(sam, 'Dinner?', { answer: yesNo() })
    const seen: DomainEvent[] = []
    const following = (async () => {
      for await (const event of invitation.events()) seen.push(event)
    })()
    await api.t.advance('1m')
    await api.t.press('4242', 'yes')
    await api.t.advance('1m')
    await following
    expect(seen).toEqual(await everyOne((await api.t.inviteMe.invitation(invitation.id)).events()))
    expect(seen.at(-1)?.at).toBeInstanceOf(Date)
  })

  test('many people are a group; each answer is told once, as it comes', async () => {
    const people = ['4242', '4343', '4444'].map((telegram) => ({ routes: { telegram } }))
    const group = await client.ask(people, 'Fish or vegetables?', { answer: choice(['fish', 'vegetables']) })
    expect(group.invitations.map(({ to }) => to)).toHaveLength(3)
    const told: [string, unknown][] = []
    const following = (async () => {
      for await (const { invitation, result } of group.answers())
        told.push([invitation.to, 'value' in result ? result.value : result.kind])
    })()
    await api.t.advance(0)
    await api.t.press('4343', 'fish')
    await api.t.advance('30s')
    await api.t.press('4242', 'vegetables')
    await api.t.press('4242', 'fish')
    await group.invitations[2]?.cancel()
    await api.t.advance('30s')
    await following
    expect(told.map(([, value]) => value)).toEqual([
      'fish',
      expect.stringMatching(/fish|vegetables/),
      'cancelled',
    ])

    const again = await client.invitationGroup(group.messageId)
    const all = await everyOne(again.answers())
    expect(all.map(({ result }) => result.kind).toSorted()).toEqual(['answered', 'answered', 'cancelled'])
    await expect(client.invitationGroup('nothing')).rejects.toMatchObject({ code: 'INVITATION_UNKNOWN' })
    await expect(client.invitation('nothing')).rejects.toMatchObject({ code: 'INVITATION_UNKNOWN' })
  })

  test('an answer on behalf of somebody counts, a wrong one is refused with a hint', async () => {
    const { id } = await client.ask(sam, 'Dinner?', { answer: yesNo(), until: '2d' })
    expect(await client.respond(id, { kind: 'text', text: 'purple' })).toMatchObject({ status: 'unclear' })
    const receipt = await client.respond(id, { kind: 'value', value: true }, { via: 'desk' })
    expect(receipt).toMatchObject({ status: 'counted', revision: 1, changeableUntil: expect.any(Date) })
    const responses = await client.invitations.responses(id)
    expect(responses).toEqual(await api.t.inviteMe.invitations.responses(id))
    expect(await client.invitations.responses('nothing')).toEqual([])
  })
})

describe('a lost answer', () => {
  test('does not send twice: the request is made again under the same key', async () => {
    let lost = 0
    const shaky = clientOver(api, {
      interfere: async (request, pass) => {
        const response = await pass()
        if (request.method !== 'POST' || lost > 0) return response
        lost += 1
        throw new TypeError('fetch failed')
      },
    })
    const asking = shaky.ask(sam, 'Dinner?', { answer: yesNo() })
    await api.t.advance('10s')
    const invitation = await asking
    expect(lost).toBe(1)
    expect(await client.messages.list()).toHaveLength(1)
    expect(await client.invitations.get(invitation.id)).toMatchObject({ state: 'pending', closedAt: null })
  })

  test('is not risked where doing it twice is twice', async () => {
    const cut = clientOver(api, {
      interfere: async (request, pass) => {
        const response = await pass()
        if (request.method === 'POST') throw new TypeError('fetch failed')
        return response
      },
    })
    await expect(cut.keys.create({ name: 'shop', role: 'viewer' })).rejects.toMatchObject({
      code: 'SERVER_UNREACHABLE',
    })
    expect((await client.keys.list()).map(({ name }) => name)).toEqual(['owner', 'shop'])
  })

  test('of a wait is sat out for minutes: the server is restarted meanwhile', async () => {
    let isDown = false
    const patient = clientOver(api, {
      interfere: (_request, pass) => (isDown ? Promise.reject(new TypeError('fetch failed')) : pass()),
    })
    const invitation = await patient.ask(sam, 'Dinner?', { answer: yesNo() })
    const waiting = invitation.answer()
    await api.t.advance('20s')
    isDown = true
    await api.t.advance('3m')
    isDown = false
    await api.t.press('4242', 'yes')
    await api.t.advance('20s')
    expect(await waiting).toMatchObject({ kind: 'answered', value: true })
  })

  test('leaves no gap in what a group or an invitation tells', async () => {
    let isDown = false
    const patient = clientOver(api, {
      interfere: (_request, pass) => (isDown ? Promise.reject(new TypeError('fetch failed')) : pass()),
    })
    const group = await patient.ask(
      ['4242', '4343'].map((telegram) => ({ routes: { telegram } })),
      'Dinner?',
      { answer: yesNo() },
    )
    const answers = everyOne(group.answers())
    const events = everyOne((await patient.invitation(group.invitations[0]?.id ?? '')).events())
    for (const address of ['4242', '4343']) {
      await api.t.advance('20s')
      isDown = true
      await api.t.advance('1m')
      await api.t.press(address, 'yes')
      await api.t.advance('1m')
      isDown = false
    }
    await api.t.advance('1m')
    expect((await answers).map(({ result }) => result.kind)).toEqual(['answered', 'answered'])
    expect((await events).map(({ type }) => type)).toContain('invitation.accepted')
  })

  test('of a wait is told once patience has run out', async () => {
    let isDown = false
    const patient = clientOver(api, {
      patience: '2m',
      interfere: (_request, pass) => (isDown ? Promise.reject(new TypeError('fetch failed')) : pass()),
    })
    const invitation = await patient.ask(sam, 'Dinner?', { answer: yesNo() })
    isDown = true
    const ended = failureOf(invitation.answer())
    await api.t.advance('3m')
    expect(await ended).toMatchObject({ code: 'SERVER_UNREACHABLE' })
  })
})

describe('notices', () => {
  test('are settled when nothing is left to do, in the order of the recipients', async () => {
    const sent = await client.send([sam, { routes: { email: 'ann@guests.test' } }], 'The bar is open.')
    await api.t.advance('1s')
    const deliveries = await sent.settled()
    expect(deliveries.map(({ id }) => id)).toEqual(sent.deliveryIds)
    expect(deliveries).toEqual(await api.t.inviteMe.deliveries.list({ messageId: sent.messageId }))
    expect(await client.deliveries.counts()).toEqual({ sent: 2 })
    expect(await client.deliveries.get(sent.deliveryIds[0] ?? '')).toEqual(deliveries[0])
    expect(await client.deliveries.get('nothing')).toBeUndefined()
    expect(await client.receipts.list()).toEqual(await api.t.inviteMe.receipts.list())
    expect(await client.messages.get(sent.messageId)).toEqual(
      await api.t.inviteMe.messages.get(sent.messageId),
    )
  })

  test('a mistake is told with the code and the field', async () => {
    await expect(client.send([], 'Hello')).rejects.toMatchObject({ code: 'REQUEST_INVALID', field: 'to' })
    await expect(client.ask(sam, '', { answer: yesNo() })).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
      field: 'content',
    })
    await expect(client.send(sam, 'Hi', { via: ['pigeon'] })).rejects.toMatchObject({
      code: 'CHANNEL_UNKNOWN',
    })
    await expect(client.send('nobody', 'Hi')).rejects.toMatchObject({
      code: 'RECIPIENT_UNKNOWN',
      field: 'to.0',
    })
    const past = new Date(api.t.clock.now() - 1)
    await expect(client.send(sam, 'Hi', { until: past })).rejects.toMatchObject({
      code: 'DEADLINE_PAST',
      field: 'options.until',
    })
  })
})

describe('events', () => {
  test('are heard from now on, by everybody who listens', async () => {
    await client.send(sam, 'Before anybody listened.')
    await api.t.advance('1s')
    const first: DomainEvent[] = []
    const accepted: DomainEvent[] = []
    const stop = client.on('*', (event) => first.push(event))
    await api.t.advance('1s')
    const later = client.on('message.accepted', (event) => accepted.push(event))
    await api.t.advance('1s')
    const { messageId } = await client.send(sam, 'Now.')
    await api.t.advance('30s')
    expect(first.every((event) => event.messageId === messageId)).toBe(true)
    expect(first.map(({ type }) => type)).toEqual(['message.accepted', 'delivery.sent'])
    expect(accepted).toEqual(first.slice(0, 1))
    stop()
    later()
    await client.send(sam, 'After.')
    await api.t.advance('30s')
    expect(first).toHaveLength(2)
    expect(await client.events.list()).toEqual(await api.t.inviteMe.events.list())
    expect(await client.events.last()).toBe(await api.t.inviteMe.events.last())
  })

  test('a listener that throws harms nobody, and an outage loses nothing', async () => {
    let isDown = false
    const listening = clientOver(api, {
      retries: 0,
      patience: 1,
      interfere: (_request, pass) => (isDown ? Promise.reject(new TypeError('fetch failed')) : pass()),
    })
    const heard: string[] = []
    listening.on('*', () => {
      throw new TypeError('not mine')
    })
    listening.on('message.accepted', ({ messageId }) => heard.push(messageId ?? ''))
    await api.t.advance('1s')
    isDown = true
    await api.t.advance('1m')
    const { messageId } = await client.send(sam, 'While nobody could hear.')
    await api.t.advance('1m')
    isDown = false
    await api.t.advance('1m')
    expect(heard).toEqual([messageId])
    await listening.stop()
  })

  test('a topic is followed from now on or from a cursor, and ends with the signal', async () => {
    await client.topics.publish('group:7', { said: 'before' })
    const ending = new AbortController()
    const heard: unknown[] = []
    const following = (async () => {
      for await (const { data } of client.topics.follow('group:7', { signal: ending.signal }))
        heard.push(data['said'])
    })()
    await api.t.advance('1s')
    await client.topics.publish('group:7', { said: 'first' })
    await client.topics.publish('group:8', { said: 'elsewhere' })
    await api.t.advance('1m')
    await client.topics.publish('group:7', { said: 'second' })
    await api.t.advance('1m')
    expect(heard).toEqual(['first', 'second'])
    ending.abort()
    await following
    expect((await client.topics.events('group:7')).map(({ data }) => data['said'])).toEqual([
      'before',
      'first',
      'second',
    ])
    expect(await client.topics.events('group:7')).toEqual(await api.t.inviteMe.topics.events('group:7'))
  })
})

test('what stops says so, to waits and to later calls', async () => {
  const invitation = await client.ask(sam, 'Dinner?', { answer: yesNo() })
  const ended = failureOf(invitation.answer())
  await api.t.advance('1s')
  await client.stop()
  expect(await ended).toMatchObject({ code: 'STOPPED' })
  await expect(client.messages.list()).rejects.toMatchObject({ code: 'STOPPED' })
})

test("a person's token opens their inbox, tells of news and nothing else", async () => {
  await api.stop()
  api = await testApi({}, { channels: [scriptedChannel({ name: 'in-app', supports: { inbox: true } })] })
  client = clientOver(api)
  const made = await api.ask('POST', '/v1/recipients/sam/token')
  const own = clientOver(api, { key: () => made.body.token as string })
  const inbox = own.inbox('sam')
  const news: DomainEvent[] = []
  const stop = inbox.on((event) => news.push(event))
  await api.t.advance('1s')
  await client.ask({ routes: { 'in-app': 'sam' } }, 'Dinner?', { answer: yesNo() })
  await client.send({ routes: { 'in-app': 'ann' } }, 'Not for Sam.')
  await api.t.advance('30s')

  // Whether the token is still good is looked at by real cryptography, which no virtual clock waits for.
  await expect.poll(() => news.map(({ type }) => type)).toEqual(['inbox.added'])
  expect(news[0]).not.toHaveProperty('entry')
  const entries = await inbox.list({ only: 'unread' })
  expect(entries).toEqual(await api.t.inviteMe.inbox('sam').list())
  expect(await inbox.count()).toBe(1)
  const [entry] = entries
  expect(await inbox.answer(entry?.id ?? '', { kind: 'option', value: 'yes' })).toMatchObject({
    status: 'counted',
  })
  expect(await inbox.read([entry?.id ?? ''])).toBe(1)
  expect(await inbox.acknowledge('all')).toBe(1)
  stop()

  await expect(own.inbox('ann').list()).rejects.toMatchObject({ code: 'FORBIDDEN', field: 'address' })
  await expect(own.recipients.list()).rejects.toMatchObject({ code: 'FORBIDDEN' })
  await expect(own.events.list()).rejects.toMatchObject({ code: 'FORBIDDEN' })
  await own.stop()
})

test('people: made, changed, read, told to stop, forgotten', async () => {
  const person = {
    externalId: 'a/b c%20ü',
    name: 'Ann',
    zone: 'Europe/Berlin',
    routes: { email: 'ann@guests.test' },
  }
  const stored = await client.recipients.upsert(person)
  expect(stored).toEqual(await api.t.inviteMe.recipients.get(person.externalId))
  expect(stored).toHaveProperty('locale', undefined)
  expect(await client.recipients.get(person.externalId)).toEqual(stored)
  expect(await client.recipients.get('nobody')).toBeUndefined()
  await client.recipients.optOut('email', 'ann@guests.test')
  expect((await client.recipients.get(person.externalId))?.routes[0]?.state).toBe('opted_out')
  await client.recipients.optIn('email', 'ann@guests.test')
  await expect(client.recipients.get('..')).rejects.toMatchObject({
    code: 'REQUEST_INVALID',
    field: 'externalId',
  })
  await expect(client.recipients.upsert({ ...person, zone: 'Mars' })).rejects.toMatchObject({
    code: 'REQUEST_INVALID',
    field: 'zone',
  })
  expect(await client.recipients.export(person.externalId)).toEqual(
    await api.t.inviteMe.recipients.export(person.externalId),
  )
  expect(await client.recipients.export('nobody')).toBeUndefined()
  expect(await client.recipients.erase(person.externalId)).toBe(true)
  expect(await client.recipients.erase(person.externalId)).toBe(false)
})

test('an import goes over as a stream, with its own line numbers and problems', async () => {
  async function* source() {
    for (let line = 2; line <= 2_001; line += 1)
      yield line % 500 === 0
        ? { line, problem: 'the line has no address' }
        : {
            line,
            recipient: {
              externalId: `p${line}`,
              routes: { email: line === 1_001 ? '' : `p${line}@guests.test` },
            },
          }
    yield { line: 2_002, recipient: { externalId: 'p2', name: 'Again' } }
  }
  const embedded = await api.t.inviteMe.recipients.import(source())
  const report = await client.recipients.import(source())
  expect(report).toEqual(embedded)
  expect(report.repeated).toBe(1)
  expect(report.problems.map(({ line }) => line)).toEqual([500, 1_000, 1_001, 1_500, 2_000])
  expect((await client.recipients.get('p2'))?.name).toBe('Again')
})

test('a record that is no JSON costs only itself', async () => {
  const attributes = { big: 1n as unknown as number }
  const report = await client.recipients.import([
    { recipient: { externalId: 'a', attributes } },
    { recipient: { externalId: 'b' } },
  ])
  expect(report).toMatchObject({ imported: 1, problems: [{ line: 1 }] })
})

test('what an import is made of may fail: that failure is told, what came before is stored', async () => {
  const failure = new RangeError('the address book ended')
  async function* source() {
    for (let line = 1; line <= 1_200; line += 1) yield { line, recipient: { externalId: `q${line}` } }
    throw failure
  }
  await expect(client.recipients.import(source())).rejects.toBe(failure)
})

test('keys, webhooks, channels, audit, unmatched: as embedded', async () => {
  const { key, secret } = await client.keys.create({
    name: 'shop',
    scopes: ['send'],
    expiresAt: new Date(api.t.clock.now() + 86_400_000),
  })
  expect(secret).toMatch(/^imk_/)
  expect((await client.keys.list()).at(-1)).toEqual(key)
  expect(key.expiresAt).toBeInstanceOf(Date)
  await client.keys.revoke(key.id)
  await expect(client.keys.revoke('nothing')).rejects.toMatchObject({ code: 'KEY_UNKNOWN' })
  expect(await client.channels.list()).toEqual(api.t.inviteMe.channels.list())
  expect(await client.channels.probe('email')).toMatchObject({ ok: true })
  await expect(client.channels.probe('pigeon')).rejects.toMatchObject({
    code: 'CHANNEL_UNKNOWN',
    field: 'name',
  })
  expect(await client.unmatched.list()).toEqual(await api.t.inviteMe.unmatched.list())
  await client.unmatched.drop('nothing')
  const acts = await client.audit.list()
  expect(acts).toEqual(await api.t.inviteMe.audit.list())
  expect(acts.map(({ action }) => action)).toContain('keys.create')
  expect(acts.find(({ action }) => action === 'keys.create')?.target).toBe(key.id)
})
