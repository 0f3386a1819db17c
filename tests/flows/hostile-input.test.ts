import {
  choice,
  createInviteMe,
  text,
  yesNo,
  type AskOptions,
  type Content,
  type RecipientInput,
  type To,
} from '@invite-me/core'
import { scriptedChannel } from '@invite-me/core/testing'
import { describe, expect, test } from 'vitest'
import { sam, startEngine } from './start-engine.ts'

const answer = yesNo()
const megabyte = 'x'.repeat(1_000_000)

/** Values a caller in JavaScript can pass whatever the types say. */
const anything = <Wanted>(value: unknown): Wanted => value as Wanted

function holdsItself(more: object = {}): object {
  const holder: { self?: unknown } = { ...more }
  holder.self = holder
  return holder
}

describe('a question is refused, naming what is wrong', () => {
  const refused: readonly (readonly [string, To | readonly To[], string | Content, object, object])[] = [
    ['an empty question', sam, '', {}, { code: 'REQUEST_INVALID', field: 'content' }],
    ['a question of blanks', sam, ' \n\t ', {}, { code: 'REQUEST_INVALID', field: 'content' }],
    ['a question of a megabyte', sam, megabyte, {}, { code: 'REQUEST_INVALID', field: 'content' }],
    ['details of a megabyte', sam, { text: 'Dinner?', details: megabyte }, {}, { code: 'REQUEST_INVALID' }],
    [
      'a subject of two lines',
      sam,
      { subject: 'a\r\nBcc: eve@evil.test', text: 'b' },
      {},
      { code: 'REQUEST_INVALID' },
    ],
    ['no text at all', sam, anything(undefined), {}, { code: 'REQUEST_INVALID', field: 'content' }],
    ['a number for a text', sam, anything(7), {}, { code: 'REQUEST_INVALID', field: 'content' }],
    [
      'a poll with one option',
      sam,
      'Which?',
      { answer: choice(['only']) },
      {
        code: 'REQUEST_INVALID',
        field: 'options.answer.options',
        message: expect.stringContaining('at least two'),
      },
    ],
    [
      'a poll with the same option twice',
      sam,
      'Which?',
      { answer: choice(['a', 'a']) },
      { code: 'REQUEST_INVALID', field: 'options.answer.options' },
    ],
    [
      'a poll with an empty option',
      sam,
      'Which?',
      { answer: choice(['a', '']) },
      { code: 'REQUEST_INVALID' },
    ],
    [
      'no type of answer',
      sam,
      'Which?',
      { answer: undefined },
      { code: 'REQUEST_INVALID', field: 'options.answer' },
    ],
    ['a made-up type', sam, 'Which?', { answer: { spec: { type: 'wish' } } }, { code: 'REQUEST_INVALID' }],
    ['a text of no length', sam, 'Which?', { answer: text({ maxLength: 0 }) }, { code: 'REQUEST_INVALID' }],
    [
      'an unknown channel',
      sam,
      'Dinner?',
      { via: ['pigeon'] },
      { code: 'CHANNEL_UNKNOWN', field: 'options.via', message: expect.stringContaining('telegram, email') },
    ],
    ['no channel', sam, 'Dinner?', { via: [] }, { code: 'REQUEST_INVALID', field: 'options.via' }],
    [
      'a deadline in the past',
      sam,
      'Dinner?',
      { until: '2020-01-01' },
      { code: 'DEADLINE_PAST', field: 'options.until' },
    ],
    [
      'a deadline of now',
      sam,
      'Dinner?',
      { until: new Date(0) },
      { code: 'DEADLINE_PAST', field: 'options.until' },
    ],
    [
      'a deadline in the far future',
      sam,
      'Dinner?',
      { until: new Date(8.64e15) },
      { code: 'REQUEST_INVALID', field: 'options.until' },
    ],
    [
      'a deadline that is no time',
      sam,
      'Dinner?',
      { until: 'soon' },
      { code: 'REQUEST_INVALID', field: 'options.until' },
    ],
    [
      'an impossible day',
      sam,
      'Dinner?',
      { until: '2026-02-30' },
      { code: 'REQUEST_INVALID', field: 'options.until' },
    ],
    ['a broken date', sam, 'Dinner?', { until: new Date(Number.NaN) }, { code: 'REQUEST_INVALID' }],
    [
      'two rules at once',
      sam,
      'Dinner?',
      { next: { unlessSeen: 1, unlessAnswered: 1 } },
      { code: 'REQUEST_INVALID' },
    ],
    ['a wait that is none', sam, 'Dinner?', { next: { unlessSeen: 'soon' } }, { code: 'REQUEST_INVALID' }],
    ['a reminder before it is sent', sam, 'Dinner?', { remind: [-1] }, { code: 'REQUEST_INVALID' }],
    [
      'an endless key',
      sam,
      'Dinner?',
      { key: 'k'.repeat(201) },
      { code: 'REQUEST_INVALID', field: 'options.key' },
    ],
    ['lane nine', sam, 'Dinner?', { lane: 9 }, { code: 'REQUEST_INVALID', field: 'options.lane' }],
    [
      'an unknown option',
      sam,
      'Dinner?',
      { remnid: ['1h'] },
      {
        code: 'REQUEST_INVALID',
        field: 'options.remnid',
        message: expect.stringContaining('"options.remnid"'),
      },
    ],
    ['nobody', [], 'Dinner?', {}, { code: 'REQUEST_INVALID', field: 'to' }],
    ['an empty name for somebody', '', 'Dinner?', {}, { code: 'REQUEST_INVALID' }],
    ['somebody unknown', 'nobody', 'Dinner?', {}, { code: 'RECIPIENT_UNKNOWN', field: 'to.0' }],
    ['somebody without an address', { routes: {} }, 'Dinner?', {}, { code: 'REQUEST_INVALID' }],
    ['somebody named null', anything(null), 'Dinner?', {}, { code: 'REQUEST_INVALID' }],
    [
      'a name with a line break',
      { name: 'a\nb', routes: { email: 'a@b.test' } },
      'Dinner?',
      {},
      { code: 'REQUEST_INVALID' },
    ],
    [
      'an address with a line break',
      { routes: { email: 'ann@guests.test\r\nBcc: eve@evil.test' } },
      'Dinner?',
      {},
      { code: 'REQUEST_INVALID' },
    ],
    [
      'an address with a control character',
      { routes: { email: 'a\u0000@b.test' } },
      'Dinner?',
      {},
      { code: 'REQUEST_INVALID' },
    ],
    [
      'an address of two kilobytes',
      { routes: { email: `${'a'.repeat(2_000)}@b.test` } },
      'Dinner?',
      {},
      { code: 'REQUEST_INVALID' },
    ],
  ]

  test.each(refused)('%s', async (_name, to, content, options, error) => {
    const t = await startEngine()
    const asking = t.inviteMe.ask(anything<To>(to), content, { answer, ...options } as AskOptions<boolean>)
    const problem = await asking.then(
      () => undefined,
      (reason: unknown) => reason,
    )
    expect(problem).toMatchObject({ name: 'InviteMeError', ...error })
    const message = problem instanceof Error ? problem.message : ''
    expect(message.length).toBeLessThan(1_000)
    expect(message).not.toMatch(/eve@evil|guests\.test/)
    expect(await t.inviteMe.messages.list()).toEqual([])
    const invitation = await t.inviteMe.ask(sam, 'Dinner?', { answer })
    expect(await invitation.state()).toBe('pending')
  })

  test('a hundred thousand and one recipients', async () => {
    const t = await startEngine()
    const many = Array.from({ length: 100_001 }, () => 'sam')
    await expect(t.inviteMe.ask(many, 'Dinner?', { answer })).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
    })
  })

  test('of many recipients one is wrong: nobody is asked, and the wrong one is named', async () => {
    const t = await startEngine()
    const people = [sam, 'nobody', sam]
    await expect(t.inviteMe.ask(people, 'Dinner?', { answer })).rejects.toMatchObject({ field: 'to.1' })
    await t.advance('1m')
    expect(t.outbox).toEqual([])
  })

  test('but what nobody asked for beside a text is left out', async () => {
    const t = await startEngine()
    for (const content of [holdsItself({ text: 'Dinner?' }), { text: 'Dinner?', extra: 1n }]) {
      const invitation = await t.inviteMe.ask(sam, anything<Content>(content), { answer, key: 'k' })
      expect(await t.inviteMe.messages.get(invitation.messageId)).toMatchObject({
        content: { text: 'Dinner?' },
      })
    }
  })
})

describe('what people are called does no harm', () => {
  test.each([
    `O'Hara "Annie" \\ ; -- <b>`,
    "Robert'); DROP TABLE recipients;--",
    '{{name}} ${name} %s',
    'ﷺ 👩‍👩‍👧 \u202eeve',
    '__proto__',
    'constructor',
  ])('%s', async (name) => {
    const t = await startEngine()
    await t.inviteMe.recipients.upsert({
      externalId: name,
      name,
      attributes: { team: name },
      routes: { email: 'a@b.test' },
    })
    const stored = await t.inviteMe.recipients.get(name)
    expect(stored).toMatchObject({ externalId: name, name, attributes: { team: name } })
    const invitation = await t.inviteMe.ask(name, name, { answer, key: name, from: { name } })
    await t.reply(invitation, 'yes')
    expect(await invitation.answer()).toMatchObject({ kind: 'answered' })
    expect(t.outbox[0]?.message).toMatchObject({
      to: { name },
      content: { text: name },
      originator: { name },
    })
    expect((await invitation.why()).includes('a@b.test')).toBe(false)
  })

  test('control characters leave the text, tabs and line breaks stay', async () => {
    const t = await startEngine()
    await t.inviteMe.ask(sam, 'one\r\ntwo\tthree\u0000\u001b[31m\u0007four', { answer })
    await t.clock.settle()
    expect(t.outbox[0]?.message.content.text).toBe('one\ntwo\tthree[31mfour')
  })
})

describe('a person is refused, naming what is wrong', () => {
  const refused: readonly (readonly [string, unknown, string])[] = [
    ['no id', { routes: {} }, 'externalId'],
    ['an empty id', { externalId: ' ' }, 'externalId'],
    ['an id with a line break', { externalId: 'a\nb' }, 'externalId'],
    [
      'an address with a line break',
      { externalId: 'a', routes: { email: 'a@b.test\nBcc: c@d.test' } },
      'routes',
    ],
    ['a locale that is none', { externalId: 'a', locale: '../../etc' }, 'locale'],
    ['a zone that is none', { externalId: 'a', zone: 'Mars/Olympus' }, 'zone'],
    ['a preference about nothing', { externalId: 'a', preferences: { off: [{}] } }, 'preferences.off.0'],
    ['a route of no channel', { externalId: 'a', routes: [{ channel: 'E Mail', address: 'x' }] }, 'routes'],
    ['attributes that are objects', { externalId: 'a', attributes: { a: {} } }, 'attributes.a'],
    ['null', null, ''],
  ]

  test.each(refused)('%s', async (_name, input, field) => {
    const t = await startEngine()
    const problem = await t.inviteMe.recipients.upsert(anything<RecipientInput>(input)).then(
      () => undefined,
      (reason: unknown) => reason,
    )
    expect(problem).toMatchObject({ code: 'REQUEST_INVALID', field: expect.stringContaining(field) })
    expect(await t.inviteMe.recipients.list()).toEqual([])
  })

  test('bad records of an import are reported with their line, and the rest is stored', async () => {
    const t = await startEngine()
    const report = await t.inviteMe.recipients.import([
      { line: 2, recipient: { externalId: 'ann', routes: { email: 'ann@guests.test' } } },
      {
        line: 3,
        recipient: { externalId: 'bob', routes: { email: 'bob@guests.test\r\nBcc: eve@evil.test' } },
      },
      { line: 4, problem: 'it has no comma' },
      { line: 5, recipient: { externalId: 'ann', name: 'Ann again' } },
      { line: 6, recipient: anything<RecipientInput>(null) },
      { line: 7, recipient: { externalId: 'cat' } },
    ])
    expect(report).toMatchObject({
      imported: 2,
      repeated: 1,
      problems: [{ line: 3 }, { line: 4 }, { line: 6 }],
    })
    expect((await t.inviteMe.recipients.list()).map(({ externalId }) => externalId)).toEqual(['ann', 'cat'])
    expect(JSON.stringify(report)).not.toContain('eve@evil.test')
  })
})

describe('an answer does no harm', () => {
  test.each([
    ['nothing', ''],
    ['blanks', ' \n '],
    ['a megabyte', megabyte],
    ['control characters', '\u0000\u001b[2J'],
    ['a search pattern', '(a+)+$'.repeat(5_000)],
    ['quotes and markup', `"'; DROP TABLE responses; --<script>alert(1)</script>`],
  ])('%s', async (_name, words) => {
    const t = await startEngine()
    const invitation = await t.inviteMe.ask(sam, 'Dinner?', { answer })
    const result = await t.reply(invitation, words)
    expect(['unclear', 'refused']).toContain(result.answer)
    expect(await invitation.state()).toBe('pending')
    await t.reply(invitation, 'yes')
    expect(await invitation.state()).toBe('accepted')
  })

  test.each<readonly [string, unknown]>([
    ['null', null],
    ['a function', () => true],
    ['an endless list', Array.from({ length: 100_000 }, () => 'yes')],
    ['an object with a prototype of its own', Object.create({ yes: true })],
    ['a big integer', 12n],
    ['something that holds itself', holdsItself()],
    ['undefined', undefined],
  ])('the value %s', async (_name, value) => {
    const t = await startEngine()
    const invitation = await t.inviteMe.ask(sam, 'Dinner?', { answer })
    const receipt = await t.inviteMe.respond(invitation.id, { kind: 'value', value })
    expect(receipt.status).toBe('refused')
    expect(await t.inviteMe.invitations.responses(invitation.id)).toHaveLength(1)
  })

  test('fields that nobody asked for', async () => {
    const t = await startEngine()
    const invitation = await t.inviteMe.ask(sam, 'Dinner?', { answer })
    const fields = JSON.parse('{"__proto__": ["yes"], "constructor": ["yes"], "answer": []}') as Record<
      string,
      string[]
    >
    const receipt = await t.inviteMe.respond(invitation.id, { kind: 'fields', fields })
    expect(receipt.status).toMatch(/refused|unclear/)
  })
})

test.each<readonly [string, unknown]>([
  ['no answer at all', undefined],
  ['a kind of its own', { kind: 'wish' }],
  ['words that are none', { kind: 'text', text: null }],
  ['fields that are none', { kind: 'fields', fields: null }],
  ['fields that are no lists', { kind: 'fields', fields: { answer: 'yes' } }],
])('%s is refused before it is recorded', async (_name, input) => {
  const t = await startEngine()
  const invitation = await t.inviteMe.ask(sam, 'Dinner?', { answer })
  await t.clock.settle()
  const token = t.outbox[0]?.message.links.respond?.split('/').at(-1) ?? ''
  const refused = { code: 'ANSWER_INVALID', field: expect.stringMatching(/^input/) }
  await expect(t.inviteMe.respond(invitation.id, anything(input))).rejects.toMatchObject(refused)
  await expect(t.inviteMe.links.answer(token, anything(input))).rejects.toMatchObject(refused)
  expect(await t.inviteMe.invitations.responses(invitation.id)).toEqual([])
})

test.each(['', ' ', 'a\nb', 'x'.repeat(2_001), undefined])('nobody opts out as %j', async (address) => {
  const t = await startEngine()
  const refused = { code: 'ADDRESS_INVALID', field: 'address' }
  await expect(t.inviteMe.recipients.optOut('email', anything(address))).rejects.toMatchObject(refused)
  await expect(t.inviteMe.recipients.optIn('email', anything(address))).rejects.toMatchObject(refused)
  await expect(t.inviteMe.recipients.optOut('pigeon', 'loft 7')).rejects.toMatchObject({
    code: 'CHANNEL_UNKNOWN',
  })
})

test.each([0, -5, 1.5, Number.NaN, Infinity, 'abc'])('a page of %s rows is a page', async (limit) => {
  const t = await startEngine()
  await t.inviteMe.send([sam, { routes: { email: 'a@b.test' } }], 'Hello')
  const page = { limit: anything<number>(limit) }
  for (const list of [
    t.inviteMe.messages.list(page),
    t.inviteMe.deliveries.list({}, page),
    t.inviteMe.receipts.list({}, page),
    t.inviteMe.invitations.list({}, page),
    t.inviteMe.recipients.list(page),
  ])
    expect((await list).length).toBeLessThanOrEqual(100)
})

test.each(['', 'x', '../../etc/passwd', '0'.repeat(10_000), '7h2k9q\u0000', '0'.repeat(26)])(
  'the link %j is unknown',
  async (token) => {
    const t = await startEngine()
    expect(await t.inviteMe.links.open(token, 'respond')).toEqual({ status: 'unknown' })
    expect(await t.inviteMe.links.unsubscribe(token)).toEqual({ status: 'unknown' })
    await t.inviteMe.links.renew(token)
    const answering = t.inviteMe.links.answer(token, { kind: 'option', value: 'yes' })
    await expect(answering).rejects.toMatchObject({ code: 'LINK_UNKNOWN' })
  },
)

describe('the options of an engine are refused, naming the field', () => {
  const good = () => ({ store: { open: () => Promise.reject(new Error('never opened')) }, channels: [] })
  test.each<readonly [string, object, string]>([
    ['no store', { store: undefined }, 'store'],
    ['a channel that was not called', { channels: [() => undefined] }, 'channels.0'],
    [
      'two channels with one name',
      { channels: [scriptedChannel({ name: 'email' }), scriptedChannel({ name: 'email' })] },
      'channels',
    ],
    ['a channel with a shouted name', { channels: [scriptedChannel({ name: 'EMAIL' })] }, 'channels.0'],
    [
      'a channel of no places',
      { channels: [scriptedChannel({ name: 'email', limits: { concurrency: 0 } })] },
      'channels.0',
    ],
    [
      'a channel of no time',
      { channels: [scriptedChannel({ name: 'email', limits: { timeoutMs: -1 } })] },
      'channels.0',
    ],
    ['a portal that is no address', { portal: { url: 'javascript:alert(1)' } }, 'portal.url'],
    ['a lease of a day', { lease: '1d' }, 'lease'],
    ['a poll of nothing', { poll: 0 }, 'poll'],
    ['an unknown policy', { policies: { routing: 'random' } }, 'policies.routing'],
    ['an unknown option', { stroe: 1 }, 'stroe'],
  ])('%s', async (_name, change, field) => {
    const making = createInviteMe({ ...good(), ...change } as Parameters<typeof createInviteMe>[0])
    await expect(making).rejects.toMatchObject({ code: 'OPTIONS_INVALID', field })
  })
})
