import { describe, expect, it } from 'vitest'
import { fieldOfCaller } from './caller-field.ts'
import { connect } from './index.ts'
import { testInviteMe } from '../testing/invite-me-test.ts'

const bodyNames = { members: { to: 'to', question: 'content' }, others: 'options' } as const

describe('a field the server names', () => {
  it.each([
    ['to.0', 'to.0'],
    ['question', 'content'],
    ['question.calendar.end', 'content.calendar.end'],
    ['until', 'options.until'],
    ['answer.options.1', 'options.answer.options.1'],
    ['toString', 'options.toString'],
    // Options of these names, not places of a request.
    ['path', 'options.path'],
    ['query', 'options.query'],
    ['query.wait', 'wait'],
    ['header.authorization', 'header.authorization'],
    ['body', ''],
  ])('as %s is %s to who asked', (told, own) => {
    expect(fieldOfCaller(told, { path: '/v1/invitations', bodyNames })).toBe(own)
  })

  it('in the path is the argument that was put there', () => {
    const path = { argument: 'messageId', isEmpty: false, write: () => '' }
    expect(fieldOfCaller('path.id', { path })).toBe('messageId')
    expect(fieldOfCaller('calendar.end', { path })).toBe('calendar.end')
  })
})

it('a sentence that names the field names it as the caller does', async () => {
  const problem = {
    code: 'REQUEST_INVALID',
    detail: 'The request was refused: "until" is wrong: "soon" is no time.',
    field: 'until',
  }
  const client = connect({
    url: 'https://api.test',
    key: 'imk_test',
    fetch: async () => new Response(JSON.stringify(problem), { status: 422 }),
  })
  await expect(client.send('sam', 'Hello', { until: 'soon' })).rejects.toMatchObject({
    field: 'options.until',
    message: 'The request was refused: "options.until" is wrong: "soon" is no time.',
  })
})

describe('what never reaches the server is refused as the embedded engine does:', () => {
  const wrong = <Wanted>(value: unknown): Wanted => value as Wanted

  it.each<[string, (inviteMe: Pick<ReturnType<typeof connect>, 'recipients'>) => Promise<unknown>]>([
    ['nobody', ({ recipients }) => recipients.upsert(wrong(null))],
    ['somebody without an id', ({ recipients }) => recipients.upsert(wrong({ routes: {} }))],
  ])('%s', async (_what, call) => {
    const client = connect({
      url: 'https://api.test',
      key: 'imk_test',
      retries: 0,
      fetch: async () => new Response(),
    })
    const t = await testInviteMe()
    const refusal = (work: Promise<unknown>) =>
      work.then(
        () => undefined,
        ({ code, field }) => ({ code, field }),
      )
    expect(await refusal(call(client))).toEqual(await refusal(call(t.inviteMe)))
    await t.stop()
  })
})
