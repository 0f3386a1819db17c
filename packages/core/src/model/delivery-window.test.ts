import { describe, expect, test } from 'vitest'
import { deliveryWindowSchema } from './delivery-window.ts'

const nine = { from: '09:00', to: '21:00' }

describe('a delivery window', () => {
  test('of every day is kept for each day of the week', () => {
    const window = deliveryWindowSchema.parse(nine)
    expect(Object.keys(window)).toEqual(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'])
    expect(window).toMatchObject({ mon: [nine], sun: [nine] })
  })

  test('may be written again as it was read', () => {
    for (const input of ['any', nine, { mon: nine, sat: [] }] as const) {
      const read = deliveryWindowSchema.parse(input)
      expect(deliveryWindowSchema.parse(read)).toEqual(read)
    }
  })

  test.for([
    ['no length', { from: '09:00', to: '09:00' }, 'no length'],
    ['the end of the day as its beginning', { from: '24:00', to: '09:00' }, 'no length'],
    ['hours there are not', { from: '25:00', to: '26:00' }, '"25:00" is not a time of day'],
    ['minutes after the end of the day', { from: '09:00', to: '24:30' }, '"24:30" is not a time of day'],
    ['no time', { from: 'nine', to: '21:00' }, '"nine" is not a time of day'],
    ['no day', {}, 'it never opens'],
    ['only closed days', { mon: [] }, 'it never opens'],
    ['a day there is not', { funday: nine }, ''],
    ['nothing', null, 'give "any"'],
  ] as const)('of %s is refused', ([, window, words]) => {
    const { error } = deliveryWindowSchema.safeParse(window)
    expect(JSON.stringify(error?.issues)).toContain(JSON.stringify(words).slice(1, -1))
  })
})
