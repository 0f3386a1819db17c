import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { InvitationRecord } from '../model/invitation.ts'
import { closedReason, decideAnswer } from './record-answer.ts'

const now = new Date('2026-11-22T12:00:00Z')
const later = new Date('2026-11-23T12:00:00Z')

function invitation(more: Partial<InvitationRecord> = {}): InvitationRecord {
  return {
    id: 'i',
    messageId: 'm',
    recipientId: null,
    to: 'sam',
    name: null,
    locale: null,
    state: 'pending',
    revision: 0,
    value: null,
    via: null,
    answeredAt: null,
    until: later,
    createdAt: now,
    closedAt: null,
    ...more,
  }
}
const yes = { value: true, stance: 'accepted' } as const
const no = { value: false, stance: 'declined' } as const

test('the first answer wins', () => {
  expect(decideAnswer(invitation(), yes, now)).toEqual({ kind: 'first', state: 'accepted', revision: 1 })
})

test('the same answer on another route changes nothing', () => {
  expect(decideAnswer(invitation({ state: 'accepted', revision: 1, value: true }), yes, now)).toEqual({
    kind: 'repeated',
  })
})

test('another answer is a revision until the deadline, and late after it', () => {
  const answered = invitation({ state: 'accepted', revision: 1, value: true })
  expect(decideAnswer(answered, no, now)).toEqual({ kind: 'revision', state: 'declined', revision: 2 })
  expect(decideAnswer(answered, no, later)).toEqual({ kind: 'late', reason: 'expired' })
})

test('a person whose routes all seemed dead can still answer', () => {
  expect(decideAnswer(invitation({ state: 'unreachable' }), yes, now)).toMatchObject({ kind: 'first' })
})

describe('after the end', () => {
  test.each(['expired', 'cancelled', 'superseded'] as const)('%s: late, whatever is said', (state) => {
    expect(decideAnswer(invitation({ state }), yes, now)).toEqual({ kind: 'late', reason: state })
    expect(closedReason(invitation({ state }), now)).toBe(state)
  })
})

test('for any answers, revisions count up by one and only for what is new', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(yes, no), { maxLength: 20 }), (answers) => {
      let current = invitation()
      const revisions: number[] = []
      for (const answer of answers) {
        const decision = decideAnswer(current, answer, now)
        if (decision.kind !== 'first' && decision.kind !== 'revision') continue
        revisions.push(decision.revision)
        current = { ...current, state: decision.state, revision: decision.revision, value: answer.value }
      }
      const news = answers.filter((answer, index) => answer !== answers[index - 1])
      expect(revisions).toEqual(news.map((_, index) => index + 1))
      expect(current.value).toBe(answers.at(-1)?.value ?? null)
    }),
  )
})
