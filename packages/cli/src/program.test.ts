import { readFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import type { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { exitCodes } from './exit-code.ts'
import type { Host } from './host.ts'
import { createProgram, runProgram } from './program.ts'

const page = readFileSync(new URL('../../../docs/reference/cli.md', import.meta.url), 'utf8')

interface Run {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

function createHost(stdout: string[] = [], stderr: string[] = []): Host {
  return {
    stdin: Readable.from([]),
    stdout: { write: (text) => stdout.push(text) },
    stderr: { write: (text) => stderr.push(text) },
    environment: {},
    directory: '/',
    stop: new AbortController().signal,
  }
}

async function run(...argv: readonly string[]): Promise<Run> {
  const stdout: string[] = []
  const stderr: string[] = []
  const code = await runProgram(argv, createHost(stdout, stderr))
  return { code, stdout: stdout.join(''), stderr: stderr.join('') }
}

/** Commands that do something, with their full names: `recipients import`. */
function commandsOf(
  command: Command,
  prefix = '',
): readonly { readonly name: string; readonly command: Command }[] {
  return command.commands.flatMap((inner) => {
    const name = `${prefix}${inner.name()}`
    return inner.commands.length === 0 ? [{ name, command: inner }] : commandsOf(inner, `${name} `)
  })
}

describe('runProgram', () => {
  it('prints the version', async () => {
    const { version }: { readonly version: string } = JSON.parse(
      readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
    )
    expect(await run('--version')).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' })
  })

  it.each([[], ['--help'], ['recipients'], ['clock'], ['ask', '--help'], ['help', 'send']])(
    'prints help to stdout for %j',
    async (...argv) => {
      const { code, stdout, stderr } = await run(...argv)
      expect({ code, stderr }).toEqual({ code: exitCodes.done, stderr: '' })
      expect(stdout).toContain('Usage: invite-me')
    },
  )

  it.each([
    [['aks'], "unknown command 'aks' (Did you mean ask?)"],
    [
      ['ask', '--to', 'a'],
      "required option '--question <text>' not specified; --template <name> will do, too.",
    ],
    [['ask', '--to', 'a', '--question', 'Q', '--qestion', 'Q'], 'Did you mean --question?'],
    [['ask', '--to', 'a', '--question', 'Q', '--via', 'email,,log'], 'Write names with commas between them.'],
    [['ask', '--to', 'a', '--question', 'Q', '--portal-port', '70000'], 'from 0 to 65535'],
    [['ask', '--to', 'a', '--question', 'Q', '--patience', '0s'], 'for example 30s'],
    [['ask', '--to', 'a', '--question', 'Q', '--routing', 'both'], 'Allowed choices are fallback, all.'],
    [['status', '--limit', '0'], 'whole number from 1 on'],
    [['respond', 'only-one'], "missing required argument 'answer'"],
    [['clock', 'advance', 'soon'], 'for example 30s'],
  ])('refuses %j in one sentence, with code 2', async (argv, reason) => {
    const human = await run(...argv)
    expect({ code: human.code, stdout: human.stdout }).toEqual({ code: exitCodes.usage, stdout: '' })
    expect(human.stderr).toContain(reason)
    expect(human.stderr.split('\n')).toHaveLength(3)
    const json = await run(...argv, '--json')
    expect(json.code).toBe(exitCodes.usage)
    expect(JSON.parse(json.stderr)).toMatchObject({ error: { code: 'REQUEST_INVALID' } })
  })
})

describe('docs/reference/cli.md', () => {
  const program = createProgram(createHost(), () => {})
  const sections = new Map(
    page
      .split(/^## /m)
      .slice(1)
      .map((section) => [section.slice(0, section.indexOf('\n')), section]),
  )

  it.each(commandsOf(program))('tells about `$name` and each of its options', ({ name, command }) => {
    const section = sections.get(name) ?? ''
    expect(section, `a heading "## ${name}"`).not.toBe('')
    for (const { flags } of command.options) expect(section).toContain(`\`${flags}\``)
    for (const argument of command.registeredArguments)
      expect(section).toMatch(new RegExp(`[<[]${argument.name()}(\\.\\.\\.)?[>\\]]`))
  })

  it('tells about the options of all commands', () => {
    const shared = sections.get('What all commands share')
    for (const { long } of program.options) expect(shared).toMatch(new RegExp(`\`${long ?? '?'}[ \`]`))
  })

  it('tells about every exit code', () => {
    for (const code of Object.values(exitCodes)) expect(sections.get('Exit codes')).toContain(`| ${code} |`)
  })
})
