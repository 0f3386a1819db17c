import {
  createInviteMe,
  InviteMeError,
  yesNo,
  type InviteMe,
  type StoreOpener,
  type WebhookSender,
} from '@invite-me/core'
import { sqlite } from '@invite-me/core/sqlite'
import { virtualClock, type InviteMeTestOptions, type VirtualClock } from '@invite-me/core/testing'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { webhookSender } from '../../packages/server/src/webhook-post.ts'
import { answer, startEventEndpoint, take, type EventEndpoint } from '../peers/event-endpoint.ts'
import { verifyElsewhere } from '../peers/verify-webhook.ts'
import { waitUntil } from '../peers/wait-until.ts'
import { runScript } from '../peers/run-script.ts'
import { newWorkspace } from '../worlds/workspace.ts'
import { sam, startEngine } from './start-engine.ts'

const loopback = webhookSender({ allowPrivate: true })
const type = 'topic.published'
let endpoint: EventEndpoint

beforeEach(async () => {
  endpoint = await startEventEndpoint()
  onTestFinished(() => endpoint.close())
})

/** Posts in real time while the clock stands still; a post that hangs is not waited for. */
function watched(clock: VirtualClock, sender: WebhookSender = loopback): WebhookSender {
  return { ...sender, post: (post, signal) => clock.track(sender.post(post, signal)) }
}

/** Libraries of the standard look at the machine's clock, so the engine begins there. */
const start = ({ clock = virtualClock(Date.now()), ...options }: InviteMeTestOptions = {}) =>
  startEngine({ webhooks: watched(clock), ...options, clock })

async function newFile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'invite-me-webhooks-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return join(folder, 'invites.db')
}

const say = async (inviteMe: InviteMe, count: number): Promise<void> => {
  for (let number = 1; number <= count; number += 1) await inviteMe.topics.publish('group:7', { number })
}
const idsAt = (path: string): readonly string[] =>
  endpoint.events.filter((event) => event.path === path).map(({ headers }) => headers['webhook-id'] ?? '')
const numbersAt = (path = '/events'): readonly number[] =>
  endpoint.events
    .filter((event) => event.path === path)
    .map(({ payload }) => (payload.data['data'] as { readonly number: number }).number)
const statesOf = async (inviteMe: InviteMe, id: string): Promise<readonly string[]> =>
  (await inviteMe.webhooks.postings(id)).map(({ state }) => state)

describe('an endpoint', () => {
  test('is told of an answer, signed so that libraries of the standard believe it, and nothing else does', async () => {
    const t = await start()
    const { endpoint: made, secret } = await t.inviteMe.webhooks.create({
      url: endpoint.url(),
      types: ['invitation.accepted'],
    })
    const { secret: another } = await t.inviteMe.webhooks.create({ url: endpoint.url('/other') })
    const invitation = await t.inviteMe.ask(sam, 'Dinner?', { answer: yesNo() })
    await t.advance('1s')
    await t.reply(invitation, 'yes')
    await t.advance('1s')

    const mine = endpoint.events.filter(({ path }) => path === '/events')
    expect(mine).toHaveLength(1)
    const [only] = mine
    if (only === undefined) throw new Error('a post is expected')
    const { payload, headers, body } = only
    expect(payload).toMatchObject({
      type: 'invitation.accepted',
      timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
      data: { invitationId: invitation.id, messageId: invitation.messageId },
    })
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'webhook-id': `evt_${String(payload.data['cursor'])}`,
    })
    expect(verifyElsewhere(secret, body, headers)).toEqual({
      standardwebhooks: 'believed',
      svix: 'believed',
    })
    const refused = { standardwebhooks: 'refused', svix: 'refused' }
    expect(verifyElsewhere(another, body, headers)).toEqual(refused)
    expect(verifyElsewhere(secret, body.replace('accepted', 'declined'), headers)).toEqual(refused)
    expect(await statesOf(t.inviteMe, made.id)).toEqual(['delivered'])
    // The other endpoint heard of the same event under the same id, and of everything else too.
    expect(idsAt('/other')).toContain(headers['webhook-id'])
    expect(idsAt('/other').length).toBeGreaterThan(1)
  })

  test('hears nothing of what happened before it was made', async () => {
    const t = await start()
    await say(t.inviteMe, 3)
    await t.inviteMe.webhooks.create({ url: endpoint.url() })
    await t.inviteMe.topics.publish('group:7', { number: 4 })
    await t.advance('1s')
    expect(numbersAt()).toEqual([4])
  })

  test('that is down for three tries gets everything once it is up, under the ids of the first try', async () => {
    endpoint.behave(answer(503))
    const t = await start()
    const { endpoint: made } = await t.inviteMe.webhooks.create({ url: endpoint.url() })
    await say(t.inviteMe, 20)
    await t.advance('20m')
    expect(await statesOf(t.inviteMe, made.id)).toEqual(Array.from({ length: 20 }, () => 'pending'))
    expect((await t.inviteMe.webhooks.get(made.id))?.failingSince).not.toBeNull()
    const before = new Set(idsAt('/events'))
    endpoint.behave(take)
    const seen = endpoint.events.length
    await t.advance('1h')
    const taken = endpoint.events.slice(seen).map(({ headers }) => headers['webhook-id'] ?? '')
    expect(new Set(taken)).toEqual(before)
    expect(taken).toHaveLength(20)
    expect(await statesOf(t.inviteMe, made.id)).toEqual(Array.from({ length: 20 }, () => 'delivered'))
    expect((await t.inviteMe.webhooks.get(made.id))?.failingSince).toBeNull()
  })

  test('that never answers is given up after 15 s, and holds up nobody', async () => {
    endpoint.behave((response, { path }) => {
      if (path !== '/hanging') take(response)
    })
    const t = await start({ webhooks: loopback })
    const { endpoint: hanging } = await t.inviteMe.webhooks.create({ url: endpoint.url('/hanging') })
    await t.inviteMe.webhooks.create({ url: endpoint.url() })
    await say(t.inviteMe, 30)
    await t.advance('1s')
    await eventually(t.clock, () => new Set(numbersAt()).size === 30)
    expect(endpoint.mostAtOnce.get('/hanging')).toBe(5)
    await t.advance('16s')
    const ended = (await t.inviteMe.webhooks.postings(hanging.id)).filter(
      ({ lastError }) => lastError !== null,
    )
    expect(ended.length).toBeGreaterThanOrEqual(5)
    expect(ended[0]).toMatchObject({ lastStatus: null, lastError: 'no answer within 15 s' })
  })

  test('that redirects has taken nothing, and nobody goes where it points', async () => {
    endpoint.behave(answer(302, { location: '/inside' }))
    const t = await start()
    const { endpoint: made } = await t.inviteMe.webhooks.create({ url: endpoint.url() })
    await say(t.inviteMe, 1)
    await t.advance('1s')
    expect(idsAt('/inside')).toEqual([])
    expect((await t.inviteMe.webhooks.postings(made.id))[0]).toMatchObject({
      state: 'pending',
      tries: 1,
      lastStatus: 302,
    })
  })

  test('that asks for a longer pause gets it', async () => {
    endpoint.behave(answer(429, { 'retry-after': '3600' }))
    const t = await start()
    await t.inviteMe.webhooks.create({ url: endpoint.url() })
    await say(t.inviteMe, 1)
    await t.advance('59m')
    expect(endpoint.events).toHaveLength(1)
    await t.advance('2m')
    expect(endpoint.events).toHaveLength(2)
  })

  test('that says 410 is told no more, until it is enabled again', async () => {
    endpoint.behave(answer(410))
    const t = await start()
    const { endpoint: made } = await t.inviteMe.webhooks.create({ url: endpoint.url() })
    await say(t.inviteMe, 1)
    await t.advance('1s')
    expect(await t.inviteMe.webhooks.get(made.id)).toMatchObject({
      state: 'disabled',
      disabledReason: 'it answered 410: it wants no more',
    })
    endpoint.behave(take)
    await say(t.inviteMe, 1)
    await t.advance('2d')
    expect(endpoint.events).toHaveLength(1)
    await t.inviteMe.webhooks.update(made.id, { state: 'enabled' })
    await say(t.inviteMe, 1)
    await t.advance('1s')
    expect(endpoint.events).toHaveLength(2)
    expect(await t.inviteMe.webhooks.get(made.id)).toMatchObject({ state: 'enabled', disabledReason: null })
  })

  test('that only fails for five days is disabled, and what it missed can be told afterwards', async () => {
    endpoint.behave(answer(500))
    const t = await start()
    const { endpoint: made } = await t.inviteMe.webhooks.create({ url: endpoint.url() })
    for (let day = 0; day < 5; day += 1) {
      await t.inviteMe.topics.publish('group:7', { number: day })
      await t.advance('1d')
      expect((await t.inviteMe.webhooks.get(made.id))?.state).toBe('enabled')
    }
    await t.advance('2d')
    expect(await t.inviteMe.webhooks.get(made.id)).toMatchObject({ state: 'disabled' })
    expect(t.troubles.map(({ message }) => message)).toContain('A webhook endpoint is disabled')
    expect(JSON.stringify(t.troubles)).not.toContain('127.0.0.1')
    const tries = endpoint.events.length
    await t.inviteMe.topics.publish('group:7', { number: 5 })
    await t.advance('2d')
    expect(endpoint.events).toHaveLength(tries)

    endpoint.behave(take)
    await t.inviteMe.webhooks.update(made.id, { state: 'enabled' })
    expect(await t.inviteMe.webhooks.replay(made.id, { since: made.createdAt })).toBe(6)
    await t.advance('1m')
    expect(new Set(numbersAt().slice(tries))).toEqual(new Set([0, 1, 2, 3, 4, 5]))
    expect(new Set(await statesOf(t.inviteMe, made.id))).toEqual(new Set(['delivered']))
  })

  test('is told once more of what is named, or of what failed', async () => {
    const t = await start()
    const { endpoint: made } = await t.inviteMe.webhooks.create({ url: endpoint.url() })
    await say(t.inviteMe, 3)
    await t.advance('1s')
    const [newest] = await t.inviteMe.webhooks.postings(made.id)
    expect(await t.inviteMe.webhooks.replay(made.id, { ids: [newest?.id ?? ''] })).toBe(1)
    await t.advance('1s')
    expect(numbersAt().toSorted((one, other) => one - other)).toEqual([1, 2, 3, 3])
    expect(await t.inviteMe.webhooks.replay(made.id, { since: made.createdAt, state: 'failed' })).toBe(0)
  })

  test('gets both signatures while its secret is changed, and the new one alone afterwards', async () => {
    const t = await start()
    const { endpoint: made, secret: old } = await t.inviteMe.webhooks.create({ url: endpoint.url() })
    const { secret } = await t.inviteMe.webhooks.rotateSecret(made.id, { keepFor: '1m' })
    await say(t.inviteMe, 1)
    await t.advance('2m')
    await say(t.inviteMe, 1)
    await t.advance('1s')
    const [during, later] = endpoint.events
    const believed = { standardwebhooks: 'believed', svix: 'believed' }
    const refused = { standardwebhooks: 'refused', svix: 'refused' }
    expect(verifyElsewhere(old, during?.body ?? '', during?.headers ?? {})).toEqual(believed)
    expect(verifyElsewhere(secret, during?.body ?? '', during?.headers ?? {})).toEqual(believed)
    expect(verifyElsewhere(old, later?.body ?? '', later?.headers ?? {})).toEqual(refused)
    expect(verifyElsewhere(secret, later?.body ?? '', later?.headers ?? {})).toEqual(believed)
  })

  test('shows its secret once: not in lists, errors or the log', async () => {
    endpoint.behave(answer(500))
    const t = await start()
    const { endpoint: made, secret } = await t.inviteMe.webhooks.create({ url: endpoint.url() })
    await say(t.inviteMe, 2)
    await t.advance('10m')
    const shown = JSON.stringify([
      await t.inviteMe.webhooks.list(),
      await t.inviteMe.webhooks.get(made.id),
      await t.inviteMe.webhooks.postings(made.id),
      t.troubles,
    ])
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    expect(shown).not.toContain(secret.slice(6, 30))
  })

  test('that is removed is told nothing more', async () => {
    endpoint.behave(answer(500))
    const t = await start()
    const { endpoint: made } = await t.inviteMe.webhooks.create({ url: endpoint.url() })
    await say(t.inviteMe, 2)
    await t.advance('1s')
    const tries = endpoint.events.length
    await t.inviteMe.webhooks.remove(made.id)
    await say(t.inviteMe, 2)
    await t.advance('1d')
    expect(endpoint.events).toHaveLength(tries)
    await expect(t.inviteMe.webhooks.postings(made.id)).rejects.toMatchObject({ code: 'WEBHOOK_UNKNOWN' })
  })

  test('keeps what was posted for thirty days', async () => {
    const t = await start()
    const { endpoint: made } = await t.inviteMe.webhooks.create({ url: endpoint.url() })
    await say(t.inviteMe, 2)
    await t.advance('29d')
    expect(await statesOf(t.inviteMe, made.id)).toHaveLength(2)
    await t.advance('2d')
    expect(await statesOf(t.inviteMe, made.id)).toEqual([])
  })
})

describe('a process', () => {
  test('that is killed after a post and before its record leaves it to another, under the same id and in the same words', async () => {
    const file = await newFile()
    const making = await start({ store: sqlite(file), dispatch: false })
    const { endpoint: made } = await making.inviteMe.webhooks.create({ url: endpoint.url() })
    await say(making.inviteMe, 1)
    await making.stop()
    const dying = runScript(join(import.meta.dirname, '../peers/dying-poster.ts'), tmpdir(), {
      INVITE_ME_TEST_FILE: file,
    })
    onTestFinished(() => dying.end())
    await waitUntil('the first post has arrived', () => endpoint.events.length === 1, 20_000)
    await dying.gone

    const next = await start({ store: sqlite(file), seed: 2 })
    await next.advance('30s')
    expect(endpoint.events).toHaveLength(1)
    await next.advance('1m')
    const [one, other] = endpoint.events
    expect(endpoint.events).toHaveLength(2)
    expect(other?.headers['webhook-id']).toBe(one?.headers['webhook-id'])
    expect(other?.body).toBe(one?.body)
    expect(await next.inviteMe.webhooks.postings(made.id)).toMatchObject([{ state: 'delivered', tries: 2 }])
  })

  test('that is stopped before a post has ended leaves it to another', async () => {
    const place = await newWorkspace()
    const clock = virtualClock(Date.now())
    const deaf: WebhookSender = { post: () => new Promise(() => undefined) }
    const first = await start({ ...(await place.process(clock)), clock, webhooks: deaf })
    await first.inviteMe.webhooks.create({ url: endpoint.url() })
    await say(first.inviteMe, 1)
    await first.advance('1s')
    await first.stop(0)
    await start({ ...(await place.process(clock)), clock, seed: 2 })
    await clock.advance('2m')
    expect(numbersAt()).toEqual([1])
  })

  test('shares the work with another, and nothing is posted twice', async () => {
    const place = await newWorkspace()
    const clock = virtualClock(Date.now())
    const first = await start({ ...(await place.process(clock)), clock })
    const second = await start({ ...(await place.process(clock)), clock, seed: 2 })
    await first.inviteMe.webhooks.create({ url: endpoint.url() })
    await Promise.all([say(first.inviteMe, 40), say(second.inviteMe, 40)])
    await clock.advance('10s')
    const ids = idsAt('/events')
    expect(ids).toHaveLength(80)
    expect(new Set(ids).size).toBe(80)
  })

  test('without chores posts nothing; one with them does, also what the other made true', async () => {
    const place = await newWorkspace()
    const clock = virtualClock(Date.now())
    const api = await start({
      ...(await place.process(clock)),
      clock,
      dispatch: { send: false, chores: false },
    })
    await api.inviteMe.webhooks.create({ url: endpoint.url() })
    await say(api.inviteMe, 2)
    await clock.advance('10s')
    expect(endpoint.events).toHaveLength(0)
    const dispatch = { send: false, chores: true }
    await start({ ...(await place.process(clock)), clock, seed: 2, dispatch })
    await clock.advance('10s')
    expect(endpoint.events).toHaveLength(2)
    await say(api.inviteMe, 1)
    await clock.advance('2s')
    expect(endpoint.events).toHaveLength(3)
  })

  test('that is stopped lets a post finish and writes it down', async () => {
    const place = await newWorkspace()
    let finish: () => void = () => undefined
    endpoint.behave((response) => {
      finish = () => response.writeHead(204).end()
    })
    const open = { channels: [], webhooks: loopback }
    const inviteMe = await createInviteMe({ ...open, store: place.store() })
    const { endpoint: made } = await inviteMe.webhooks.create({ url: endpoint.url() })
    await say(inviteMe, 1)
    await waitUntil('the post is under way', () => endpoint.events.length === 1, 5_000)
    const stopped = inviteMe.stop()
    finish()
    await stopped
    await expect(inviteMe.webhooks.create({ url: endpoint.url() })).rejects.toMatchObject({ code: 'STOPPED' })
    const reader = await createInviteMe({ ...open, store: place.store(), dispatch: false })
    onTestFinished(() => reader.stop())
    expect(await statesOf(reader, made.id)).toEqual(['delivered'])
  })

  test('whose disk is full when a post has arrived writes it down later, and posts nothing twice', async () => {
    let failures = 0
    const place = await newWorkspace()
    const full = () => Promise.reject(new InviteMeError('STORE_FULL', 'The disk is full.'))
    const store: StoreOpener = {
      open: async () => {
        const opened = await place.store().open()
        return new Proxy(opened, {
          get: (target, name): unknown => {
            if (name === 'transaction' && failures > 0) {
              failures -= 1
              return full
            }
            return Reflect.get(target, name)
          },
        })
      },
    }
    endpoint.behave((response) => {
      failures = 3
      take(response)
    })
    const t = await start({ store })
    const { endpoint: made } = await t.inviteMe.webhooks.create({ url: endpoint.url() })
    await say(t.inviteMe, 1)
    await t.advance('5m')
    expect(endpoint.events).toHaveLength(1)
    expect((await t.inviteMe.webhooks.postings(made.id))[0]).toMatchObject({ state: 'delivered', tries: 1 })
    expect(t.troubles.map(({ message }) => message)).toContain('Outcomes of webhooks could not be written')
  })

  test('whose post function throws goes on with the others, and tells no address', async () => {
    const clock = virtualClock(Date.now())
    const sender: WebhookSender = {
      post: async ({ url }, signal) => {
        if (url.endsWith('/bad')) throw new Error(`fetch of ${url} failed`)
        return clock.track(loopback.post({ url, headers: {}, body: '{"data":{"data":{}}}' }, signal))
      },
    }
    const t = await start({ clock, webhooks: sender })
    const { endpoint: bad } = await t.inviteMe.webhooks.create({ url: endpoint.url('/bad') })
    await t.inviteMe.webhooks.create({ url: endpoint.url('/good') })
    await say(t.inviteMe, 2)
    await t.advance('1s')
    expect(idsAt('/good')).toHaveLength(2)
    const [posting] = await t.inviteMe.webhooks.postings(bad.id)
    expect(posting).toMatchObject({ state: 'pending', lastError: 'the post failed' })
    expect(JSON.stringify(t.troubles)).not.toContain('127.0.0.1')
  })
})

describe('bad input', () => {
  const outside = webhookSender({ resolve: () => Promise.resolve(['10.0.0.7']) })

  test.each<readonly [unknown, string]>([
    [{ url: 'https://127.0.0.1/' }, 'url'],
    [{ url: 'https://169.254.169.254/latest/meta-data' }, 'url'],
    [{ url: 'http://guests.test/' }, 'url'],
    [{ url: 'ftp://guests.test/' }, 'url'],
    [{ url: 'nonsense' }, 'url'],
    [{ url: `https://guests.test/${'x'.repeat(3_000)}` }, 'url'],
    [{}, 'url'],
    [{ url: 'https://guests.test/', types: [] }, 'types'],
    [{ url: 'https://guests.test/', types: ['dinner.served'] }, 'types.0'],
    [{ url: 'https://guests.test/', description: 'two\nlines' }, 'description'],
    [{ url: 'https://guests.test/', secret: 'whsec_mine' }, 'secret'],
    ['https://guests.test/', ''],
  ])('an endpoint %j is refused at %s', async (input, field) => {
    const t = await start({ webhooks: outside })
    const creating = t.inviteMe.webhooks.create(input as never)
    await expect(creating).rejects.toMatchObject({ code: 'REQUEST_INVALID', field })
    expect(await t.inviteMe.webhooks.list()).toEqual([])
  })

  test('a change is looked at as closely, and changes nothing when it is refused', async () => {
    const t = await start({ webhooks: outside })
    const { endpoint: made } = await t.inviteMe.webhooks.create({
      url: 'https://guests.test/',
      types: [type],
    })
    const change = (changes: object) => t.inviteMe.webhooks.update(made.id, changes)
    await expect(change({ url: 'https://10.0.0.1/' })).rejects.toMatchObject({ field: 'url' })
    await expect(change({ state: 'asleep' })).rejects.toMatchObject({ field: 'state' })
    await expect(change({ failingSince: null })).rejects.toMatchObject({ code: 'REQUEST_INVALID' })
    expect(await t.inviteMe.webhooks.get(made.id)).toEqual(made)
    expect(await change({ types: null, description: 'the desk' })).toEqual({
      ...made,
      types: null,
      description: 'the desk',
    })
    expect(await change({ state: 'disabled' })).toMatchObject({
      state: 'disabled',
      disabledReason: 'by hand',
    })
  })

  test('a name that leads inside when it is looked up is not called', async () => {
    const clock = virtualClock(Date.now())
    const t = await start({ clock, webhooks: watched(clock, outside) })
    const { endpoint: made } = await t.inviteMe.webhooks.create({ url: 'https://guests.test/' })
    await say(t.inviteMe, 1)
    await t.advance('1s')
    expect((await t.inviteMe.webhooks.postings(made.id))[0]).toMatchObject({
      state: 'pending',
      lastStatus: null,
      lastError: 'its address must not be called',
    })
  })

  test('what is asked of an endpoint that is not there, or in a way that makes no sense, is refused', async () => {
    const t = await start()
    const { webhooks } = t.inviteMe
    const nobody = { code: 'WEBHOOK_UNKNOWN', field: 'id' }
    expect(await webhooks.get('nobody')).toBeUndefined()
    await expect(webhooks.update('nobody', {})).rejects.toMatchObject(nobody)
    await expect(webhooks.remove('nobody')).rejects.toMatchObject(nobody)
    await expect(webhooks.rotateSecret('nobody')).rejects.toMatchObject(nobody)
    await expect(webhooks.postings('nobody')).rejects.toMatchObject(nobody)
    await expect(webhooks.replay('nobody', { ids: ['x'] })).rejects.toMatchObject(nobody)
    const { endpoint: made } = await webhooks.create({ url: endpoint.url() })
    const replay = (which: object) => webhooks.replay(made.id, which as never)
    await expect(replay({ since: 'yesterday' })).rejects.toMatchObject({ field: 'since' })
    await expect(replay({ since: new Date(Number.NaN) })).rejects.toMatchObject({ field: 'since' })
    await expect(replay({ ids: [] })).rejects.toMatchObject({ field: 'ids' })
    await expect(replay({ since: new Date(0), state: 'lost' })).rejects.toMatchObject({ field: 'state' })
    await expect(replay({})).rejects.toMatchObject({ field: 'ids' })
    await expect(replay({ ids: ['x'], since: new Date(0) })).rejects.toMatchObject({ field: 'since' })
    await expect(replay({ ids: ['x'], state: 'failed' })).rejects.toMatchObject({ field: 'state' })
    await expect(webhooks.rotateSecret(made.id, { keepFor: 'soon' as never })).rejects.toMatchObject({
      field: 'keepFor',
    })
    await expect(webhooks.postings(made.id, { state: 'lost' as never })).rejects.toMatchObject({
      field: 'state',
    })
  })

  test('without the option webhooks no endpoint can be made', async () => {
    const t = await startEngine()
    const creating = t.inviteMe.webhooks.create({ url: 'https://guests.test/' })
    await expect(creating).rejects.toMatchObject({ code: 'OPTIONS_INVALID', field: 'webhooks' })
    expect(await t.inviteMe.webhooks.list()).toEqual([])
  })
})

/** Lets a little time pass again and again: posts that hang cannot be waited for. */
async function eventually(clock: VirtualClock, isTrue: () => boolean): Promise<void> {
  await waitUntil(
    'it came true',
    async () => {
      await clock.advance(20)
      return isTrue()
    },
    20_000,
  )
}
