import { describe, expect, it } from 'vitest'
import { table } from './table.ts'

const columns = [
  { heading: 'name', cell: (row: readonly [string, number | null]) => row[0] },
  { heading: 'amount', cell: (row: readonly [string, number | null]) => row[1], align: 'right' as const },
]

describe('table', () => {
  it('lines up columns, also with wide characters and empty cells', () => {
    const rows = [
      ['王小明', 1],
      ['Ann', 200],
      ['Bo', null],
    ] as const
    expect(table(columns, rows)).toBe(['name    amount', '王小明       1', 'Ann        200', 'Bo'].join('\n'))
  })

  it('cuts long cells and takes out control characters', () => {
    expect(table(columns, [[`a\x1b[31m\nb${'x'.repeat(100)}`, 1]])).toContain(`a[31m b${'x'.repeat(52)}…  `)
  })

  it('draws only the headings when there is nothing', () => {
    expect(table(columns, [])).toBe('name  amount')
  })
})
