import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { exitCodes } from '../exit-code.ts'
import { runInProcess } from '../run-in-process.ts'

let folder: string

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'invite-me-segment-'))
  await run(
    ['recipients', 'import', '-'],
    'id,email,city\nann,ann@x.test,Berlin\nbo,bo@x.test,Paris\ncy,cy@x.test,Berlin\n',
  )
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

async function run(argv: readonly string[], input = '') {
  const command = runInProcess([...argv, '--json'], { directory: folder, environment: {}, input })
  return { ...(await command.ended), documents: command.documents() }
}
async function read(argv: readonly string[]) {
  const { stdout } = await runInProcess(argv, { directory: folder, environment: {} }).ended
  return stdout
}

const berlin = { attribute: 'city', is: 'Berlin' }
const json = JSON.stringify(berlin)

describe('segment', () => {
  it('saves, lists, shows, counts, looks into and removes', async () => {
    const saved = await run(['segment', 'save', 'berlin', json])
    expect(saved.documents).toMatchObject([{ segment: { name: 'berlin', filter: berlin }, count: 2 }])
    const [{ segment }] = saved.documents as [{ readonly segment: unknown }]
    expect((await run(['segment', 'list'])).documents).toEqual([{ segments: [segment] }])
    expect((await run(['segment', 'show', 'berlin'])).documents).toEqual([{ segment }])
    expect((await run(['segment', 'count', 'berlin'])).documents).toEqual([{ count: 2 }])
    expect((await run(['segment', 'preview', 'berlin', '--limit', '1'])).documents).toMatchObject([
      { recipients: [{ externalId: 'ann' }], hasMore: true },
    ])
    expect(await run(['segment', 'remove', 'berlin'])).toMatchObject({
      code: exitCodes.done,
      documents: [{ removed: 'berlin' }],
    })
    for (const command of ['show', 'count', 'preview', 'remove'])
      expect(JSON.parse((await run(['segment', command, 'berlin'])).stderr)).toMatchObject({
        error: { code: 'SEGMENT_UNKNOWN', field: 'name' },
      })
  })

  it('takes a filter that is not saved: as it stands, from a file, from standard input', async () => {
    writeFileSync(join(folder, 'berlin.json'), json)
    expect((await run(['segment', 'count', json])).documents).toEqual([{ count: 2 }])
    expect((await run(['segment', 'count', 'berlin.json'])).documents).toEqual([{ count: 2 }])
    expect((await run(['segment', 'preview', '-'], json)).documents).toMatchObject([
      { recipients: [{ externalId: 'ann' }, { externalId: 'cy' }], hasMore: false },
    ])
    expect((await run(['segment', 'save', 'berlin', 'berlin.json'])).code).toBe(exitCodes.done)
  })

  it('speaks to people too', async () => {
    expect(await read(['segment', 'list'])).toContain('No segment is saved yet')
    expect(await read(['segment', 'save', 'berlin', json])).toContain('people in it now: 2')
    expect(await read(['segment', 'list'])).toMatch(
      /name +filter\n.*berlin +\{"attribute":"city","is":"Berlin"\}/,
    )
    expect(await read(['segment', 'show', 'berlin'])).toContain('"attribute": "city"')
    expect(await read(['segment', 'count', 'berlin'])).toBe('2\n')
    expect(await read(['segment', 'preview', 'berlin'])).toMatch(/ann[^]*cy/)
    expect(await read(['segment', 'preview', '{"has":"telegram"}'])).toContain('Nobody is in it now')
    expect(await read(['segment', 'remove', 'berlin'])).toContain('Removed')
  })

  it.each([
    ['{"all":[{"city":1}]}', 'filter.all.0', 'exactly one of'],
    ['{"all":', 'filter', 'no JSON'],
    ['nothing.json', 'filter', 'no such file'],
  ])('refuses the filter %s, naming the place', async (argument, field, reason) => {
    const { stderr, code } = await run(['segment', 'save', 'berlin', argument])
    expect(JSON.parse(stderr)).toMatchObject({
      error: { code: 'REQUEST_INVALID', field, message: expect.stringContaining(reason) as string },
    })
    expect(code).not.toBe(exitCodes.done)
  })
})
