import { expect, test } from 'vitest'
import { answerOfPartstat, partstatOfAnswer } from './partstat.ts'

test.each([
  [true, 'ACCEPTED'],
  ['yes', 'ACCEPTED'],
  ['Accepted', 'ACCEPTED'],
  [{ coming: 'yes', party: 2 }, 'ACCEPTED'],
  [false, 'DECLINED'],
  ['no', 'DECLINED'],
  [{ coming: 'no', party: 0 }, 'DECLINED'],
  ['maybe', 'TENTATIVE'],
  [{ coming: 'maybe', party: 1 }, 'TENTATIVE'],
  ['fish', 'NEEDS-ACTION'],
  [['wine', 'tea'], 'NEEDS-ACTION'],
  [3, 'NEEDS-ACTION'],
  [null, 'NEEDS-ACTION'],
  [undefined, 'NEEDS-ACTION'],
  [{ coming: { coming: 'yes' } }, 'NEEDS-ACTION'],
])('the answer %j stands in the calendar as %s', (value, partstat) => {
  expect(partstatOfAnswer(value)).toBe(partstat)
})

test.each([
  ['ACCEPTED', 'yes'],
  ['accepted ', 'yes'],
  ['DECLINED', 'no'],
  ['TENTATIVE', 'maybe'],
  ['NEEDS-ACTION', undefined],
  ['DELEGATED', undefined],
  ['constructor', undefined],
  ['', undefined],
])('%s in a calendar means %s', (partstat, answer) => {
  expect(answerOfPartstat(partstat)).toBe(answer)
})
