import { expect, describe, it } from 'vitest'
import { connect } from './index.ts'
import { yesNo } from '../model/answer.ts'

describe('what JSON has no words for', () => {
  const sent = async (call: (client: ReturnType<typeof connect>) => Promise<unknown>): Promise<unknown> => {
    let body: unknown
    const client = connect({
      url: 'https://api.test',
      key: 'imk_test',
      fetch: async (input, init) => {
        body = await new Request(input, init).json()
        return new Response(JSON.stringify({ code: 'STOPPED', detail: 'Enough.' }), { status: 422 })
      },
    })
    await call(client).catch(() => undefined)
    return body
  }

  it.each([12n, () => true, undefined])('is no value of an answer: %s', async (value) => {
    const body = await sent((client) => client.respond('7', { kind: 'value', value }))
    expect(body).toEqual({ input: { kind: 'value', value: null } })
  })

  it('is no name of a field of a form', async () => {
    const fields = JSON.parse('{"__proto__":["yes"],"constructor":["yes"]}')
    const body = await sent((client) => client.respond('7', { kind: 'fields', fields }))
    expect(JSON.stringify(body)).toBe('{"input":{"kind":"fields","fields":{"constructor":["yes"]}}}')
  })

  it('is left out of a question beside what belongs there', async () => {
    const content = { text: 'Din\0ner?', subject: 'Friday', extra: 1n }
    expect(await sent((client) => client.ask('sam', content, { answer: yesNo(), key: 'k' }))).toEqual({
      to: ['sam'],
      question: { text: 'Dinner?', subject: 'Friday' },
      answer: { type: 'yesNo' },
      key: 'k',
    })
  })
})

it('that cannot go over is told by its place, and nothing is asked', async () => {
  const client = unreachable()
  const person = { externalId: 'sam', attributes: { big: 1n as unknown as number } }
  const refused = { code: 'REQUEST_INVALID', field: 'attributes' }
  await expect(client.recipients.upsert(person)).rejects.toMatchObject(refused)
  const endless: { self?: unknown } = {}
  endless.self = endless
  await expect(client.send('sam', 'Hi', { from: endless as never })).rejects.toMatchObject({
    field: 'options.from',
  })
})

describe('a topic', () => {
  it('and what it shall carry are looked at before anything is asked, as by the engine', async () => {
    const { topics, events } = unreachable()
    expect(() => topics.follow('group')).toThrow(expect.objectContaining({ field: 'topic' }))
    await expect(topics.publish('group', {})).rejects.toMatchObject({ field: 'topic' })
    await expect(topics.publish('group:7', [] as never)).rejects.toMatchObject({ field: 'data' })
    await expect(topics.events('group:7', { after: -1 })).rejects.toMatchObject({ field: 'after' })
    await expect(events.list({ after: 1.5 })).rejects.toMatchObject({ field: 'after' })
  })
})

describe('nobody', () => {
  it('has an empty id', async () => {
    const { recipients, messages } = unreachable()
    expect(await recipients.erase('')).toBe(false)
    expect(await recipients.get('')).toBeUndefined()
    expect(await messages.get('')).toBeUndefined()
  })

  it('has an id no person can have; what else is refused, is', async () => {
    const refusal = { code: 'REQUEST_INVALID', detail: 'Refused.', field: 'path.externalId' }
    let status = 422
    const client = connect({
      url: 'https://api.test',
      key: 'imk_test',
      retries: 0,
      fetch: async () => new Response(JSON.stringify(refusal), { status }),
    })
    expect(await client.recipients.erase('x'.repeat(1_000))).toBe(false)
    await expect(client.recipients.connectAddress('x', 'email')).rejects.toMatchObject({
      field: 'externalId',
    })
    status = 403
    refusal.code = 'FORBIDDEN'
    await expect(client.recipients.erase('x')).rejects.toMatchObject({ code: 'FORBIDDEN' })
  })
})

/** A client whose server must not be asked. */
function unreachable(): ReturnType<typeof connect> {
  return connect({
    url: 'https://api.test',
    key: 'imk_test',
    fetch: async () => {
      throw new Error('this was not to be asked')
    },
    retries: 0,
  })
}
