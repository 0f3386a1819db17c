import { afterEach, describe, expect, test } from 'vitest'
import { testApi, type TestApi } from '../app/__fixtures__/api.ts'

let api: TestApi
afterEach(async () => {
  await api.stop()
})
const sam = { routes: { telegram: 'sam' } }
const ann = { routes: { email: 'ann@guests.test' } }
const dinner = { to: sam, question: 'Dinner on Friday at 8?', answer: { type: 'yesNo' } }

async function asked(body: object = dinner): Promise<string> {
  const answer = await api.ask('POST', '/v1/invitations', { body })
  await api.t.advance('1s')
  return answer.body.invitations[0].id
}

test('an answer that is not there is missing, whatever could have stood in its place', async () => {
  api = await testApi()
  const id = await asked()
  const { body } = await api.ask('POST', `/v1/invitations/${id}/response`, { body: {} })
  expect(body).toMatchObject({ code: 'ANSWER_INVALID', field: 'input' })
  expect(body.detail).toContain('"input" is wrong: it is missing')
})

describe('asking', () => {
  test('is accepted at once; the answer is there when it came', async () => {
    api = await testApi()
    const { status, body } = await api.ask('POST', '/v1/invitations', { body: { ...dinner, to: [sam, ann] } })
    expect(status).toBe(202)
    expect(body.invitations).toMatchObject([
      { messageId: body.messageId },
      { messageId: body.messageId, to: 'ann@guests.test' },
    ])
    const [{ id }] = body.invitations
    await api.t.advance('1s')
    expect((await api.ask('GET', `/v1/invitations/${id}/result`)).body).toEqual({ result: null })

    await api.t.press({ id }, 'yes')
    const { body: result } = await api.ask('GET', `/v1/invitations/${id}/result`)
    expect(result).toEqual({
      result: { kind: 'answered', value: true, via: 'telegram', at: expect.any(String), revision: 1 },
    })
    expect((await api.ask('GET', `/v1/invitations/${id}`)).body).toMatchObject({
      state: 'accepted',
      value: true,
    })
    expect(
      (await api.ask('GET', `/v1/invitations?messageId=${body.messageId}&state=pending`)).body.items,
    ).toHaveLength(1)
  })

  test('with a wait brings the answer back when it comes in time', async () => {
    api = await testApi()
    const waiting = api.ask('POST', '/v1/invitations?wait=30s', { body: dinner })
    await api.t.advance('5s')
    await api.t.press('sam', 'no')
    expect(await waiting).toMatchObject({ status: 200, body: { result: { kind: 'declined', value: false } } })
  })

  test('with a wait that was too short is accepted all the same', async () => {
    api = await testApi()
    const waiting = api.ask('POST', '/v1/invitations?wait=30s', { body: dinner })
    await api.t.advance('31s')
    const { status, body } = await waiting
    expect(status).toBe(202)
    expect(body.result).toBeUndefined()
    const later = api.ask('GET', `/v1/invitations/${body.invitations[0].id}/result?wait=60s`)
    await api.t.press('sam', 'yes')
    expect((await later).body.result).toMatchObject({ kind: 'answered' })
  })

  test('whoever waits is not troubled by what happens to others', async () => {
    api = await testApi()
    const id = await asked()
    const { inviteMe } = api.t
    const invitationOf = inviteMe.invitation.bind(inviteMe)
    let looks = 0
    inviteMe.invitation = async <Value>(wanted: string) => {
      const invitation = await invitationOf<Value>(wanted)
      const look = () => {
        looks += 1
        return invitation.state()
      }
      // Would look at the store by itself, whatever happens.
      const answer: typeof invitation.answer = (options) => {
        looks += 100
        return invitation.answer(options)
      }
      return { ...invitation, state: look, answer }
    }
    const waiting = api.ask('GET', `/v1/invitations/${id}/result?wait=4s`)
    for (let number = 0; number < 20; number += 1) {
      await inviteMe.topics.publish('group:others', { number })
      await api.t.advance('100ms')
    }
    // Once at the beginning, once a second later.
    expect(looks).toBe(2)
    await api.t.press({ id }, 'yes')
    expect((await waiting).body.result).toMatchObject({ kind: 'answered', value: true })
  })

  test('two people with a wait does not wait', async () => {
    api = await testApi()
    expect(
      (await api.ask('POST', '/v1/invitations?wait=60s', { body: { ...dinner, to: [sam, ann] } })).status,
    ).toBe(202)
  })

  test('a client that goes away ends its wait', async () => {
    api = await testApi()
    const id = await asked()
    const gone = new AbortController()
    const waiting = api.ask('GET', `/v1/invitations/${id}/result?wait=60s`, { signal: gone.signal })
    await api.t.advance('1s')
    gone.abort()
    expect((await waiting).body).toEqual({ result: null })
  })

  test.each([
    [{ ...dinner, question: '' }, 'question'],
    [{ ...dinner, content: 'x' }, 'content'],
    [{ ...dinner, question: { details: 'x' } }, 'question.text'],
    [{ to: sam, question: 'x' }, 'answer'],
    [{ ...dinner, answer: { type: 'maybe' } }, 'answer.type'],
    [{ ...dinner, answer: { type: 'choice', options: [{ value: 'a', label: 'A' }] } }, 'answer.options'],
    [
      {
        ...dinner,
        answer: {
          type: 'choice',
          options: [
            { value: 'a', label: 'A' },
            { value: 'a', label: 'B' },
          ],
        },
      },
      'answer.options',
    ],
    [{ ...dinner, answer: { type: 'text', maxLength: 0 } }, 'answer.maxLength'],
    [{ ...dinner, answer: { type: 'date', earliest: 'soon' } }, 'answer.earliest'],
    [{ ...dinner, remind: ['1h', 'later'] }, 'remind.1'],
    [{ ...dinner, capability: 'magic' }, 'capability'],
    [{ ...dinner, until: '1s', key: 7 }, 'key'],
  ])('%j is refused: %s', async (body, field) => {
    api = await testApi()
    const answer = await api.ask('POST', '/v1/invitations', { body })
    expect({ status: answer.status, field: answer.body.field }).toEqual({ status: 422, field })
  })

  test.each(['2h', '-1s', 'soon', '61s', ''])('wait=%s is refused', async (wait) => {
    api = await testApi()
    const answer = await api.ask('POST', `/v1/invitations?wait=${wait}`, { body: dinner })
    expect({ status: answer.status, field: answer.body.field }).toEqual({ status: 422, field: 'query.wait' })
  })

  test.each([
    [{ type: 'yesNo' }, true],
    [
      {
        type: 'choice',
        options: [
          { value: 'fish', label: 'Fish' },
          { value: 'veg', label: 'Veg' },
        ],
      },
      'fish',
    ],
    [{ type: 'text' }, 'after eight'],
    [{ type: 'number', min: 1, integer: true }, 3],
    [{ type: 'date' }, '2026-11-27'],
    [{ type: 'rsvp' }, { coming: 'yes', party: 2 }],
    [
      {
        type: 'form',
        schema: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
      },
      { name: 'Sam' },
    ],
  ])('the answer type %j needs no more than this', async (answer, value) => {
    api = await testApi()
    const id = await asked({ ...dinner, answer })
    const said = await api.ask('POST', `/v1/invitations/${id}/response`, {
      body: { input: { kind: 'value', value } },
    })
    expect(said).toMatchObject({ status: 200, body: { status: 'counted', value } })
  })
})

describe('an invitation', () => {
  test('tells why, its responses and its events', async () => {
    api = await testApi()
    const id = await asked()
    await api.t.press({ id }, 'yes')
    expect((await api.ask('GET', `/v1/invitations/${id}/why`)).body.why).toContain('telegram')
    expect((await api.ask('GET', `/v1/invitations/${id}/responses`)).body.items).toMatchObject([
      { status: 'counted', value: true },
    ])
    const events = await api.ask('GET', `/v1/invitations/${id}/events?limit=1`)
    expect(events.body.items).toHaveLength(1)
    const seen = [events.body.items[0].type]
    let next = events.body.next
    for (;;) {
      const page = await api.ask('GET', `/v1/invitations/${id}/events?after=${next}`)
      if (page.body.items.length === 0) break
      expect(page.body.items.every(({ invitationId }: { invitationId: string }) => invitationId === id)).toBe(
        true,
      )
      seen.push(...page.body.items.map(({ type }: { type: string }) => type))
      next = page.body.next
    }
    expect(seen).toContain('invitation.accepted')
    expect(new Set(seen).size).toBe(seen.length)
  })

  test('waits for the next event', async () => {
    api = await testApi()
    const id = await asked()
    const { next } = (await api.ask('GET', `/v1/invitations/${id}/events`)).body
    const waiting = api.ask('GET', `/v1/invitations/${id}/events?after=${next}&wait=30s`)
    await api.t.advance('1s')
    await api.t.press({ id }, 'yes')
    expect((await waiting).body.items[0].type).toBe('invitation.accepted')
  })

  test('is called off once and for all', async () => {
    api = await testApi()
    const id = await asked()
    for (const _time of [1, 2])
      expect(await api.ask('POST', `/v1/invitations/${id}/cancel`)).toMatchObject({
        status: 200,
        body: { state: 'cancelled' },
      })
    const late = await api.ask('POST', `/v1/invitations/${id}/response`, {
      body: { input: { kind: 'option', value: 'yes' } },
    })
    expect(late.body).toMatchObject({ status: 'late', reason: 'cancelled' })
    expect((await api.ask('GET', `/v1/invitations/${id}/result`)).body.result.kind).toBe('cancelled')
  })

  test('refuses an answer of another kind with a hint, not with an error', async () => {
    api = await testApi()
    const id = await asked()
    const said = await api.ask('POST', `/v1/invitations/${id}/response`, {
      body: { input: { kind: 'value', value: 17 }, via: 'front-desk' },
    })
    expect(said).toMatchObject({ status: 200, body: { status: 'refused', hint: expect.any(String) } })
    const wrong = await api.ask('POST', `/v1/invitations/${id}/response`, {
      body: { input: { kind: 'thought' } },
    })
    expect(wrong).toMatchObject({ status: 422, body: { code: 'ANSWER_INVALID', field: 'input.kind' } })
  })

  test('that does not exist is a 404 everywhere', async () => {
    api = await testApi()
    for (const [method, path, body] of [
      ['GET', '', undefined],
      ['GET', '/result?wait=1s', undefined],
      ['GET', '/why', undefined],
      ['GET', '/responses', undefined],
      ['GET', '/events', undefined],
      ['POST', '/cancel', undefined],
      ['POST', '/response', { input: { kind: 'text', text: 'yes' } }],
    ] as const)
      expect(await api.ask(method, `/v1/invitations/none${path}`, { body })).toMatchObject({
        status: 404,
        body: { code: 'INVITATION_UNKNOWN', field: 'path.id' },
      })
  })
})
