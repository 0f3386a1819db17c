import { describe, expect, it } from 'vitest'
import { contentOf, readNextOption, readRemindOption, sendOptionsOf } from './message-options.ts'

const bare = { to: ['ann@guests.test'], patience: 1 }

describe('readNextOption', () => {
  it.each([
    ['unlessAccepted', { unlessAccepted: true }],
    ['unlessDelivered=5m', { unlessDelivered: '5m' }],
    ['unlessSeen=12h', { unlessSeen: '12h' }],
    ['unlessAnswered=500ms', { unlessAnswered: '500ms' }],
  ])('reads %s', (option, next) => {
    expect(readNextOption(option)).toEqual(next)
  })

  it.each([
    '',
    'never',
    'unlessAnswered',
    'unlessAnswered=soon',
    'unlessAnswered=-1m',
    'unlessAccepted=5m',
    'toString=5m',
  ])('refuses "%s"', (option) => {
    expect(() => readNextOption(option)).toThrow(expect.objectContaining({ field: '--next' }))
  })
})

describe('readRemindOption', () => {
  it('takes lengths of time and nothing else', () => {
    expect(readRemindOption(['1d', '36h'])).toEqual(['1d', '36h'])
    expect(() => readRemindOption(['1d', 'tomorrow'])).toThrow('"tomorrow" is not a length of time')
  })
})

describe('a template', () => {
  const template = { ...bare, template: 'dinner' }

  it('is what is said, with its variables', () => {
    expect(contentOf(undefined, template, '--text')).toEqual({ template: 'dinner' })
    expect(contentOf(undefined, { ...template, variables: '{"city":"Bonn"}' }, '--text')).toEqual({
      template: 'dinner',
      variables: { city: 'Bonn' },
    })
  })

  it.each([
    ['--template', 'Hello', template],
    ['--template', undefined, { ...template, subject: 'Hello' }],
    ['--variables', 'Hello', { ...bare, variables: '{}' }],
    ['--variables', undefined, { ...template, variables: '[1]' }],
    ['--variables', undefined, { ...template, variables: 'city=Bonn' }],
    ['--question', undefined, bare],
  ])('is refused, naming %s', (field, text, flags) => {
    expect(() => contentOf(text, flags, '--question')).toThrow(expect.objectContaining({ field }))
  })
})

describe('what is left out', () => {
  it('stays out, so that the defaults of the engine hold', () => {
    expect(contentOf('Coming?', bare, '--text')).toEqual({ text: 'Coming?' })
    expect(sendOptionsOf(bare)).toEqual({})
  })

  it('and what is said arrives', () => {
    const flags = {
      ...bare,
      via: ['email', 'log'],
      until: '2d',
      key: 'k',
      from: 'Ann',
      routing: 'all',
      category: 'news',
    } as const
    expect(contentOf('Coming?', { ...flags, subject: 'Dinner', details: 'At 8' }, '--text')).toEqual({
      text: 'Coming?',
      subject: 'Dinner',
      details: 'At 8',
    })
    expect(sendOptionsOf({ ...flags, next: 'unlessAnswered=30m' })).toEqual({
      via: ['email', 'log'],
      until: '2d',
      key: 'k',
      from: { name: 'Ann' },
      routing: 'all',
      category: 'news',
      next: { unlessAnswered: '30m' },
    })
  })
})
