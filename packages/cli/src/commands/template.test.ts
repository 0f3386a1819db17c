import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { exitCodes } from '../exit-code.ts'
import { runInProcess } from '../run-in-process.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'invite-me-template-'))
})

afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

const run = (...argv: readonly string[]) => runInProcess(argv, { directory: folder }).ended
const welcome = `
texts:
  en:
    subject: Hello {{ name }}
    text: Welcome to {{ city }}!
  de:
    text: Willkommen in {{ city }}!
variables:
  city: text
`

describe('templates', () => {
  it('are saved from a file, listed, shown, looked at and removed', async () => {
    writeFileSync(join(folder, 'welcome.yaml'), welcome)
    expect((await run('template', 'save', 'welcome', 'welcome.yaml')).stdout).toContain(
      'Saved welcome, version 1.',
    )
    expect((await run('template')).stdout).toMatch(/welcome +│? *1 +│? *en de +│? *city/)
    expect((await run('template', 'show', 'welcome')).stdout).toContain('de: Willkommen in {{ city }}!')
    const shown = await run(
      'template',
      'preview',
      'welcome',
      '--locale',
      'de',
      '--variables',
      '{"city":"Bonn"}',
    )
    expect(shown.stdout).toBe('Willkommen in Bonn!\n\n(19 characters)\n')
    expect((await run('template', 'remove', 'welcome')).code).toBe(exitCodes.done)
    expect((await run('template', 'show', 'welcome')).stderr).toContain('There is no template "welcome"')
  })

  it('are read from standard input, and their versions are kept', async () => {
    const save = (text: string) =>
      runInProcess(['template', 'save', 'hi', '-', '--json'], { directory: folder, input: text }).ended
    await save(JSON.stringify({ texts: { en: { text: 'One' } } }))
    const second = await save('texts: { en: { text: Two } }')
    expect(JSON.parse(second.stdout).template).toMatchObject({ name: 'hi', version: 2 })
    const first = await run('template', 'show', 'hi', '--at-version', '1', '--json')
    expect(JSON.parse(first.stdout).template.texts.en.text).toBe('One')
  })

  it('are sent by their name', async () => {
    writeFileSync(join(folder, 'welcome.yaml'), welcome)
    await run('template', 'save', 'welcome', 'welcome.yaml')
    await runInProcess(['recipients', 'import', '-'], {
      directory: folder,
      input: 'id,name,log\nann,Ann,ann\n',
    }).ended
    const send = (...more: readonly string[]) =>
      run('send', '--to', 'ann', '--via', 'log', '--template', 'welcome', ...more)
    const missing = await send()
    expect(missing.stderr).toContain('"city"')
    expect(missing.code).not.toBe(exitCodes.done)
    const sent = await send('--variables', '{"city":"Bonn"}')
    expect(`${sent.stdout}${sent.stderr}`).toContain('Welcome to Bonn!')
    expect(sent.code).toBe(exitCodes.done)
  })

  it.each<[string, readonly string[], string]>([
    ['a file that is not there', ['template', 'save', 'x', 'nothing.yaml'], 'cannot be read'],
    ['a name that cannot be', ['template', 'save', 'Welcome!', 'welcome.yaml'], 'lower-case words'],
    [
      'variables that are no JSON',
      ['template', 'preview', 'x', '--variables', 'city=Bonn'],
      'no JSON object',
    ],
    ['a price that is none', ['template', 'preview', 'x', '--price', 'cheap'], 'is not a price'],
    [
      'a text beside a template',
      ['send', '--to', 'ann', '--template', 'x', '--text', 'y', '--via', 'log'],
      'not both',
    ],
    ['neither a text nor a template', ['send', '--to', 'ann', '--via', 'log'], '--template <name>'],
    ['an unknown variable', ['template', 'save', 'x', 'wrong.yaml'], 'there is no variable "town"'],
    ['what is no YAML', ['template', 'save', 'x', 'broken.yaml'], 'look at line'],
  ])('are refused with %s', async (_what, argv, reason) => {
    writeFileSync(join(folder, 'welcome.yaml'), welcome)
    writeFileSync(join(folder, 'wrong.yaml'), 'texts: { en: { text: "{{ town }}" } }')
    writeFileSync(join(folder, 'broken.yaml'), 'texts: { en: [')
    const { code, stderr } = await run(...argv)
    expect(stderr).toContain(reason)
    expect(code).not.toBe(exitCodes.done)
  })
})
