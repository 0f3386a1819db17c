import { scopes, type Scope } from '@invite-me/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testApi, type TestApi } from '../app/__fixtures__/api.ts'
import { routes } from '../routes/index.ts'
import { commandsAmong } from './command-routes.ts'
import { runCommand, type CommandEnd, type CommandMessage } from './run-command.ts'

const commands = commandsAmong(routes)

let api: TestApi
/** One like it, which is asked over HTTP. */
let beside: TestApi
beforeAll(async () => {
  api = await testApi()
  beside = await testApi({ limits: { writesPerMinute: 1_000_000 } })
})
afterAll(async () => {
  await api.stop()
  await beside.stop()
})

interface Running extends Partial<Omit<CommandMessage, 'body'>> {
  readonly scopes?: readonly Scope[]
}

/** Runs what a message holds: an envelope, or its bytes. */
function run(content: unknown, { scopes: may = scopes, ...more }: Running = {}): Promise<CommandEnd> {
  const body = content instanceof Uint8Array ? content : Buffer.from(JSON.stringify(content))
  const message = { messageId: 'message-1', traceparent: undefined, ...more, body }
  return runCommand({ app: api.app.world, commands, scopes: may }, message)
}

const question = {
  to: { routes: { telegram: '4711' } },
  question: 'Coming?',
  answer: { type: 'yesNo' },
}
const ask = (more: object = {}) => ({ version: 1, command: 'invitations.ask', body: question, ...more })

describe('a command', () => {
  test('asks as a request does, and says the same', async () => {
    const end = await run(ask({ key: 'dinner-1' }))
    expect(end).toMatchObject({ kind: 'done', command: 'invitations.ask', status: 202 })
    const asked = JSON.parse(end.body)
    const { body } = await api.ask('POST', '/v1/invitations', {
      body: question,
      headers: { 'idempotency-key': 'dinner-1' },
    })
    // The same key and request: the same invitation, whichever way it came.
    expect(asked).toEqual(body)
    expect(await run(ask({ key: 'dinner-1' }))).toMatchObject({ kind: 'done', body: end.body })
  })

  test('acts on what its params name, and may have an answer without body', async () => {
    const { invitations } = JSON.parse((await run(ask({ key: 'cancel-1' }))).body)
    const params = { id: invitations[0].id }
    const cancel = { version: 1, command: 'invitations.cancel', key: 'cancel-2', params }
    expect(await run(cancel)).toMatchObject({ kind: 'done', status: 200, body: '{"state":"cancelled"}' })
    const publish = {
      version: 1,
      command: 'topics.publish',
      params: { topic: 'group:7' },
      body: { data: {} },
    }
    expect(await run(publish)).toMatchObject({ kind: 'done', status: 202, body: '' })
  })

  test('is named by its own key, else by the key in its body, else by its message', async () => {
    const first = await run(ask(), { messageId: 'order-77' })
    expect((await run(ask(), { messageId: 'order-77' })).body).toBe(first.body)
    expect((await run(ask({ key: 'order-77' }), { messageId: 'another' })).body).toBe(first.body)
    const body = { ...question, key: 'order-77' }
    expect((await run(ask({ body }), { messageId: 'another' })).body).toBe(first.body)
    expect((await run(ask(), { messageId: 'another' })).body).not.toBe(first.body)
  })

  test('that administers something is in the audit log', async () => {
    const command = { version: 1, command: 'recipients.upsert', params: { externalId: 'ann' }, body: {} }
    expect(await run(command)).toMatchObject({ kind: 'done' })
    expect(await api.t.inviteMe.audit.list()).toContainEqual(
      expect.objectContaining({ actor: 'queue:commands', action: 'recipients.upsert' }),
    )
  })
})

describe('a command is refused, naming the field', () => {
  const deep = (depth: number): string => `${'['.repeat(depth)}1${']'.repeat(depth)}`
  const text = (content: string): Buffer => Buffer.from(content)
  test.each<[string, unknown, string, Running?]>([
    ['that is no JSON', text('{"version":1,'), 'body'],
    ['that is empty', text(''), 'body'],
    ['that is no UTF-8', Buffer.from([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x3a, 0x31, 0x7d]), 'body'],
    ['that is a list', [], 'body'],
    ['that is null', null, 'body'],
    ['of 5 MB', Buffer.alloc(5 * 1024 * 1024, ' '), 'body'],
    ['10,000 deep', text(`{"version":1,"command":"invitations.ask","body":${deep(10_000)}}`), '0.0.0'],
    ['10,000 deep beside its body', text(`{"version":1,"params":${deep(10_000)}}`), 'params.0.0'],
    ['of another version', { ...ask(), version: 2 }, 'version'],
    ['of no version', { command: 'invitations.ask', body: question }, 'version'],
    ['without a command', { version: 1, body: question }, 'command'],
    ['nobody knows', { ...ask(), command: 'invitations.forget' }, 'command'],
    ['named like what every object has', { ...ask(), command: 'constructor' }, 'command'],
    ['that only looks', { version: 1, command: 'invitations.list' }, 'command'],
    ['whose answer is a secret', { version: 1, command: 'webhooks.create', body: {} }, 'command'],
    ['for people who hold keys', { version: 1, command: 'keys.create', body: {} }, 'command'],
    ['that is a stream', { version: 1, command: 'recipients.import' }, 'command'],
    ['with a member nobody knows', { ...ask(), urgent: true }, 'urgent'],
    ['with a member of its body nobody knows', ask({ body: { ...question, urgent: true } }), 'urgent'],
    ['with __proto__', text('{"version":1,"command":"invitations.ask","__proto__":{}}'), '__proto__'],
    [
      'with __proto__ in its body',
      text('{"version":1,"command":"invitations.ask","body":{"a":{"__proto__":1}}}'),
      'a.__proto__',
    ],
    ['with a NUL', ask({ body: { ...question, question: 'a\0b' } }), 'question'],
    ['without a name', ask(), 'key', { messageId: undefined }],
    ['with a name that is none', ask({ key: 'über' }), 'key'],
    ['with a message_id that is no name', ask(), 'message_id', { messageId: 'two words' }],
    ['with two keys', ask({ key: 'a', body: { ...question, key: 'b' } }), 'key'],
    ['that wants to wait', ask({ query: { wait: '5s' } }), 'query.wait'],
    [
      'that wants to wait until it is sent',
      { version: 1, command: 'messages.send', body: { to: 'x', content: 'y', mode: 'inline' } },
      'mode',
    ],
    [
      'with a param too many',
      { version: 1, command: 'invitations.cancel', params: { id: '1', to: '2' } },
      'path.to',
    ],
    [
      'with a param that is no text',
      { version: 1, command: 'invitations.cancel', params: { id: 7 } },
      'params.id',
    ],
    [
      'with a body where none belongs',
      { version: 1, command: 'invitations.cancel', params: { id: '1' }, body: {} },
      'body',
    ],
    ['without its body', { version: 1, command: 'invitations.ask' }, 'body'],
    [
      'beyond its scopes',
      { version: 1, command: 'recipients.erase', params: { externalId: 'ann' } },
      'command',
      { scopes: ['send'] },
    ],
  ])('%s', async (_name, content, field, running) => {
    const end = await run(content, running)
    expect([end.kind, end.problem?.field]).toEqual(['refused', field])
    expect(end.status).toBe(end.problem?.status)
    expect(JSON.parse(end.body)).toEqual(end.problem)
    expect(end.contentType).toBe('application/problem+json')
  })

  test('and what it may not do is told as such', async () => {
    const erase = { version: 1, command: 'recipients.erase', params: { externalId: 'nobody' } }
    expect(await run(erase, { scopes: ['send'] })).toMatchObject({ status: 403 })
    expect(await run(erase, { scopes: ['send', 'admin'] })).toMatchObject({ status: 404 })
  })
})

test('what cannot be done now is no refusal', async () => {
  const stopped = await testApi()
  await stopped.stop()
  const message = {
    body: Buffer.from(JSON.stringify(ask({ key: 'late' }))),
    messageId: undefined,
    traceparent: undefined,
  }
  const end = await runCommand({ app: stopped.app.world, commands, scopes }, message)
  expect(end).toMatchObject({ kind: 'later', status: 503, problem: { code: 'STOPPED' } })
})

/** The same with new ids, of which each engine makes its own. */
function withoutIds(answer: unknown): Readonly<Record<string, unknown>> {
  return JSON.parse(JSON.stringify(answer).replaceAll(/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g, 'an id'))
}

/** Every operation over HTTP that a message can ask for too. */
const operations = [...commands.values()]

describe('a command and a request of the same operation cannot differ', () => {
  test('there are those that change something, but for streams and secrets', () => {
    expect([...commands.keys()].toSorted()).toEqual([
      'channels.probe',
      'deliveries.revokeLinks',
      'inbox.acknowledge',
      'inbox.answer',
      'inbox.read',
      'invitations.ask',
      'invitations.cancel',
      'invitations.respond',
      'messages.reschedule',
      'messages.send',
      'recipients.connectAddress',
      'recipients.erase',
      'recipients.optIn',
      'recipients.optOut',
      'recipients.setPreferences',
      'recipients.upsert',
      'schedules.disable',
      'schedules.enable',
      'schedules.remove',
      'schedules.runNow',
      'schedules.save',
      'segments.remove',
      'segments.save',
      'templates.remove',
      'templates.save',
      'topics.publish',
      'unmatched.drop',
      'webhooks.remove',
      'webhooks.replay',
      'webhooks.update',
    ])
  })

  const bodies: readonly unknown[] = [
    [],
    null,
    'text',
    {},
    { nobodyKnows: 1 },
    { to: [], question: 7, answer: {}, content: '', ids: 'all', data: 1, input: [], calendar: {} },
  ]
  const queries: readonly Readonly<Record<string, string>>[] = [{}, { nobodyKnows: '1' }, { address: '' }]

  test.each(operations.map((route) => [route.operation, route] as const))('%s', async (operation, route) => {
    const params = Object.fromEntries(
      [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => [
        name,
        name === 'topic' ? 'group:none' : 'none',
      ]),
    )
    const path = route.path.replaceAll(/\{(\w+)\}/g, (_part, name: string) => params[name] ?? '')
    let refusals = 0
    for (const query of queries)
      for (const body of route.body === undefined ? [undefined] : bodies) {
        const asked = await beside.ask(
          route.method.toUpperCase(),
          `${path}?${new URLSearchParams(query).toString()}`,
          {
            // A text would be sent as it is.
            ...(body !== undefined && {
              body: Buffer.from(JSON.stringify(body)),
              headers: { 'content-type': 'application/json' },
            }),
          },
        )
        const end = await run({
          version: 1,
          command: operation,
          params,
          query,
          ...(body !== undefined && { body }),
        })
        const { requestId: _ours, ...answer } = withoutIds(end.body === '' ? {} : JSON.parse(end.body))
        const { requestId: _theirs, ...expected } = withoutIds(asked.body === '' ? {} : asked.body)
        expect({ query, body, status: end.status, answer }).toEqual({
          query,
          body,
          status: asked.status,
          answer: expected,
        })
        if (end.kind === 'refused') refusals += 1
      }
    expect(refusals).toBeGreaterThan(0)
  })
})
