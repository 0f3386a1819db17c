import { yesNo, type SendOutcome, type Store } from '@invite-me/core'
import { postgres } from '@invite-me/core/postgres'
import type { Client } from 'pg'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { emptyWorkspace, explainNoPostgres, type PostgresWorkspace } from '../peers/postgres-server.ts'
import { waitUntil } from '../peers/wait-until.ts'
import {
  aboutMessage,
  accepted,
  rawConnection as connectTo,
  someoneWaits as someoneWaitsIn,
  startProcessOn,
  told,
  type RaceProcess,
  type RaceProcessOptions,
} from './race-bench.ts'

const missing = explainNoPostgres()
const hour = 3_600_000

let workspace: PostgresWorkspace

const placeOf = ({ url, schema }: PostgresWorkspace) => ({ url, schema })
const startProcess = (options?: RaceProcessOptions): Promise<RaceProcess> =>
  startProcessOn(placeOf(workspace), options)
const rawConnection = (): Promise<Client> => connectTo(placeOf(workspace))
const someoneWaits = (client: Client): Promise<void> => someoneWaitsIn(client, placeOf(workspace))

async function openStore(): Promise<Store> {
  const store = await postgres({ ...placeOf(workspace), connections: 4 }).open()
  onTestFinished(() => store.close())
  return store
}

describe.skipIf(missing !== undefined)('two processes on one Postgres workspace', () => {
  beforeAll(async () => {
    workspace = await emptyWorkspace()
    return () => workspace.remove()
  })

  test('a report that is looked up just before the send is written down is not lost', async () => {
    const [sender, receiver] = [await startProcess(), await startProcess({ dispatch: false, name: 'b' })]
    const { promise: sent, resolve: answer } = Promise.withResolvers<SendOutcome>()
    sender.chat.failAlways(() => sent)
    const { deliveryIds } = await sender.inviteMe.send({ routes: { chat: 'ann' } }, 'Hello')
    await waitUntil('the provider has it', () => sender.chat.outbox.length === 1, 5_000)

    const looked = receiver.store.pauseAfter('deliveries', 'attemptByProviderId')
    const receiving = receiver.inviteMe.receive(
      'chat',
      told({ kind: 'delivered', reference: aboutMessage('early-1') }),
    )
    await looked.reached
    const replayed = sender.store.seen('inbound', 'unmatchedOf')
    answer(accepted('early-1'))
    await replayed
    looked.go()

    expect((await receiving)[0]?.result).toBe('recorded')
    expect((await sender.inviteMe.deliveries.get(deliveryIds[0] ?? ''))?.state).toBe('delivered')
    expect(await sender.inviteMe.unmatched.list()).toEqual([])
  })

  test('a vote that is given and taken back at the same moment leaves the question with its deadline', async () => {
    const [sender, other] = [await startProcess(), await startProcess({ dispatch: false, name: 'b' })]
    const until = new Date(Date.now() + hour)
    const invitation = await sender.inviteMe.ask({ routes: { chat: 'bea' } }, 'Dinner?', {
      answer: yesNo(),
      until,
    })
    const sent = async () => (await sender.inviteMe.deliveries.list({ invitationId: invitation.id }))[0]
    await waitUntil('it is sent', async () => (await sent())?.state === 'sent', 5_000)
    const reference = aboutMessage('a-1')

    const looked = other.store.pauseAfter('deliveries', 'byIds')
    const withdrawing = other.inviteMe.receive('chat', told({ kind: 'withdrawn', reference, from: 'bea' }))
    await looked.reached
    await sender.inviteMe.receive(
      'chat',
      told({ kind: 'answer', reference, from: 'bea', input: { kind: 'option', value: 'yes' } }),
    )
    looked.go()
    await withdrawing

    expect(await invitation.state()).toBe('pending')
    expect((await sent())?.dueAt).toEqual(until)
  })

  test('an appointment that moves while its first message is written down as sent is told its new time', async () => {
    const [sender, host] = [await startProcess(), await startProcess({ dispatch: false, name: 'b' })]
    const calendar = { summary: 'Dinner', start: '2030-01-01T18:00:00Z' }
    const later = { ...calendar, start: '2030-01-01T19:00:00Z' }
    const { promise: sent, resolve: answer } = Promise.withResolvers<SendOutcome>()
    sender.chat.failAlways(() => sent)
    const { messageId } = await sender.inviteMe.send({ routes: { chat: 'cem' } }, { text: 'Come', calendar })
    await waitUntil('the provider has it', () => sender.chat.outbox.length === 1, 5_000)

    const looked = sender.store.pauseAfter('messages', 'rescheduled')
    answer(accepted('moved-1'))
    await looked.reached
    const rescheduling = host.inviteMe.messages.reschedule(messageId, later)
    await Promise.race([rescheduling, rawConnection().then(someoneWaits)])
    looked.go()
    await rescheduling

    await waitUntil('its calendar is told', () => sender.chat.edited.length > 0, 5_000)
    expect(sender.chat.edited.at(-1)?.message.calendar?.sequence).toBe(1)
  })

  test('an edit that takes the place of one just being settled is due at once', async () => {
    const store = await openStore()
    const edit = {
      deliveryId: 'delivery',
      attempt: 1,
      channel: 'held',
      providerMessageId: 'm',
      position: 0,
      reason: 'closed' as const,
      version: 'one',
      dueAt: new Date(0),
      tries: 0,
    }
    await store.edits.plan([edit])
    const leaseUntil = new Date(Date.now() + hour)
    const [held] = await store.edits.claimDue({ channel: 'held', now: new Date(), limit: 1, leaseUntil })
    const planner = await rawConnection()
    await planner.query('BEGIN')
    await planner.query(`UPDATE edits SET version = 'two' WHERE channel = 'held'`)
    const settling = store.edits.settle(held ?? edit, null)
    await someoneWaits(planner)
    await planner.query('COMMIT')

    expect(await settling).toBe(false)
    expect(await store.edits.nextDueAt(['held'])).toEqual(edit.dueAt)
  })

  test('somebody who says stop twice at once is told of once', async () => {
    const [one, other] = [
      await startProcess({ dispatch: false }),
      await startProcess({ dispatch: false, name: 'b' }),
    ]
    const looked = one.store.pauseAfter('recipients', 'suppressed')
    const first = one.inviteMe.receive('chat', told({ kind: 'opted_out', address: 'dia' }))
    const second = Promise.race([looked.reached, first]).then(() =>
      other.inviteMe.receive('chat', told({ kind: 'opted_out', address: 'dia' })),
    )
    await Promise.race([second, rawConnection().then(someoneWaits)])
    looked.go()
    await Promise.all([first, second])

    const events = await one.inviteMe.events.list({ limit: 1_000 })
    expect(events.filter(({ type }) => type === 'recipient.opted_out')).toHaveLength(1)
  })

  test('a profile that is written while its person says stop keeps the stop', async () => {
    const store = await openStore()
    const draft = {
      externalId: 'eli',
      attributes: {},
      routes: [{ channel: 'chat', address: 'eli', rank: 1, verified: false, state: 'open' as const }],
    }
    let ids = 0
    const upsert = () => store.recipients.upsert([draft], () => `eli-${String((ids += 1))}`, new Date())
    await upsert()
    const person = await rawConnection()
    await person.query('BEGIN')
    await person.query(`UPDATE routes SET state = 'opted_out' WHERE address = 'eli'`)
    const writing = upsert()
    await someoneWaits(person)
    await person.query('COMMIT')
    await writing

    const [eli] = await store.recipients.byExternalIds(['eli'])
    expect(eli?.routes.map(({ state }) => state)).toEqual(['opted_out'])
  })

  test('two addresses of one plan that move at once both move', async () => {
    const process = await startProcess({ dispatch: false })
    const store = await openStore()
    await process.inviteMe.recipients.upsert({ externalId: 'fay', routes: { chat: 'old' } })
    const { deliveryIds } = await process.inviteMe.send('fay', 'Hello')
    const both = [
      { channel: 'chat', address: 'old', use: true },
      { channel: 'post', address: 'old', use: true },
    ]
    const mover = await rawConnection()
    await mover.query('UPDATE deliveries SET plan = $1 WHERE id = $2', [JSON.stringify(both), deliveryIds[0]])
    await mover.query('BEGIN')
    const halfway = [both[0], { ...both[1], address: 'new' }]
    await mover.query('UPDATE deliveries SET plan = $1 WHERE id = $2', [
      JSON.stringify(halfway),
      deliveryIds[0],
    ])
    const moving = store.recipients.moveAddress({ channel: 'chat', address: 'old' }, 'new')
    await someoneWaits(mover)
    await mover.query('COMMIT')
    await moving

    const [delivery] = await store.deliveries.byIds(deliveryIds)
    expect(delivery?.plan.map(({ address }) => address)).toEqual(['new', 'new'])
  })

  test('work that was taken by a commit nobody heard of is taken again', async () => {
    const { inviteMe, store, chat } = await startProcess()
    store.loseCommitAfter('deliveries', 'startAttempts')
    const { settled } = await inviteMe.send({ routes: { chat: 'gus' } }, 'Hello')
    // Others keep the worker alive: its leases are prolonged all the time.
    const { promise: never, resolve: end } = Promise.withResolvers<SendOutcome>()
    onTestFinished(() => end(accepted('end')))
    chat.failAlways(({ to }) => (to.address === 'hal' ? never : accepted(to.address)))
    await inviteMe.send({ routes: { chat: 'hal' } }, 'Hello')
    const [gus] = await settled({ signal: AbortSignal.timeout(8_000) })
    expect(gus?.state).toBe('sent')
  })
})
