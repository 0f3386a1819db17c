import { mkdtemp, rm } from 'node:fs/promises'
import { DatabaseSync } from 'node:sqlite'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inApp } from '@invite-me/channels/in-app'
import { isInviteMeError, text, yesNo, type Store, type StoreOpener } from '@invite-me/core'
import { sqlite } from '@invite-me/core/sqlite'
import {
  inboundRequest,
  scriptedChannel,
  virtualClock,
  type InviteMeTest,
  type InviteMeTestOptions,
} from '@invite-me/core/testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { newWorkspace } from '../worlds/workspace.ts'
import { startEngine } from './start-engine.ts'

const mail = 'quince.ann@guests.test'
const chat = '4815162342'
const ann = {
  externalId: 'customer-ann',
  name: 'Ann Quince',
  locale: 'en',
  attributes: { diet: 'no walnuts' },
  routes: { email: mail, telegram: chat, 'in-app': 'ann-in-app' },
}
/** All that may be left of her nowhere: names, addresses and words. */
const traces = ['quince', mail, chat, 'ann-in-app', 'walnut', 'customer-ann', 'terrace']

const codeOf = (error: unknown): unknown => (isInviteMeError(error) ? error.code : error)
const telegram = () => scriptedChannel({ name: 'telegram', supports: { edits: ['question', 'calendar'] } })

async function newFile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'invite-me-erase-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return join(folder, 'invites.db')
}

const start = (options: InviteMeTestOptions = {}): Promise<InviteMeTest> =>
  startEngine({ channels: [telegram(), 'email', inApp({})], ...options })

/** Every row of every table of a SQLite file, as text in small letters. */
function dump(file: string): string {
  const database = new DatabaseSync(file, { readOnly: true })
  try {
    const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all()
    const rows = tables.map(({ name }) => [name, database.prepare(`SELECT * FROM "${String(name)}"`).all()])
    return JSON.stringify(rows).toLowerCase()
  } finally {
    database.close()
  }
}

function tracesIn(file: string): readonly string[] {
  const rows = dump(file)
  return traces.filter((trace) => rows.includes(trace))
}

/** A long acquaintance with Ann: by every route, with answers, refusals, reminders, an inbox, and what fits nothing. */
async function knowAnn(t: InviteMeTest): Promise<void> {
  const { inviteMe } = t
  await inviteMe.recipients.upsert(ann)
  await inviteMe.recipients.upsert({ externalId: 'bob', name: 'Bob', routes: { email: 'bob@guests.test' } })
  await inviteMe.ask(ann.externalId, 'Ann Quince, what must not be in the cake?', {
    answer: text(),
    via: ['telegram'],
    key: 'order-1',
  })
  await t.clock.settle()
  await t.reply(ann.externalId, 'Walnuts, please not')
  await t.reply(ann.externalId, 'No walnuts and no hazelnuts')
  await inviteMe.ask(
    ann.externalId,
    { text: 'Terrace?', details: 'The terrace of Ann Quince' },
    {
      answer: yesNo(),
      via: [{ channel: 'in-app', next: { unlessAnswered: '1h' } }, 'email'],
      remind: ['5h'],
      until: '2d',
    },
  )
  await t.advance('2h')
  await t.reply(mail, 'who knows, maybe the terrace')
  const dinner = {
    text: 'Terrace dinner',
    calendar: { start: '2026-01-09T19:00:00Z', location: 'Terrace of Quince' },
  }
  const { messageId } = await inviteMe.ask(ann.externalId, dinner, { answer: yesNo(), via: ['telegram'] })
  await t.clock.settle()
  await inviteMe.messages.reschedule(messageId, {
    start: '2026-01-10T19:00:00Z',
    location: 'Terrace of Quince',
  })
  await inviteMe.send(
    { name: 'A. Quince', routes: { email: mail } },
    'To the bare address of Quince, about walnuts',
  )
  const bare = { name: 'A. Quince', routes: { telegram: chat } }
  const cake = await inviteMe.ask(bare, 'And which cake, Quince?', { answer: text() })
  await t.clock.settle()
  await t.reply(cake, 'Any without walnuts')
  await inviteMe.send({ routes: { 'in-app': 'ann-in-app' } }, 'In the app: walnuts')
  await inviteMe.send([ann.externalId, 'bob'], 'To both', { key: 'both' })
  await t.advance('1m')
  const fact = { id: 'fact', at: new Date(t.clock.now()), kind: 'answer' } as const
  const unknown = { by: 'provider-message', providerMessageId: `${chat}:999` } as const
  const walnuts = { kind: 'text', text: 'walnuts again' } as const
  await inviteMe.receive(
    'telegram',
    inboundRequest('telegram', [{ ...fact, reference: unknown, from: chat, input: walnuts }]),
  )
  await inviteMe.inbox('ann-in-app').read('all')
}

describe('erasing a person', () => {
  test('leaves no name, address or word of theirs in any table, and everybody else as they were', async () => {
    const file = await newFile()
    const t = await start({ store: sqlite(file) })
    await knowAnn(t)
    expect(tracesIn(file)).toEqual(traces)
    const bob = await t.inviteMe.recipients.export('bob')
    const counts = await t.inviteMe.deliveries.counts()

    expect(await t.inviteMe.recipients.erase(ann.externalId)).toBe(true)
    await t.advance('3d')

    expect(tracesIn(file)).toEqual([])
    expect(await t.inviteMe.recipients.export('bob')).toEqual(bob)
    const total = (some: object): number =>
      Object.values(some).reduce((sum: number, one: number) => sum + one, 0)
    expect(total(await t.inviteMe.deliveries.counts())).toBe(total(counts))
    expect(await t.inviteMe.recipients.get(ann.externalId)).toBe(undefined)
    expect(await t.inviteMe.recipients.erase(ann.externalId)).toBe(false)
    expect(t.troubles).toEqual([])
  })

  test('calls off what is open: nothing more is sent, and who waits is told', async () => {
    const t = await start()
    await t.inviteMe.recipients.upsert(ann)
    const options = { answer: yesNo(), via: ['telegram', 'email'], next: { unlessAnswered: '1h' } } as const
    const invitation = await t.inviteMe.ask(ann.externalId, 'Dinner?', options)
    const sent = await t.inviteMe.send(ann.externalId, 'News', { via: ['email'], next: { unlessSeen: '1h' } })
    await t.clock.settle()
    const answering = invitation.answer()
    const before = t.outbox.length
    await t.inviteMe.recipients.erase(ann.externalId)
    await t.advance('1d')
    expect(t.outbox).toHaveLength(before)
    expect(await answering).toMatchObject({ kind: 'cancelled' })
    expect(await sent.settled()).toMatchObject([{ to: '', name: null }])
    expect(await invitation.why()).toContain('cancelled')
    const events = await t.inviteMe.events.list()
    const erased = events.filter(({ type }) => type === 'recipient.erased')
    expect(erased).toMatchObject([{ recipientId: expect.any(String), data: {} }])
    expect(events.filter(({ type }) => type === 'invitation.cancelled')).toHaveLength(1)
  })

  test('cancels a notice that was not sent yet, with its receipt and event', async () => {
    const t = await start({ dispatch: false })
    await t.inviteMe.recipients.upsert(ann)
    const { deliveryIds } = await t.inviteMe.send(ann.externalId, 'News')
    await t.inviteMe.recipients.erase(ann.externalId)
    const [deliveryId = ''] = deliveryIds
    expect(await t.inviteMe.deliveries.get(deliveryId)).toMatchObject({ state: 'cancelled', dueAt: null })
    expect(await t.inviteMe.receipts.list({ deliveryId })).toMatchObject([{ kind: 'cancelled' }])
    const types = (await t.inviteMe.events.list()).map(({ type }) => type)
    expect(types).toEqual(['message.accepted', 'delivery.cancelled', 'recipient.erased'])
  })

  test('waits for a message that is just being sent, and goes on when called again', async () => {
    const file = await newFile()
    const t = await start({ store: sqlite(file) })
    await t.inviteMe.recipients.upsert(ann)
    t.fail('email')
    await t.inviteMe.send(ann.externalId, 'News for Quince', { via: ['email'] })
    await t.clock.settle()
    const busy = t.inviteMe.recipients.erase(ann.externalId).catch(codeOf)
    await t.advance('3s')
    expect(await busy).toBe('STORE_BUSY')
    expect(await t.inviteMe.recipients.get(ann.externalId)).toMatchObject({ name: ann.name })
    t.mend('email')
    await t.advance('5m')
    expect(await t.inviteMe.recipients.erase(ann.externalId)).toBe(true)
    expect(tracesIn(file)).toEqual([])
  })

  test('that is interrupted anywhere is finished by the same call', { timeout: 60_000 }, async () => {
    let isFinished = false
    let crashes = 0
    for (; !isFinished; crashes += 1) {
      const file = await newFile()
      const fault = { after: Infinity }
      const t = await start({ store: failing(sqlite(file, { synchronous: 'normal' }), fault) })
      await knowAnn(t)
      fault.after = crashes
      isFinished = await t.inviteMe.recipients.erase(ann.externalId).catch(() => false)
      fault.after = Infinity
      // After the profile only what others did meanwhile is looked for; a call that ends there has forgotten the person.
      const isKnown = (await t.inviteMe.recipients.get(ann.externalId)) !== undefined
      if (!isFinished) expect(await t.inviteMe.recipients.erase(ann.externalId)).toBe(isKnown)
      expect(tracesIn(file)).toEqual([])
      const erased = (await t.inviteMe.events.list({ limit: 1_000 })).filter(
        ({ type }) => type === 'recipient.erased',
      )
      expect(erased).toHaveLength(1)
      await t.stop()
    }
    expect(crashes).toBeGreaterThan(5)
  })

  test('by two processes at once tells of it once', async () => {
    const place = await newWorkspace()
    const clock = virtualClock()
    const engine = async (seed: number) =>
      start({ ...(await place.process(clock)), clock, seed, dispatch: seed === 1 })
    const [one, other] = [await engine(1), await engine(2)]
    await knowAnn(one)
    const both = [one, other].map(({ inviteMe }) => inviteMe.recipients.erase(ann.externalId))
    await clock.advance('5s')
    expect((await Promise.all(both)).some(Boolean)).toBe(true)
    const events = await one.inviteMe.events.list({ limit: 1_000 })
    expect(events.filter(({ type }) => type === 'recipient.erased')).toHaveLength(1)
    expect(await other.inviteMe.recipients.get(ann.externalId)).toBe(undefined)
  })

  test('makes what they still have in hand useless: buttons, links and replies change nothing', async () => {
    const t = await start()
    await t.inviteMe.recipients.upsert(ann)
    const invitation = await t.inviteMe.ask(ann.externalId, 'Dinner?', { answer: yesNo(), via: ['telegram'] })
    await t.clock.settle()
    const [entry] = t.outbox
    const link = entry?.message.links.respond?.split('/').at(-1) ?? ''
    expect(await t.inviteMe.links.open(link, 'respond')).toMatchObject({ status: 'open' })
    await t.inviteMe.recipients.erase(ann.externalId)
    const channel = t.channel('telegram')
    const late = [channel.press(entry!, 'yes'), channel.reply(chat, 'yes')]
    for (const request of late)
      expect(await t.inviteMe.receive('telegram', request)).toMatchObject([{ result: 'unmatched' }])
    expect(await t.inviteMe.links.open(link, 'respond')).toMatchObject({ status: 'unknown' })
    expect(await t.inviteMe.invitations.get(invitation.id)).toMatchObject({
      state: 'cancelled',
      value: null,
      to: '',
    })
  })

  test('keeps their “no”: whoever comes back with the address is not written to there', async () => {
    const t = await start()
    await t.inviteMe.recipients.upsert(ann)
    await t.inviteMe.recipients.optOut('email', mail)
    await t.inviteMe.recipients.erase(ann.externalId)
    const again = await t.inviteMe.recipients.upsert(ann)
    expect(again.id).not.toBe(undefined)
    await t.inviteMe.send(ann.externalId, 'News', { via: ['email', 'telegram'] })
    await t.clock.settle()
    expect(t.outbox.map(({ channel }) => channel)).toEqual(['telegram'])
    const own = await t.inviteMe.recipients.export(ann.externalId)
    expect(own?.suppressions).toMatchObject([{ channel: 'email', address: mail, reason: 'opted_out' }])
    expect(own?.deliveries).toHaveLength(1)
  })

  test('refuses what was asked under a key once more, rather than asking again', async () => {
    const t = await start({ dispatch: false })
    await t.inviteMe.recipients.upsert(ann)
    const ask = () => t.inviteMe.ask(ann.externalId, 'Dinner?', { answer: yesNo(), key: 'once' })
    await ask()
    await t.inviteMe.recipients.erase(ann.externalId)
    await t.inviteMe.recipients.upsert(ann)
    expect(await ask().catch(codeOf)).toBe('KEY_REUSED')
  })

  test('forgets also what is sent while it goes on, until nobody has that name', async () => {
    const file = await newFile()
    const t = await start({ store: sqlite(file), dispatch: false })
    await t.inviteMe.recipients.upsert(ann)
    const sending = Array.from({ length: 300 }, async (_, number) => {
      const sent = await t.inviteMe.send(ann.externalId, `Walnuts ${String(number)}`).catch(codeOf)
      return sent === 'RECIPIENT_UNKNOWN' ? 'refused' : 'accepted'
    })
    const erasing = t.inviteMe.recipients.erase(ann.externalId)
    for (let number = 0; number < 100; number += 1) {
      const sent = await t.inviteMe.send(ann.externalId, `Walnuts ${String(number)}`).catch(codeOf)
      sending.push(Promise.resolve(sent === 'RECIPIENT_UNKNOWN' ? 'refused' : 'accepted'))
    }
    expect(await erasing).toBe(true)
    const accepted = (await Promise.all(sending)).filter((one) => one === 'accepted')
    expect(await t.inviteMe.deliveries.counts()).toEqual({ cancelled: accepted.length })
    expect(tracesIn(file)).toEqual([])
  })

  test('finds nobody under names nobody has', async () => {
    const t = await start()
    await t.inviteMe.recipients.upsert(ann)
    for (const name of ['', 'customer-', 'CUSTOMER-ANN', "' OR 1=1 --", 'x'.repeat(100_000)])
      expect(await t.inviteMe.recipients.erase(name)).toBe(false)
    expect(await t.inviteMe.recipients.get(ann.externalId)).toMatchObject({ name: ann.name })
  })
})

describe('what is kept about a person', () => {
  test('is handed out whole, and nothing of others', async () => {
    const t = await start()
    await knowAnn(t)
    const own = await t.inviteMe.recipients.export(ann.externalId)
    expect(own?.recipient).toMatchObject({ name: ann.name, attributes: ann.attributes })
    expect(own?.messages.map(({ content }) => content.text)).toContain(
      'Ann Quince, what must not be in the cake?',
    )
    expect(own?.responses.map(({ value }) => value)).toEqual(
      expect.arrayContaining(['Walnuts, please not', 'No walnuts and no hazelnuts']),
    )
    expect(own?.invitations).toHaveLength(4)
    expect(new Set(own?.deliveries.map(({ to }) => to))).toEqual(
      new Set([ann.externalId, mail, chat, 'ann-in-app']),
    )
    expect(own?.receipts.length).toBeGreaterThan(5)
    expect(JSON.stringify(own)).not.toContain('bob@guests.test')
    expect(await t.inviteMe.recipients.export('nobody')).toBe(undefined)
  })

  test('is handed out however much it is, each thing once, and erased too', async () => {
    const file = await newFile()
    const t = await start({ dispatch: false, store: sqlite(file, { synchronous: 'normal' }) })
    await t.inviteMe.recipients.upsert(ann)
    const count = 2_050
    await Promise.all(
      Array.from({ length: count }, (_, number) =>
        t.inviteMe.send(ann.externalId, `News about walnuts, number ${String(number)}`),
      ),
    )
    const own = await t.inviteMe.recipients.export(ann.externalId)
    expect(own?.deliveries).toHaveLength(count)
    expect(new Set(own?.deliveries.map(({ id }) => id)).size).toBe(count)
    expect(own?.messages).toHaveLength(count)
    expect(await t.inviteMe.recipients.erase(ann.externalId)).toBe(true)
    expect(tracesIn(file)).toEqual([])
    expect(await t.inviteMe.deliveries.counts()).toEqual({ cancelled: count })
  })
})

/** The same store, whose transactions fail when `after` more have been begun. */
function failing(opener: StoreOpener, fault: { after: number }): StoreOpener {
  return {
    open: async () => {
      const store = await opener.open()
      const transaction: Store['transaction'] = async (work, options) => {
        if (fault.after <= 0) throw new Error('planned by the test')
        fault.after -= 1
        return store.transaction(work, options)
      }
      return { ...store, transaction }
    },
  }
}
