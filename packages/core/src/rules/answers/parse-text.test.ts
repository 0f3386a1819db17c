import { expect, it } from 'vitest'
import { text, type AnswerInput, type AnswerSpec } from '../../model/answer.ts'
import { parseAnswer } from './parse-answer.ts'

const says = (spec: AnswerSpec, text: string) => parseAnswer(spec, { kind: 'text', text }, 'en')
const fields = (fields: Readonly<Record<string, readonly string[]>>): AnswerInput => ({
  kind: 'fields',
  fields,
})

const { spec } = text({ maxLength: 20 })

it('keeps what was written, without ends and control characters', () => {
  expect(says(spec, '  no\tnuts,\r\nplease\0\u001b ')).toEqual({
    status: 'understood',
    value: 'no\tnuts,\nplease',
    stance: 'answered',
  })
  expect(says(spec, 'a\ud800b')).toHaveProperty('value', 'a\ufffdb')
  expect(parseAnswer(spec, fields({ answer: ['nuts'] }), 'en')).toHaveProperty('value', 'nuts')
})

it('refuses nothing and too much', () => {
  expect(says(spec, ' \n ').status).toBe('refused')
  expect(says(spec, 'x'.repeat(21))).toEqual({
    status: 'refused',
    hint: 'Please write at most 20 characters; these were 21.',
  })
  expect(parseAnswer(spec, { kind: 'value', value: 5 }, 'en').status).toBe('refused')
})
