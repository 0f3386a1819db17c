import { readFileSync } from 'node:fs'
import { channelCatalogue } from '@invite-me/channels/catalog'
import { describe, expect, it } from 'vitest'
import { ownVariables } from './config.ts'

const example = readFileSync(new URL('../../../.env.example', import.meta.url), 'utf8')
const named = [...example.matchAll(/^# (INVITE_ME_\w+)=/gm)].map(([, name = '']) => name)

describe('.env.example', () => {
  it('names only variables that mean something, each once, and sets none', () => {
    const known = new Set([
      ...ownVariables,
      ...channelCatalogue.flatMap(({ options }) => options.map(({ env }) => env)),
    ])
    expect(named.filter((name) => !known.has(name))).toEqual([])
    expect(named.filter((name, index) => named.indexOf(name) !== index)).toEqual([])
    expect(example).not.toMatch(/^[^#\n]/m)
  })

  it('names every variable of the command line itself', () => {
    expect(ownVariables.filter((name) => !named.includes(name))).toEqual([])
  })

  it.each(channelCatalogue)('names what $name cannot do without, and its secrets', ({ options }) => {
    const needed = options.filter(({ isRequired, isSecret }) => isRequired || isSecret).map(({ env }) => env)
    expect(needed.filter((name) => !named.includes(name))).toEqual([])
  })
})
