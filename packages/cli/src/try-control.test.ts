import { chmodSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync, existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { InviteMeError } from '@invite-me/core/channel'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { listenForTryCommands, tellTry, type TryCommand, type TryControl } from './try-control.ts'
import { readTryState, tryStateFile, writeTryState } from './try-state.ts'

let control: TryControl
let folder: string
const told: TryCommand[] = []

beforeEach(async () => {
  told.length = 0
  folder = mkdtempSync(join(tmpdir(), 'invite-me-control-'))
  control = await listenForTryCommands((command) => {
    if (command.command === 'break' && command.channel === 'fax')
      throw new InviteMeError('CHANNEL_UNKNOWN', 'There is no fax.')
    told.push(command)
    return { broken: ['sms'], now: new Date(0).toISOString() }
  })
})

afterEach(async () => {
  await control.close()
  rmSync(folder, { recursive: true, force: true })
})

const post = (headers: Record<string, string>, body = '{"command":"mend"}'): Promise<Response> =>
  fetch(`http://127.0.0.1:${control.state.port}/`, { method: 'POST', headers, body })

describe('listenForTryCommands', () => {
  it('carries out what it is told', async () => {
    const answer = await tellTry(control.state, { command: 'break', channel: 'sms', isDown: false })
    expect(answer).toEqual({ broken: ['sms'], now: '1970-01-01T00:00:00.000Z' })
    expect(told).toEqual([{ command: 'break', channel: 'sms', isDown: false }])
  })

  it('passes on why something is refused', async () => {
    await expect(
      tellTry(control.state, { command: 'break', channel: 'fax', isDown: false }),
    ).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
      message: 'There is no fax.',
    })
  })

  it('obeys nobody who does not know the token', async () => {
    expect((await post({})).status).toBe(403)
    expect((await post({ authorization: 'Bearer wrong' })).status).toBe(403)
    expect((await fetch(`http://127.0.0.1:${control.state.port}/`)).status).toBe(403)
    expect(
      (await fetch(`http://localhost:${control.state.port}/`).catch(() => ({ status: 403 }))).status,
    ).toBe(403)
    expect(told).toEqual([])
  })

  it('refuses what is no command, and endless bodies', async () => {
    const headers = { authorization: `Bearer ${control.state.token}` }
    expect((await post(headers, '{"command":"erase"}')).status).toBe(400)
    expect((await post(headers, 'not JSON')).status).toBe(400)
    expect((await post(headers, `{"command":"mend","channel":"${'x'.repeat(5_000)}"}`)).status).toBe(400)
    expect(told).toEqual([])
  })

  it('is said to be gone when it does not answer', async () => {
    await control.close()
    await expect(tellTry(control.state, { command: 'mend' })).rejects.toMatchObject({ code: 'STOPPED' })
  })
})

describe('the state file', () => {
  it('is for its owner only and disappears with the command', () => {
    const file = tryStateFile(join(folder, 'my.db'))
    const remove = writeTryState(file, control.state)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readTryState(file)).toEqual(control.state)
    remove()
    expect(existsSync(file)).toBe(false)
  })

  it('stays when a newer one took its place', () => {
    const file = join(folder, 'try.json')
    const removeFirst = writeTryState(file, { ...control.state, processId: process.ppid })
    writeTryState(file, control.state)
    removeFirst()
    expect(readTryState(file)).toEqual(control.state)
  })

  it('does not follow a link somebody put in its place', () => {
    const target = join(folder, 'precious')
    writeFileSync(target, 'precious')
    symlinkSync(target, join(folder, 'try.json'))
    writeTryState(join(folder, 'try.json'), control.state)
    expect(statSync(target).size).toBe('precious'.length)
  })

  it.each([
    '',
    'not JSON',
    '{"port":1}',
    JSON.stringify({ port: 1, token: 'x'.repeat(40), processId: 2 ** 22 + 1 }),
  ])('counts as absent when it holds %j', (content) => {
    const file = join(folder, 'try.json')
    writeFileSync(file, content)
    chmodSync(file, 0o600)
    expect(() => readTryState(file)).toThrow('No `invite-me try` is running here')
  })

  it('counts as absent when there is none', () => {
    expect(() => readTryState(join(folder, 'none.json'))).toThrow(InviteMeError)
  })
})
