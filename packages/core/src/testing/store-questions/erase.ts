import assert from 'node:assert/strict'
import type { Recipient } from '../../model/recipient.ts'
import type { Store } from '../../ports/store.ts'
import type { Questions } from '../contract.ts'
import type { StoreBench } from '../store-bench.ts'
import {
  after,
  newIds,
  sampleAccepted,
  sampleAttempt,
  sampleClaim,
  sampleClarification,
  sampleConnectLink,
  sampleEdit,
  sampleEvent,
  sampleId,
  sampleInboxItem,
  sampleLink,
  samplePerson,
  sampleReceipt,
  sampleResponse,
  sampleRoute,
  sampleSent,
  sampleUnmatched,
} from '../store-samples.ts'

const mail = 'ann.quince@guests.test'
const chat = '4815162342'
/** Everything a test looks for afterwards. */
const traces = ['quince', mail, chat, 'allergic', 'ext-ann']

const everything = { limit: 1_000 }

async function addPerson(
  store: Store,
  externalId: string,
  name: string,
  mailbox: string,
): Promise<Recipient> {
  const routes = [
    { channel: 'email', address: mailbox, state: 'opted_out' as const },
    { channel: 'telegram', address: externalId === 'ext-ann' ? chat : '99' },
  ]
  const draft = samplePerson({ externalId, name, attributes: { note: `${name} is allergic` }, routes })
  const [id = ''] = await store.transaction((parts) =>
    parts.recipients.upsert([draft], newIds(`person-${String(externalId.codePointAt(0))}`), after(0)),
  )
  const [person] = await store.recipients.byIds([id])
  assert.ok(person)
  return person
}

/** A question to a person, sent by `email` and answered in words, with everything such a question leaves behind. */
async function askAndAnswer(store: Store, number: number, person: Recipient, mailbox: string): Promise<void> {
  const recipientId = person.id
  const to = { recipientId, to: person.externalId, name: person.name ?? null, locale: 'pt-BR' }
  const key = `key-${String(number)}`
  await store.transaction(async (parts) => {
    const plan = [sampleRoute('email', mailbox), sampleRoute('telegram', chat)]
    const accepted = sampleAccepted(number, {
      message: { key, content: { text: `Are you allergic, ${person.name ?? ''}?` } },
      delivery: { ...to, plan },
      invitation: to,
      request: `{"to":["${person.externalId}"]}`,
    })
    await parts.messages.insert([accepted])
    for (const claim of await parts.deliveries.claimDue(sampleClaim())) {
      await parts.deliveries.startAttempts([sampleAttempt(claim, { address: mailbox, replyToken: 'token' })])
      const attempt = {
        number: 1,
        state: 'accepted',
        providerMessageId: `${chat}:${String(number)}`,
        otherIds: { channel: 'email', ids: [`poll:${chat}:${String(number)}`] },
      } as const
      await parts.deliveries.settle([sampleSent(claim, { attempt })])
    }
    const words = { providerMessageId: `${chat}:1`, detail: `no such user <${mailbox}>`, recipientId }
    await parts.receipts.append([
      sampleReceipt(number, { ...words, kind: 'failed' }),
      sampleReceipt(number + 500, {
        recipientId,
        deliveryId: sampleId('delivery', number),
        kind: 'skipped',
        detail: 'opted_out',
        providerMessageId: null,
      }),
    ])
    const value = 'allergic to nuts'
    await parts.invitations.appendResponse(sampleResponse(number, { value }))
    const answered = {
      state: 'answered',
      revision: 1,
      via: 'email',
      answeredAt: after(9),
      closedAt: after(9),
    } as const
    await parts.invitations.update({ id: sampleId('invitation', number), value, ...answered })
    const inbox = { channel: 'in-app', inbox: mailbox, itemId: sampleId('item', number) }
    await parts.outbox.append([
      sampleEvent(number, {
        type: 'invitation.answered',
        recipientId,
        data: { value: 'allergic', via: 'email' },
      }),
      sampleEvent(number, {
        type: 'inbox.added',
        recipientId,
        invitationId: null,
        topic: `user:${mailbox}`,
        data: inbox,
      }),
    ])
    await parts.links.issue([sampleLink(number)])
    await parts.edits.plan([sampleEdit(number, { providerMessageId: `${chat}:1` })])
    await parts.inbox.add([sampleInboxItem(number, { address: mailbox, recipientId })])
    await parts.templates.keepContents([
      {
        deliveryId: sampleId('delivery', number),
        contents: { common: { text: `Hello ${person.name ?? ''}` }, channels: {} },
      },
    ])
  })
}

async function eraseAll(store: Store, recipientId: string): Promise<string> {
  return store.transaction(async (parts) => {
    await parts.erasure.overwrite(await parts.erasure.deliveries(recipientId, everything))
    await parts.erasure.overwriteEvents(recipientId, 0, 1_000)
    return parts.erasure.forget(recipientId, after(90_000))
  })
}

/** All that can be read of the sample rows with these numbers, as text. */
async function readAll(store: Store, numbers: readonly number[]): Promise<string> {
  const ids = (kind: string): readonly string[] => numbers.map((number) => sampleId(kind, number))
  const perDelivery = await Promise.all(
    ids('delivery').map(async (id) => [
      await store.deliveries.attempts(id),
      await store.links.byHash(sampleLink(1).hash),
    ]),
  )
  const found = [
    await store.recipients.list(everything),
    await store.messages.byIds(ids('message')),
    await store.messages.byKeys(numbers.map((number) => `key-${String(number)}`)),
    await store.deliveries.list({}, everything),
    await store.invitations.byIds(ids('invitation')),
    await Promise.all(ids('invitation').map((id) => store.invitations.responses(id))),
    await store.receipts.list({}, everything),
    await store.outbox.after(0, 1_000),
    await store.inbound.listUnmatched(everything),
    await store.inbound.clarification({ channel: 'email', address: mail }),
    await store.inbox.list({ channel: 'in-app', address: mail }, everything),
    await store.templates.contents(ids('delivery')),
    perDelivery,
  ]
  return JSON.stringify(found).toLowerCase()
}

/** Whether a person is forgotten when they are, and nobody else is. */
export const eraseQuestions = {
  'a person who is erased leaves no name, address or word, and what is counted stays': async ({ store }) => {
    const ann = await addPerson(store, 'ext-ann', 'Ann Quince', mail)
    await askAndAnswer(store, 1, ann, mail)
    const fact = { id: 'fact-1', at: after(1) }
    await store.transaction(async (parts) => {
      await parts.links.issueConnect(sampleConnectLink(1, { recipientId: ann.id, usedBy: chat }))
      await parts.inbound.putClarification(sampleClarification([1], { channel: 'email', address: mail }))
      const old = { channel: 'in-app', inbox: 'old-quince', itemId: 'item-old' }
      await parts.outbox.append([
        sampleEvent(1, { recipientId: ann.id, invitationId: null, topic: 'user:old-quince', data: old }),
      ])
      await parts.inbound.keepUnmatched([
        sampleUnmatched(1, {
          channel: 'email',
          fact: {
            ...fact,
            kind: 'answer',
            reference: { by: 'token', token: 'unknown' },
            from: `Ann <${mail.toUpperCase()}>`,
            input: { kind: 'text', text: 'I am allergic' },
          },
        }),
        sampleUnmatched(2, {
          fact: {
            ...fact,
            kind: 'read',
            reference: { by: 'provider-message', providerMessageId: `${chat}:7` },
          },
        }),
      ])
    })
    for (const trace of traces)
      assert.ok((await readAll(store, [1])).includes(trace), `${trace} was never there`)
    assert.equal(await eraseAll(store, ann.id), 'forgotten')

    const left = await readAll(store, [1])
    for (const trace of traces) assert.ok(!left.includes(trace), `${trace} is still there`)
    assert.equal(await store.links.byHash(sampleLink(1).hash), undefined)
    assert.deepEqual(await store.templates.contents([sampleId('delivery', 1)]), [])
    assert.equal(await store.links.connectByHash(sampleConnectLink(1).hash), undefined)
    const [attempt] = await store.deliveries.attempts(sampleId('delivery', 1))
    assert.deepEqual([attempt?.state, attempt?.address, attempt?.replyToken], ['accepted', null, null])
    assert.equal(await store.deliveries.attemptByProviderId('email', `${chat}:1`), undefined)
    assert.equal(await store.deliveries.attemptByProviderId('email', `poll:${chat}:1`), undefined)
    const due = { channel: 'telegram', now: after(9e9), limit: 9, leaseUntil: after(9e9) }
    assert.deepEqual(await store.edits.claimDue(due), [])

    assert.deepEqual(await store.deliveries.counts({}), { sent: 1 })
    const [invitation] = await store.invitations.byIds([sampleId('invitation', 1)])
    assert.deepEqual([invitation?.state, invitation?.revision, invitation?.via], ['answered', 1, 'email'])
    const receipts = await store.receipts.list({ deliveryId: sampleId('delivery', 1) }, everything)
    assert.deepEqual(
      receipts.map(({ kind, detail }) => [kind, detail]),
      [
        ['failed', null],
        ['skipped', 'opted_out'],
      ],
    )
    const events = await store.outbox.after(0, 10)
    assert.deepEqual(
      events.map(({ type, data }) => [type, data]),
      [
        ['invitation.answered', { via: 'email' }],
        ['inbox.added', { channel: 'in-app', itemId: sampleId('item', 1) }],
        ['delivery.sent', { channel: 'in-app', itemId: 'item-old' }],
      ],
    )
  },

  'an address that said stop stays suppressed when its person is erased': async ({ store }) => {
    const ann = await addPerson(store, 'ext-ann', 'Ann', mail)
    const places = [
      { channel: 'email', address: mail },
      { channel: 'telegram', address: chat },
    ]
    assert.deepEqual(await store.recipients.suppressed(places), [])
    assert.equal(await eraseAll(store, ann.id), 'forgotten')
    const [kept, ...others] = await store.recipients.suppressed(places)
    assert.deepEqual(others, [])
    assert.deepEqual(kept, {
      ...places[0],
      id: kept?.id,
      category: null,
      reason: 'opted_out',
      source: 'host',
      at: after(90_000),
    })
  },

  'nobody else loses anything when a person is erased': async ({ store }) => {
    const ann = await addPerson(store, 'ext-ann', 'Ann Quince', mail)
    const bob = await addPerson(store, 'bob', 'Bob', 'bob@guests.test')
    await askAndAnswer(store, 1, ann, mail)
    await askAndAnswer(store, 2, bob, 'bob@guests.test')
    await store.transaction((parts) =>
      parts.inbound.keepUnmatched([
        sampleUnmatched(3, {
          channel: 'email',
          fact: {
            id: 'fact-3',
            at: after(1),
            kind: 'answer',
            reference: { by: 'address', address: `mary-${mail}` },
            input: { kind: 'text', text: `I am not ${mail}` },
          },
        }),
      ]),
    )
    const bobs = async () => [
      await store.recipients.byIds([bob.id]),
      await store.messages.byIds([sampleId('message', 2)]),
      await store.messages.byKeys(['key-2']),
      await store.deliveries.list({ recipientId: bob.id }, everything),
      await store.deliveries.attempts(sampleId('delivery', 2)),
      await store.invitations.byIds([sampleId('invitation', 2)]),
      await store.invitations.responses(sampleId('invitation', 2)),
      await store.receipts.list({ recipientId: bob.id }, everything),
      await store.outbox.after(0, 10, { invitationId: sampleId('invitation', 2) }),
      await store.links.byHash(sampleLink(2).hash),
      await store.inbox.list({ channel: 'in-app', address: 'bob@guests.test' }, everything),
      await store.inbound.listUnmatched(everything),
    ]
    const before = await bobs()
    assert.equal(await eraseAll(store, ann.id), 'forgotten')
    assert.deepEqual(await bobs(), before)
  },

  'a message to several people keeps its words until the last of them is erased': async ({ store }) => {
    const people = [
      await addPerson(store, 'one', 'One', 'one@b.test'),
      await addPerson(store, 'two', 'Two', 'two@b.test'),
    ]
    const [first, second] = people.map((person, number) => {
      const who = { recipientId: person.id, to: person.externalId }
      return sampleAccepted(number, { delivery: who, invitation: who })
    })
    assert.ok(first && second)
    const together = {
      message: { ...first.message, key: 'key-0' },
      request: '{"to":["one","two"]}',
      invitations: [...first.invitations, ...second.invitations],
      deliveries: [...first.deliveries, ...second.deliveries].map((one) => ({
        ...one,
        messageId: first.message.id,
      })),
    }
    await store.transaction((parts) => parts.messages.insert([together]))
    const content = async () => (await store.messages.byId(first.message.id))?.content
    await eraseAll(store, people[0]?.id ?? '')
    assert.deepEqual(await content(), first.message.content)
    assert.equal((await store.messages.byKeys(['key-0']))[0]?.request, '')
    await eraseAll(store, people[1]?.id ?? '')
    assert.deepEqual(await content(), { text: '' })
  },

  'what was sent to nobody by name at their address is theirs, unless somebody else has it': async ({
    store,
  }) => {
    const ann = await addPerson(store, 'ext-ann', 'Ann', mail)
    const bob = await addPerson(store, 'bob', 'Bob', 'bob@guests.test')
    await store.transaction(async (parts) => {
      const addresses = [mail, 'bob@guests.test', mail]
      await parts.messages.insert(
        addresses.map((address, number) =>
          sampleAccepted(number, { delivery: { to: address, plan: [sampleRoute('email', address)] } }),
        ),
      )
      for (const claim of await parts.deliveries.claimDue(sampleClaim()))
        await parts.deliveries.startAttempts([sampleAttempt(claim, { address: claim.to })])
      const to = { recipientId: ann.id, to: 'ext-ann' }
      await parts.messages.insert([sampleAccepted(3, { delivery: to, invitation: to })])
    })
    const all = [0, 2, 3].map((number) => sampleId('delivery', number))
    const found = (id: string, page = { limit: 10 }) => store.erasure.deliveries(id, page)
    assert.deepEqual(await found(ann.id), all)
    assert.deepEqual(await found(ann.id, { limit: 1 }), [sampleId('delivery', 0)])
    const rest = { limit: 1, after: sampleId('delivery', 0) }
    assert.deepEqual(await store.erasure.deliveries(ann.id, rest), [sampleId('delivery', 2)])
    await store.transaction((parts) =>
      parts.recipients.connectRoute(bob.id, { channel: 'email', address: mail }, newIds('route'), after(1)),
    )
    assert.deepEqual(await found(ann.id), all.slice(2))
  },

  'a person to whom something was sent meanwhile is not forgotten before that is': async ({ store }) => {
    const ann = await addPerson(store, 'ext-ann', 'Ann', mail)
    await askAndAnswer(store, 1, ann, mail)
    const forget = () => store.transaction((parts) => parts.erasure.forget(ann.id, after(1)))
    assert.equal(await forget(), 'unfinished')
    assert.deepEqual(await store.recipients.byIds([ann.id]), [ann])
    assert.equal(await eraseAll(store, ann.id), 'forgotten')
    assert.equal(await forget(), 'unknown')
    assert.equal(await eraseAll(store, ann.id), 'unknown')
  },

  'an erasure that is undone leaves everything': async ({ store }) => {
    const ann = await addPerson(store, 'ext-ann', 'Ann Quince', mail)
    await askAndAnswer(store, 1, ann, mail)
    const before = await readAll(store, [1])
    const undone = store.transaction(async (parts) => {
      await parts.erasure.overwrite(await parts.erasure.deliveries(ann.id, everything))
      await parts.erasure.overwriteEvents(ann.id, 0, 1_000)
      await parts.erasure.forget(ann.id, after(1))
      throw new Error('planned by the test')
    })
    await assert.rejects(undone, /planned by the test/)
    assert.equal(await readAll(store, [1]), before)
  },
} satisfies Questions<StoreBench>
