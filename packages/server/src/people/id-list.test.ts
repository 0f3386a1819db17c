import { describe, expect, it } from 'vitest'
import { readIdList } from './id-list.ts'

async function read(text: string | Uint8Array, encoding?: string): Promise<readonly unknown[]> {
  const entries: unknown[] = []
  const source = [typeof text === 'string' ? Buffer.from(text) : text]
  for await (const entry of readIdList(source, encoding === undefined ? {} : { encoding }))
    entries.push(entry)
  return entries
}

describe('readIdList', () => {
  it('takes the column of ids, whatever stands beside it', async () => {
    expect(await read('name;External ID;city\nAnn;ann;Berlin\n"Smith; J";" smith ";\n')).toEqual([
      { line: 2, externalId: 'ann' },
      { line: 3, externalId: 'smith' },
    ])
  })

  it.each(['\ufeffann\r\nbob\r\n\r\ncem', 'ann\nbob\n\ncem\n'])(
    'takes bare lines, the first one too: %j',
    async (text) => {
      expect(await read(text)).toEqual([
        { line: 1, externalId: 'ann' },
        { line: 2, externalId: 'bob' },
        { line: 4, externalId: 'cem' },
      ])
    },
  )

  it('takes the heading of a single column as one', async () => {
    expect(await read('id\nann')).toEqual([{ line: 2, externalId: 'ann' }])
  })

  it('tells of lines without an id, and of broken ones, and goes on', async () => {
    expect(await read('id,name\nann,Ann\n,Bob\n"cem,Cem\nzoe,Zoë')).toEqual([
      { line: 2, externalId: 'ann' },
      { line: 3, problem: 'the line has no id' },
      { line: 4, problem: 'a quotation mark is opened here and never closed' },
      { line: 5, externalId: 'zoe' },
    ])
  })

  it('reads other encodings', async () => {
    expect(await read(Buffer.from('id\nann-\u00e9', 'latin1'), 'windows-1252')).toEqual([
      { line: 2, externalId: 'ann-é' },
    ])
    expect(await read(Buffer.from('\ufeffid\nann', 'utf16le'))).toEqual([{ line: 2, externalId: 'ann' }])
  })

  it.each([
    ['', 'It is empty'],
    ['name,email\nAnn,ann@guests.test', 'calls none of them externalId'],
    ['id,externalId\na,b', 'Two of its columns'],
    ['a\u0000n\u0000', 'not plain text'],
  ])('refuses a file that is none: %j', async (text, reason) => {
    await expect(read(text)).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
      field: 'file',
      message: expect.stringContaining(reason) as string,
    })
  })
})
