import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runInProcess, type CommandEnd } from '../run-in-process.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'invite-me-simulate-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

const base = {
  start: '2026-03-02T10:00',
  zone: 'Europe/Berlin',
  people: [{ id: 'ann', name: 'Ann', routes: { telegram: 'ann', email: 'ann@guests.test' } }],
  asks: [{ to: 'ann', question: 'Dinner?', via: ['telegram', 'email'], until: '2d', urgency: 'immediate' }],
}

/** Runs a scenario of JSON. */
async function run(changes: object, ...flags: readonly string[]): Promise<CommandEnd> {
  writeFileSync(join(folder, 'scenario.json'), JSON.stringify({ ...base, ...changes }))
  return runInProcess(['simulate', 'scenario.json', ...flags], { directory: folder }).ended
}

interface Document {
  readonly timeLine: readonly { readonly local: string; readonly text: string }[]
  readonly outcomes: readonly { readonly state: string; readonly via: string | null }[]
}

async function simulated(changes: object): Promise<Document> {
  const { stdout, stderr } = await run(changes, '--json')
  expect(stderr).toBe('')
  return JSON.parse(stdout) as Document
}

describe('a simulation', () => {
  it('answers after a while, in the words of the person', async () => {
    const { outcomes, timeLine } = await simulated({ answers: [{ who: 'ann', after: '20m', says: 'yes' }] })
    expect(outcomes).toMatchObject([{ state: 'accepted', via: 'telegram', tookMs: 1_202_000 }])
    expect(timeLine.find(({ text }) => text === 'answered Yes by telegram')?.local).toBe(
      '2026-03-02 10:20:02',
    )
  })

  it.each([
    ['retryable', 'email'],
    ['permanent_recipient', 'email'],
    ['permanent_content', 'email'],
    ['opted_out', 'email'],
  ])('goes on by e-mail when telegram is %s', async (does, via) => {
    const { outcomes } = await simulated({
      faults: [{ channel: 'telegram', does }],
      answers: [{ who: 'ann', after: '1m', says: 'no' }],
    })
    expect(outcomes).toMatchObject([{ state: 'declined', via }])
  })

  it('loses what a silent provider takes, until somebody waits for an answer', async () => {
    const faults = [{ channel: 'telegram', from: '09:00', to: '11:00', does: 'silent' }]
    const answers = [{ who: 'ann', after: '1m', says: 'yes' }]
    expect((await simulated({ faults, answers })).outcomes).toMatchObject([{ state: 'expired' }])
    const asks = [{ ...base.asks[0], next: { unlessAnswered: '30m' } }]
    const { outcomes, timeLine } = await simulated({ faults, answers, asks })
    expect(outcomes).toMatchObject([{ state: 'accepted', via: 'email' }])
    expect(timeLine.map(({ text }) => text)).toContain(
      'telegram: not answered in time, so on to the next route',
    )
  })

  it('tells of an answer that could not be given', async () => {
    const { timeLine } = await simulated({
      faults: [{ channel: 'telegram', does: 'silent' }],
      answers: [{ who: 'ann', at: '10:30', says: 'yes' }],
    })
    expect(timeLine.map(({ text }) => text)).toContain('would say "yes", but nothing has arrived')
  })

  it('holds back what is not urgent, in the hours of the person', async () => {
    const people = [{ ...base.people[0], zone: 'Asia/Tokyo' }]
    const asks = [{ to: ['ann'], question: 'Dinner?', at: '16:00', until: '2d' }]
    const { timeLine } = await simulated({ people, asks })
    expect(timeLine.find(({ text }) => text.includes('accepted'))?.local).toBe('2026-03-03 09:00:00')
  })

  it.each([
    [{ people: [] }, 'people'],
    [{ zone: 'Mars' }, 'zone'],
    [{ asks: [{ to: 'bo', question: 'Dinner?' }] }, 'asks.0.to'],
    [{ asks: [{ ...base.asks[0], at: 'soon' }] }, 'asks.0.at'],
    [{ asks: [{ ...base.asks[0], at: '30d' }] }, 'asks.0.at'],
    [{ asks: [{ ...base.asks[0], colour: 'red' }] }, 'options'],
    [{ faults: [{ channel: 'telegraph', does: 'silent' }] }, 'faults.0.channel'],
    [{ faults: [{ channel: 'telegram', does: 'explodes' }] }, 'faults.0.does'],
    [{ faults: [{ channel: 'telegram', from: '23:00', does: 'silent' }] }, 'faults.0'],
    [{ answers: [{ who: 'bo', after: '1m', says: 'yes' }] }, 'answers.0.who'],
    [{ answers: [{ who: 'ann', says: 'yes' }] }, 'answers.0'],
    [{ weather: 'fine' }, ''],
  ])('%j is refused, naming the field', async (changes, field) => {
    const { code, stderr } = await run(changes, '--json')
    expect(code).toBe(2)
    expect(JSON.parse(stderr.split('\n')[0] ?? '').error).toMatchObject({
      code: 'REQUEST_INVALID',
      ...(field !== '' && { field: expect.stringContaining(field) }),
    })
  })

  it('needs a file that can be read', async () => {
    const run = (file: string) => runInProcess(['simulate', file], { directory: folder }).ended
    expect(await run('none.yaml')).toMatchObject({ code: 2, stderr: expect.stringContaining('none.yaml') })
    writeFileSync(join(folder, 'broken.json'), '{')
    expect(await run('broken.json')).toMatchObject({ code: 2, stderr: expect.stringContaining('not JSON') })
  })
})
