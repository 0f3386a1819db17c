import { yesNo, type Content } from '@invite-me/core'
import { inApp } from '@invite-me/channels/in-app'
import { twilioSms } from '@invite-me/channels/twilio-sms'
import type { InviteMeTest, InviteMeTestOptions } from '@invite-me/core/testing'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { soon, startEngine } from './start-engine.ts'

const answer = yesNo()
const ann = {
  externalId: 'ann',
  name: 'Ann',
  locale: 'en',
  attributes: { city: 'Rome' },
  routes: { telegram: 'ann' },
}
const ben = { externalId: 'ben', name: 'Ben', locale: 'de-AT', routes: { email: 'ben@guests.test' } }

async function withPeople(options: InviteMeTestOptions = {}): Promise<InviteMeTest> {
  const t = await startEngine(options)
  for (const person of [ann, ben]) await t.inviteMe.recipients.upsert(person)
  return t
}

/** What was sent, in order of the channels: which of two is faster nobody promises. */
function texts({ outbox }: InviteMeTest): readonly string[] {
  return outbox.map(({ channel, message }) => `${channel}: ${message.content.text}`).toSorted()
}

const dinner = {
  texts: {
    en: {
      subject: 'Dinner in {{ city }}',
      text: 'Hello {{ name }}, dinner in {{ city }}?',
      channels: { telegram: { text: '{{ name }}: dinner?' } },
    },
    de: { text: 'Hallo {{ name }}, Essen in {{ city }}?' },
  },
  variables: { city: 'text' },
} as const

describe('a template', () => {
  test('is sent to each in their own words, by person, locale and channel', async () => {
    const t = await withPeople()
    const saved = await t.inviteMe.templates.save('dinner', dinner)
    expect(saved).toMatchObject({ name: 'dinner', version: 1, variables: { city: { type: 'string' } } })
    const { messageId } = await t.inviteMe.send(['ann', 'ben'], {
      template: 'dinner',
      variables: { city: 'Bonn' },
    })
    await t.advance('1s')
    expect(texts(t)).toEqual(['email: Hallo Ben, Essen in Bonn?', 'telegram: Ann: dinner?'])
    expect(t.outbox.find(({ channel }) => channel === 'telegram')?.message.content.subject).toBe(
      'Dinner in Bonn',
    )
    expect((await t.inviteMe.messages.get(messageId))?.content).toEqual({
      text: dinner.texts.en.text,
      template: { name: 'dinner', version: 1 },
    } satisfies Content)
  })

  test('asks a question like any other, and what is asked again says the same', async () => {
    const t = await withPeople()
    await t.inviteMe.templates.save('dinner', dinner)
    const asked = await t.inviteMe.ask(
      'ann',
      { template: 'dinner', variables: { city: 'Bonn' } },
      { answer, remind: ['1h'] },
    )
    await t.advance('1s')
    // What is changed afterwards is for those asked afterwards.
    await t.inviteMe.templates.save('dinner', { texts: { en: { text: 'Other words' } } })
    await t.inviteMe.recipients.upsert({ ...ann, name: 'Anna' })
    await t.advance('2h')
    expect(texts(t)).toEqual(['telegram: Ann: dinner?', 'telegram: Ann: dinner?'])
    await t.reply('ann', 'yes')
    expect(await soon(t.clock, asked.answer())).toMatchObject({ kind: 'answered', value: true })
  })

  test('takes values from the attributes of the person, and the policy says what happens without', async () => {
    const t = await withPeople()
    await t.inviteMe.templates.save('dinner', dinner)
    const { messageId } = await t.inviteMe.send(['ann', 'ben'], { template: 'dinner' })
    await t.advance('1s')
    expect(texts(t)).toEqual(['telegram: Ann: dinner?'])
    const failed = await t.inviteMe.deliveries.list({ messageId, state: 'failed' })
    expect(failed).toMatchObject([{ to: 'ben', reason: 'not_rendered' }])
    expect(await t.inviteMe.receipts.list({ messageId })).toContainEqual(
      expect.objectContaining({
        kind: 'not_rendered',
        detail: 'the template names "city", and there is no value for it',
      }),
    )
    await t.inviteMe.send('ben', { template: 'dinner', missingVariable: 'empty' })
    await t.advance('1s')
    expect(texts(t)).toContain('email: Hallo Ben, Essen in ?')
  })

  test('that cannot be filled in for the only person is refused, and nothing is written', async () => {
    const t = await withPeople()
    await t.inviteMe.templates.save('dinner', dinner)
    await expect(t.inviteMe.ask('ben', { template: 'dinner' }, { answer })).rejects.toMatchObject({
      code: 'TEMPLATE_VARIABLE_MISSING',
      message: expect.stringContaining('"city"'),
    })
    expect(await t.inviteMe.messages.list()).toEqual([])
    const group = await t.inviteMe.ask(['ann', 'ben'], { template: 'dinner' }, { answer })
    const [first, second] = group.invitations
    expect(await first?.state()).toBe('pending')
    expect(await second?.state()).toBe('unreachable')
    expect(await second?.why()).toContain('nothing could be sent: the template names "city"')
  })

  test.each([
    [{ template: 'nothing' }, 'TEMPLATE_UNKNOWN', 'There is no template "nothing"'],
    [{ template: 'dinner', version: 7 }, 'TEMPLATE_UNKNOWN', 'in version 7'],
    [{ template: 'dinner', variables: { city: 7 } }, 'REQUEST_INVALID', 'it must be a text'],
    [{ template: 'dinner', variables: { town: 'x' } }, 'REQUEST_INVALID', 'no such variable; it has: city'],
    [{ template: 'Dinner!' }, 'REQUEST_INVALID', 'lower-case words'],
  ])('asked for as %j is refused', async (content, code, reason) => {
    const t = await withPeople()
    await t.inviteMe.templates.save('dinner', dinner)
    await expect(t.inviteMe.send('ann', content)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(reason),
    })
  })

  test('is refused when it is saved with what it does not know', async () => {
    const t = await startEngine()
    const save = (input: Parameters<typeof t.inviteMe.templates.save>[1]) =>
      t.inviteMe.templates.save('dinner', input)
    await expect(
      save({ texts: { en: { text: '{{ town }}' } }, variables: { city: 'text' } }),
    ).rejects.toMatchObject({
      code: 'TEMPLATE_INVALID',
      field: 'texts.en.text',
      message: expect.stringMatching(/no variable "town"; known are name, .*, city/),
    })
    await expect(save({ texts: { en: { text: 'x'.repeat(1_000_000) } } })).rejects.toMatchObject({
      code: 'TEMPLATE_INVALID',
      field: 'texts.en.text',
    })
    await expect(save({ texts: { en: { text: "{% render 'dinner' %}" } } })).rejects.toMatchObject({
      message: expect.stringContaining('never comes to an end'),
    })
    await expect(save({ texts: { en: { text: 'x' } }, layout: 'frame' })).rejects.toMatchObject({
      field: 'layout',
    })
    await expect(
      save({ texts: { en: { text: 'x' } }, variables: { n: { type: 'number', default: 'x' } } }),
    ).rejects.toMatchObject({ field: 'variables.n.default' })
    expect(await t.inviteMe.templates.list()).toEqual([])
  })

  test('has versions, that are found, counted and removed', async () => {
    const t = await withPeople()
    const { templates } = t.inviteMe
    await templates.save('dinner', { texts: { en: { text: 'One' } } })
    await templates.save('dinner', { texts: { en: { text: 'Two' } } })
    // A deployment that saves the same again makes nothing new.
    expect((await templates.save('dinner', { texts: { en: { text: 'Two' } } })).version).toBe(2)
    expect((await templates.versions('dinner')).map(({ version }) => version)).toEqual([2, 1])
    expect((await templates.list()).map(({ name, version }) => [name, version])).toEqual([['dinner', 2]])
    expect((await templates.get('dinner', { version: 1 }))?.texts['en']?.text).toBe('One')
    await t.inviteMe.send('ann', { template: 'dinner', version: 1 })
    await templates.remove('dinner')
    await t.advance('1s')
    expect(texts(t)).toEqual(['telegram: One'])
    expect(await templates.get('dinner')).toBeUndefined()
    await expect(templates.remove('dinner')).rejects.toMatchObject({ code: 'TEMPLATE_UNKNOWN' })
  })

  test('with a layout and a partial, which cannot be removed while they are used', async () => {
    const t = await withPeople()
    const { templates } = t.inviteMe
    await templates.save('frame', { texts: { en: { text: '** {{ content }} **' } } })
    await templates.save('sign', {
      texts: { en: { text: '– {{ team }}' }, de: { text: '– {{ team }} (de)' } },
      variables: { team: { type: 'text', default: 'us' } },
    })
    await templates.save('news', { texts: { en: { text: "News {% render 'sign' %}" } }, layout: 'frame' })
    await t.inviteMe.send(['ann', 'ben'], { template: 'news' })
    await t.advance('1s')
    expect(texts(t)).toEqual(['email: ** News – us (de) **', 'telegram: ** News – us **'])
    for (const name of ['frame', 'sign'])
      await expect(templates.remove(name)).rejects.toMatchObject({ code: 'TEMPLATE_IN_USE' })
  })

  test('says which category its messages are of', async () => {
    const t = await withPeople()
    await t.inviteMe.templates.save('code', { texts: { en: { text: 'x' } }, category: 'verification' })
    const sent = [
      await t.inviteMe.send('ann', { template: 'code' }),
      await t.inviteMe.send('ann', { template: 'code' }, { category: 'news' }),
    ]
    const messages = await Promise.all(sent.map(({ messageId }) => t.inviteMe.messages.get(messageId)))
    expect(messages.map((message) => [message?.category, message?.lane])).toEqual([
      ['verification', 1],
      ['news', 2],
    ])
  })

  test('with a key is accepted once, also when it was changed or removed since', async () => {
    const t = await withPeople()
    await t.inviteMe.templates.save('dinner', dinner)
    const when = new Date('2026-11-27T18:00:00Z')
    await t.inviteMe.templates.save('when', {
      texts: { en: { text: '{{ when | date }}' } },
      variables: { when: 'date' },
    })
    const send = (template: string, variables: object) =>
      t.inviteMe.send('ann', { template, variables: { ...variables } }, { key: template })
    const first = [await send('dinner', { city: 'Bonn' }), await send('when', { when })]
    await t.inviteMe.templates.remove('dinner')
    const again = [await send('dinner', { city: 'Bonn' }), await send('when', { when: when.toISOString() })]
    expect(again.map(({ messageId }) => messageId)).toEqual(first.map(({ messageId }) => messageId))
    await expect(send('dinner', { city: 'Rome' })).rejects.toMatchObject({ code: 'KEY_REUSED' })
    await t.advance('1s')
    expect(texts(t)).toEqual(['telegram: Ann: dinner?', 'telegram: November 27, 2026'])
  })

  test('takes its variables from a Zod object, and its texts from another system', async () => {
    const t = await withPeople()
    const variables = z.object({
      user_name: z.string(),
      likes: z.int().min(10).default(10),
      at: z.date().optional(),
    })
    const saved = await t.inviteMe.templates.save('likes', {
      texts: { en: { text: '%user_name%, %likes% people like it, 10% more' } },
      variables,
      syntax: 'percent',
    })
    expect(saved.texts['en']?.text).toBe('{{ user_name }}, {{ likes }} people like it, 10% more')
    expect(saved.variables).toMatchObject({
      likes: { type: 'integer', minimum: 10 },
      at: { format: 'date-time' },
    })
    await t.inviteMe.send('ann', { template: 'likes', variables: { user_name: 'Ann', likes: 12 } })
    await t.advance('1s')
    expect(texts(t)).toEqual(['telegram: Ann, 12 people like it, 10% more'])
    await expect(
      t.inviteMe.send('ann', { template: 'likes', variables: { user_name: 'Ann', likes: 3 } }),
    ).rejects.toMatchObject({ message: expect.stringContaining('it must be at least 10') })
  })

  test('is looked at before it is sent', async () => {
    const t = await withPeople()
    const { templates } = t.inviteMe
    await templates.save('dinner', dinner)
    expect(await templates.preview('dinner', { to: 'ben', variables: { city: 'Graz' } })).toEqual({
      name: 'dinner',
      version: 1,
      locale: 'de',
      channel: null,
      subject: null,
      text: 'Hallo Ben, Essen in Graz?',
      details: null,
      length: 25,
      segments: null,
      cost: null,
    })
    const shown = await templates.preview('dinner', {
      person: { name: 'Zoë', attributes: { city: 'Ulm' } },
      channel: 'telegram',
    })
    expect(shown).toMatchObject({
      text: 'Zoë: dinner?',
      subject: 'Dinner in Ulm',
      locale: 'en',
      channel: 'telegram',
    })
    await expect(templates.preview('dinner')).rejects.toMatchObject({ code: 'TEMPLATE_VARIABLE_MISSING' })
    await expect(templates.preview('nothing')).rejects.toMatchObject({ code: 'TEMPLATE_UNKNOWN' })
    await expect(templates.preview('dinner', { to: 'nobody' })).rejects.toMatchObject({
      code: 'RECIPIENT_UNKNOWN',
    })
    expect(t.outbox).toEqual([])
  })

  test('is counted as a text message is, and what it costs', async () => {
    const account = { accountSid: `AC${'0'.repeat(32)}`, authToken: 'x'.repeat(32), from: '+14155550100' }
    const t = await startEngine({ channels: [twilioSms({ ...account, smartEncoding: false }), 'email'] })
    await t.inviteMe.templates.save('long', {
      texts: { en: { text: 'x', channels: { 'twilio-sms': { text: '{{ words }}' } } } },
      variables: { words: 'text' },
    })
    const look = (words: string, channel: string) =>
      t.inviteMe.templates.preview('long', {
        channel,
        variables: { words },
        pricePerSegment: { amount: 0.0079, currency: 'USD' },
      })
    expect(await look('y'.repeat(161), 'twilio-sms')).toMatchObject({
      length: 161,
      segments: 2,
      cost: { amount: 0.0158, currency: 'USD' },
    })
    expect(await look('ы'.repeat(70), 'twilio-sms')).toMatchObject({ segments: 1 })
    expect(await look('y', 'email')).toMatchObject({ text: 'x', segments: null, cost: null })
    await expect(look('y', 'pigeon')).rejects.toMatchObject({ code: 'CHANNEL_UNKNOWN' })
  })

  test('what somebody was told is theirs: handed out, and forgotten with them', async () => {
    const t = await withPeople()
    await t.inviteMe.templates.save('dinner', dinner)
    const { deliveryIds } = await t.inviteMe.send('ann', { template: 'dinner', variables: { city: 'Bonn' } })
    await t.advance('1s')
    const kept = await t.inviteMe.recipients.export('ann')
    expect(kept?.contents).toMatchObject([
      { deliveryId: deliveryIds[0], contents: { channels: { telegram: { text: 'Ann: dinner?' } } } },
    ])
    expect(await t.inviteMe.recipients.erase('ann')).toBe(true)
    expect(await t.inviteMe.recipients.export('ann')).toBeUndefined()
  })
})

describe('what was said to somebody', () => {
  test('stands in their inbox, and on the page behind their link', async () => {
    const t = await withPeople({
      channels: [inApp({}), 'telegram'],
      portal: { url: 'https://rsvp.guests.test' },
    })
    await t.inviteMe.recipients.upsert({ ...ann, routes: { 'in-app': 'ann', telegram: 'ann' } })
    await t.inviteMe.templates.save('dinner', dinner)
    const content = { template: 'dinner', variables: { city: 'Bonn' } }
    await t.inviteMe.ask('ann', content, { answer, routing: 'all' })
    await t.clock.settle()
    const [entry] = await t.inviteMe.inbox('ann').list()
    expect(entry?.content).toEqual({ subject: 'Dinner in Bonn', text: 'Hello Ann, dinner in Bonn?' })
    const told = t.outbox.find(({ channel }) => channel === 'telegram')
    const link = told?.message.links.respond?.split('/').at(-1) ?? ''
    expect(await t.inviteMe.links.open(link, 'respond')).toMatchObject({
      status: 'open',
      content: { subject: 'Dinner in Bonn', text: 'Ann: dinner?' },
    })
  })

  test('is what they are reminded of when their answer fits two questions', async () => {
    const t = await withPeople()
    await t.inviteMe.templates.save('dinner', dinner)
    for (const city of ['Bonn', 'Rome'])
      await t.inviteMe.ask('ann', { template: 'dinner', variables: { city } }, { answer, via: ['telegram'] })
    await t.advance('1s')
    await t.inviteMe.receive('telegram', t.channel('telegram').reply('ann', 'yes'))
    await t.advance('1s')
    expect(texts(t).join()).not.toContain('{{')
    expect(texts(t)).toHaveLength(3)
  })
})

/** A resolver lives in the process of the engine; over HTTP the engine is the server's. */
describe('what another system knows', () => {
  const vip = { texts: { en: { text: '{{ name }}: {{ order.total }}' } } } as const

  test('is looked up once for each person, in batches, and only what is named', async () => {
    const asked: (readonly string[])[] = []
    const t = await withPeople({
      resolver: {
        fields: ['order.total', 'order.tax', 'points'],
        batch: 1,
        resolve: async (people, fields) => {
          asked.push([...people, ...fields])
          return Object.fromEntries(
            people.map((person) => [person, { 'order.total': person.length, points: 'x' }]),
          )
        },
      },
    })
    await t.inviteMe.templates.save('vip', vip)
    await t.inviteMe.send(['ann', 'ben', 'ann'], { template: 'vip' })
    await t.advance('1s')
    expect(texts(t)).toEqual(['email: Ben: 3', 'telegram: Ann: 3'])
    expect(asked.map((call) => call[0])).toEqual(['ann', 'ben'])
    expect(asked[0]).not.toContain('points')
  })

  test.each([
    ['fails', () => Promise.reject(new Error('down'))],
    ['never answers', () => new Promise<never>(() => undefined)],
  ])(
    'is not waited for without end: when it %s nothing is sent, or it is missing',
    async (_what, resolve) => {
      for (const onFailure of ['refuse', 'without'] as const) {
        const t = await withPeople({
          resolver: { fields: ['order.total'], timeoutMs: 1_000, onFailure, resolve },
        })
        await t.inviteMe.templates.save('vip', vip)
        const sending = t.inviteMe.send(['ann', 'ben'], { template: 'vip' })
        const ended = sending.then(
          ({ messageId }) => messageId,
          (error: unknown) => (error as { readonly code: string }).code,
        )
        await t.advance('5s')
        const end = await ended
        if (onFailure === 'refuse') expect(end).toBe('RESOLVER_FAILED')
        else expect(await t.inviteMe.deliveries.counts({ messageId: end })).toEqual({ failed: 2 })
        expect(t.outbox).toEqual([])
        await t.stop()
      }
    },
  )
})
