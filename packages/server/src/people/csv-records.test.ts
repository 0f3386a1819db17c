import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { csvRecords } from './csv-records.ts'

async function read(text: string): Promise<readonly unknown[]> {
  const records: unknown[] = []
  for await (const record of csvRecords([Buffer.from(text)])) {
    records.push(
      'fields' in record ? [record.line, ...record.fields] : [record.line, new Error(record.problem)],
    )
  }
  return records
}

const unclosed = new Error('a quotation mark is opened here and never closed')

describe('csvRecords', () => {
  it.each([
    ['comma', 'a,b\n1,2'],
    ['semicolon', 'a;b\n1;2'],
    ['tab', 'a\tb\n1\t2'],
  ])('finds out that the delimiter is a %s', async (_name, text) => {
    expect(await read(text)).toEqual([
      [1, 'a', 'b'],
      [2, '1', '2'],
    ])
  })

  it('does not count delimiters that stand inside quotation marks', async () => {
    expect(await read('"a,b,c";d\n1;2')).toEqual([
      [1, 'a,b,c', 'd'],
      [2, '1', '2'],
    ])
  })

  it('reads quoted delimiters, doubled quotation marks and line breaks', async () => {
    expect(await read('a,b\n"Smith, J","say ""hi"""\r\n"two\r\nlines",x\n')).toEqual([
      [1, 'a', 'b'],
      [2, 'Smith, J', 'say "hi"'],
      [3, 'two\nlines', 'x'],
    ])
  })

  it('takes a stray quotation mark inside a field as it stands', async () => {
    expect(await read('a,b\nBob "Bobby" Smith,5" disk')).toEqual([
      [1, 'a', 'b'],
      [2, 'Bob "Bobby" Smith', '5" disk'],
    ])
  })

  it('loses only the line whose quotation mark is never closed', async () => {
    expect(await read('a,b\n"Bob,x\nAnn,y\nZoë,z')).toEqual([
      [1, 'a', 'b'],
      [2, unclosed],
      [3, 'Ann', 'y'],
      [4, 'Zoë', 'z'],
    ])
  })

  it('loses only that line when a later line has quotation marks of its own', async () => {
    expect(await read('a,b\n"Bob,x\n"Smith, A",y\nZoë,z')).toEqual([
      [1, 'a', 'b'],
      [2, unclosed],
      [3, 'Smith, A', 'y'],
      [4, 'Zoë', 'z'],
    ])
  })

  it('gives up on an open quotation mark after a hundred lines, and reads those lines again', async () => {
    const people = Array.from({ length: 300 }, (_, index) => `p${index},x`)
    const records = await read(`a,b\n"Bob,x\n${people.join('\n')}`)
    expect(records).toHaveLength(302)
    expect(records[1]).toEqual([2, unclosed])
    expect(records.at(-1)).toEqual([302, 'p299', 'x'])
  })

  it('reports a line that is too long and goes on', async () => {
    const records = await read(`a,b\n${'x'.repeat(1_100_000)},y\nAnn,z`)
    expect(records[1]).toEqual([2, new Error('the line is longer than 1,048,576 characters')])
    expect(records[2]).toEqual([3, 'Ann', 'z'])
  })

  it('passes over blank lines but counts them', async () => {
    expect(await read('a,b\n\n   \n1,2\n')).toEqual([
      [1, 'a', 'b'],
      [4, '1', '2'],
    ])
  })

  it('reads back whatever was written by the rules', async () => {
    const field = fc.string({ unit: fc.constantFrom('a', 'é', ',', ';', '\t', '"', '\n', ' ', '\0') })
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(field, field), { maxLength: 20 }), async (rows) => {
        const text = rows
          .map((row) => row.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(','))
          .join('\n')
        const records = await read(`head,er\n${text}`)
        expect(records.slice(1).map((record) => (Array.isArray(record) ? record.slice(1) : []))).toEqual(rows)
      }),
      { seed: 20_261_122, numRuns: 200 },
    )
  })

  it('never throws, whatever it is given', async () => {
    const text = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r', ' ', '\ufeff') })
    await fc.assert(
      fc.asyncProperty(text, async (anything) => {
        expect(await read(anything)).toBeInstanceOf(Array)
      }),
      { seed: 20_261_122, numRuns: 500 },
    )
  })
})
