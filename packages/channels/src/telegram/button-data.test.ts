import { expect, test } from 'vitest'
import { buttonData, isForUser, readButtonData } from './button-data.ts'

const botToken = '123456789:AAEhBP0av28-test-token-of-nobody'
const replyToken = '7h2k9qsampvetoken4d8w3e6r5'
const ann = 100_200_300
const bob = 100_200_301
const forAnn = { botToken, replyToken, user: ann }

const one = (data: readonly string[] | undefined) => readButtonData(data?.[0] ?? '')

test('a button tells its message and its answer, in 64 bytes', () => {
  const data = buttonData(forAnn, ['yes', 'no', 'maybe'], false)
  expect(data?.every((text) => Buffer.byteLength(text) <= 64)).toBe(true)
  expect(data?.map(readButtonData)).toMatchObject([
    { replyToken, answer: { kind: 'value', value: 'yes' } },
    { replyToken, answer: { kind: 'value', value: 'no' } },
    { replyToken, answer: { kind: 'value', value: 'maybe' } },
  ])
})

test('one value too long for a button makes all of them numbers, where numbers are plain', () => {
  const values = ['short', 'a value that is far too long for one of these buttons']
  expect(buttonData(forAnn, values, true)?.map(readButtonData)).toMatchObject([
    { answer: { kind: 'number', number: 1 } },
    { answer: { kind: 'number', number: 2 } },
  ])
  expect(buttonData(forAnn, values, false)).toBeUndefined()
  // Bytes count, not letters.
  expect(buttonData(forAnn, ['ж'.repeat(20)], false)).toBeUndefined()
  expect(buttonData(forAnn, ['ж'.repeat(14)], false)).toHaveLength(1)
})

test('a button made for one person is nobody else’s', () => {
  const button = one(buttonData(forAnn, ['yes'], false))
  expect(button).toBeDefined()
  if (button === undefined) return
  expect(isForUser(button, botToken, ann)).toBe(true)
  expect(isForUser(button, botToken, bob)).toBe(false)
  expect(isForUser(button, '123456789:another-token', ann)).toBe(false)
})

test('a button made for everybody is anybody’s', () => {
  const button = one(buttonData({ ...forAnn, user: undefined }, ['yes'], false))
  expect(button && isForUser(button, botToken, bob)).toBe(true)
})

test('the signature of one message does not fit another', () => {
  const mine = one(buttonData({ ...forAnn, user: bob }, ['yes'], false))
  expect(mine && isForUser({ ...mine, replyToken: '0000000000000000000000000a' }, botToken, bob)).toBe(false)
})

test.each([
  '',
  'yes',
  'vote:1',
  `${replyToken}:yes`,
  `${replyToken}:AAAAAAAA`,
  `${replyToken}:AAAAAAAA=`,
  `${replyToken}:AAAAAAAA#0`,
  `${replyToken}:AAAAAAAA#1000`,
  `short:AAAAAAAA=yes`,
  `${replyToken} :AAAAAAAA=yes`,
  '\u0000'.repeat(64),
])('%j is no button of ours', (data) => {
  expect(readButtonData(data)).toBeUndefined()
})
