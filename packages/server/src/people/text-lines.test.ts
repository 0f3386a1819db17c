import { describe, expect, it } from 'vitest'
import { longestLine, textLines } from './text-lines.ts'

async function linesOf(chunks: readonly Uint8Array[], encoding?: string): Promise<readonly string[]> {
  const lines: string[] = []
  for await (const line of textLines(chunks, encoding))
    lines.push(`${line.number}${line.isTooLong ? '!' : ''} ${line.text}`)
  return lines
}

describe('textLines', () => {
  it('cuts at every kind of line break, also when chunks cut the break apart', async () => {
    const bytes = Buffer.from('a\r\nb\nc\rd\r\n\r\ne')
    const wanted = ['1 a', '2 b', '3 c', '4 d', '5 ', '6 e']
    expect(await linesOf([bytes])).toEqual(wanted)
    expect(await linesOf([...bytes].map((byte) => Buffer.from([byte])))).toEqual(wanted)
  })

  it('keeps characters whole that chunks cut apart', async () => {
    const bytes = Buffer.from('Зоя,🙂')
    expect(await linesOf([...bytes].map((byte) => Buffer.from([byte])))).toEqual(['1 Зоя,🙂'])
  })

  it('follows the byte order mark, whatever encoding was named', async () => {
    expect(await linesOf([Buffer.from('\ufeffZoë')], 'windows-1252')).toEqual(['1 Zoë'])
    expect(await linesOf([Buffer.from('\ufeffZoë\n', 'utf16le')])).toEqual(['1 Zoë'])
    expect(await linesOf([Buffer.from('\ufeffZoë\n', 'utf16le').swap16()])).toEqual(['1 Zoë'])
    expect(await linesOf([Buffer.from([0xff]), Buffer.from([0xfe, 0x41]), Buffer.from([0x00])])).toEqual([
      '1 A',
    ])
  })

  it('reads an old encoding when it is named', async () => {
    expect(await linesOf([Buffer.from([0x5a, 0x6f, 0xeb])], 'windows-1252')).toEqual(['1 Zoë'])
  })

  it('refuses an encoding nobody knows', async () => {
    await expect(linesOf([Buffer.from('abc')], 'klingon')).rejects.toMatchObject({ code: 'REQUEST_INVALID' })
  })

  it('keeps no more of a line than a megabyte', async () => {
    const part = Buffer.alloc(longestLine / 2, 'x')
    const lines: number[] = []
    const marks: boolean[] = []
    for await (const line of textLines([part, part, part, Buffer.from('\nnext')])) {
      lines.push(line.text.length)
      marks.push(line.isTooLong)
    }
    expect(lines).toEqual([longestLine, 4])
    expect(marks).toEqual([true, false])
  })

  it('finds nothing in an empty file or in a lone byte order mark', async () => {
    expect(await linesOf([])).toEqual([])
    expect(await linesOf([Buffer.from('\ufeff')])).toEqual([])
  })
})
