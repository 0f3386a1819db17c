import { expect, test } from 'vitest'
import { receivePress } from './receive.ts'

const now = Date.UTC(2026, 10, 22, 5)
const press = {
  inviteMe: 1,
  id: '0b0c7a52-3f7f-4d2e-9c5a-000000000001',
  token: '7h2k9qsampletoken4d8w3e6r5',
  value: 'yes',
}
const post = (body: unknown) =>
  receivePress(
    new Request('https://app.guests.test/hooks/web-push', {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
    }),
    now,
  )

test('a pressed button is an answer to the question its token belongs to', async () => {
  expect(await post(press)).toEqual([
    {
      id: expect.stringMatching(/^[0-9a-f]{64}$/),
      at: new Date(now),
      kind: 'answer',
      reference: { by: 'token', token: press.token },
      input: { kind: 'option', value: 'yes' },
    },
  ])
})

test('one press sent twice is one answer, two presses are two', async () => {
  const id = async (change: object) => (await post({ ...press, ...change }))[0]?.id
  expect(await id({})).toBe(await id({}))
  expect(await id({ id: '0b0c7a52-3f7f-4d2e-9c5a-000000000002' })).not.toBe(await id({}))
})

test.each([
  '',
  'yes',
  'null',
  '[]',
  { ...press, token: '' },
  { ...press, token: 'short' },
  { ...press, token: 'x'.repeat(129) },
  { ...press, token: '../../../../etc/passwd' },
  { ...press, value: '' },
  { ...press, value: 'x'.repeat(65) },
  { ...press, value: ['yes'] },
  { ...press, id: 'x' },
  { ...press, inviteMe: 2 },
  { ...press, address: 'bob@guests.test' },
  { token: press.token, value: 'yes' },
])('refused: %j', async (body) => {
  await expect(post(body)).rejects.toMatchObject({ code: 'WEBHOOK_REFUSED' })
})

test('a long body is not read to its end', async () => {
  await expect(post('x'.repeat(3_000))).rejects.toMatchObject({ code: 'BODY_TOO_LARGE' })
})
