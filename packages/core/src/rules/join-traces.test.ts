import { describe, expect, test } from 'vitest'
import { isSameTrace, joinTraces } from './join-traces.ts'

const place = (trace: string, span: string) => `00-${trace.repeat(32)}-${span.repeat(16)}-01`

describe('work for several messages', () => {
  test.each([
    ['nothing', [], { parent: null, links: [] }],
    ['untraced messages', [null, null], { parent: null, links: [] }],
    ['one message', [place('a', '1')], { parent: place('a', '1'), links: [] }],
    [
      'many deliveries of one message',
      [place('a', '1'), place('a', '1'), null],
      { parent: place('a', '1'), links: [] },
    ],
    [
      'one message handed over in portions',
      [place('a', '1'), place('a', '2')],
      { parent: place('a', '1'), links: [place('a', '2')] },
    ],
    [
      'messages of two traces',
      [place('a', '1'), place('b', '1'), place('a', '1')],
      { parent: null, links: [place('a', '1'), place('b', '1')] },
    ],
  ])('%s', (_name, places, joined) => {
    expect(joinTraces(places)).toEqual(joined)
  })

  test('places are of one trace when their trace ids agree, whatever the span and flags', () => {
    expect(isSameTrace(place('a', '1'), place('a', '2').replace(/01$/, '00'))).toBe(true)
    expect(isSameTrace(place('a', '1'), place('b', '1'))).toBe(false)
  })
})
