import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { AnswerRow } from '../model/tally.ts'
import { answersCsvHeader, answersCsvRow } from './answers-csv.ts'

const row: AnswerRow = {
  invitationId: 'i1',
  to: 'ann',
  name: null,
  state: 'answered',
  value: 'red',
  via: 'email',
  revision: 1,
  answeredAt: new Date('2026-11-23T10:00:00Z'),
}

/** The cells of a line, as RFC 4180 reads them. */
function cellsOf(line: string): readonly string[] {
  const found: string[] = []
  const cell = /(?:"((?:[^"]|"")*)"|([^,\r\n"]*))(,|\r\n)/y
  for (let match = cell.exec(line); match !== null; match = cell.exec(line))
    found.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '')
  return found
}

describe('a row of an export', () => {
  test('has as many cells as the header', () => {
    expect(answersCsvHeader()).toBe('invitationId,to,name,state,value,via,revision,answeredAt\r\n')
    expect(answersCsvRow(row)).toBe('i1,ann,,answered,red,email,1,2026-11-23T10:00:00.000Z\r\n')
  })

  test.each([
    ['=HYPERLINK("http://evil.test")', `'=HYPERLINK("http://evil.test")`],
    ['+49 171', `'+49 171`],
    ['-2+3', `'-2+3`],
    ['@SUM(A1)', `'@SUM(A1)`],
    ['\t=1', `'\t=1`],
    ['  =1', `'  =1`],
    ['＝1', `'＝1`],
    ['a, "b"\nc', 'a, "b"\nc'],
    [-5, '-5'],
    [true, 'true'],
    [['red', 'blue'], '["red","blue"]'],
    [{ coming: 'yes', party: 2 }, '{"coming":"yes","party":2}'],
    [null, ''],
  ])('%j becomes %j', (value, expected) => {
    expect(cellsOf(answersCsvRow({ ...row, value }))[4]).toBe(expected)
  })

  test('is one row whatever was said, and never a formula', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (value) => {
        const cells = cellsOf(answersCsvRow({ ...row, value, to: value, name: value }))
        expect(cells).toHaveLength(8)
        for (const cell of [cells[1], cells[2], cells[4]]) {
          expect(cell?.replace(/^'/, '')).toBe(value.replace(/^'/, ''))
          expect(cell).not.toMatch(/^[\s]*[=+\-@]/)
        }
      }),
    )
  })
})
