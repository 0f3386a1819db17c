import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runInProcess, type CommandEnd } from '../run-in-process.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'invite-me-tally-'))
  writeFileSync(join(folder, 'invite-me.config.yaml'), 'portal:\n  url: https://portal.test\n')
  writeFileSync(join(folder, 'people.csv'), 'id,name,log\nann,Ann,ann\nbo,"=Bo",bo\ncy,Cy,cy\n')
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

const run = (...argv: readonly string[]): Promise<CommandEnd> =>
  runInProcess(argv, { directory: folder }).ended

interface Asked {
  readonly messageId: string
  readonly invitations: readonly { readonly id: string }[]
}

/** Asks three people, and answers for the first of them. */
async function asked(answers: readonly string[], ...flags: readonly string[]): Promise<Asked> {
  const { stdout } = await run(
    'ask',
    '--to',
    'people.csv',
    '--question',
    'Dinner?',
    '--via',
    'log',
    '--json',
    '--patience',
    '1ms',
    ...flags,
  )
  const document = JSON.parse(
    stdout.split('\n').findLast((line) => line.includes('invitations')) ?? '',
  ) as Asked
  for (const [index, answer] of answers.entries())
    expect(await run('respond', document.invitations[index]?.id ?? '', answer)).toMatchObject({ code: 0 })
  return document
}

describe('a tally', () => {
  it('is printed for people and for programs', async () => {
    const { messageId } = await asked(['yes', 'no'])
    const printed = await run('tally', messageId)
    expect(printed).toMatchObject({ code: 0 })
    expect(printed.stdout).toBe(
      ['2 of 3 answered, 1 pending', `  yes  ${'█'.repeat(30)} 1`, `  no   ${'█'.repeat(30)} 1`, ''].join(
        '\n',
      ),
    )
    expect(JSON.parse((await run('tally', messageId, '--json')).stdout)).toMatchObject({
      messageId,
      asked: 3,
      answers: { type: 'yesNo', yes: 1, no: 1 },
      quorum: null,
    })
  })

  it('is watched until nobody is left to answer, as at a quorum that closes', async () => {
    const { messageId } = await asked(['yes', 'yes'], '--quorum', '2', '--close-at-quorum')
    const { code, stdout } = await run('tally', messageId, '--watch')
    expect(code).toBe(0)
    expect(stdout).toContain('2 of 3 answered, 1 cancelled')
    expect(stdout).toMatch(/quorum 2 of 2 \(accepted\), then close: reached 20/)
  })

  it('of no message, and a quorum without a number, are refused', async () => {
    expect(await run('tally', 'none')).toMatchObject({ code: 1, stderr: expect.stringContaining('none') })
    expect(
      await run('ask', '--to', 'people.csv', '--question', 'Dinner?', '--via', 'log', '--close-at-quorum'),
    ).toMatchObject({ code: 2, stderr: expect.stringContaining('--quorum 4') })
  })
})

describe('answers', () => {
  it('are printed as CSV that no spreadsheet runs, or as NDJSON', async () => {
    const { messageId } = await asked(['=1+1', '12, maybe 13'], '--answer', 'text')
    const csv = await run('answers', messageId)
    expect(csv).toMatchObject({ code: 0 })
    const [head, ann, bo, cy] = csv.stdout.split('\r\n')
    expect(head).toBe('invitationId,to,name,state,value,via,revision,answeredAt')
    expect(ann).toContain(`,ann,Ann,answered,"'=1+1",`)
    expect(bo).toContain(`,bo,"'=Bo",answered,"12, maybe 13",`)
    expect(cy).toContain(',cy,Cy,pending,,,0,')
    const ndjson = await run('answers', messageId, '--format', 'ndjson')
    const rows = ndjson.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { value: unknown })
    expect(rows.map(({ value }) => value)).toEqual(['=1+1', '12, maybe 13', null])
    expect(await run('answers', 'none')).toMatchObject({ code: 1 })
  })
})
