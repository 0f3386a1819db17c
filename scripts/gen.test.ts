import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readChannels } from './gen/read-channels.ts'
import { writeCatalogue } from './gen/write-catalogue.ts'
import { writeExports } from './gen/write-exports.ts'
import { writeReference } from './gen/write-reference.ts'

const channels = await readChannels(join(import.meta.dirname, '__fixtures__/channels'))

test('a channel file is described with its options as the environment would set them', () => {
  expect(channels).toHaveLength(1)
  expect(channels[0]).toMatchObject({ name: 'pigeon-post', factory: 'pigeonPost' })
  expect(channels[0]?.options.map(({ name, env, type }) => [name, env, type])).toEqual([
    ['loftUrl', 'INVITE_ME_PIGEON_POST_LOFT_URL', 'string'],
    ['auth.user', 'INVITE_ME_PIGEON_POST_AUTH_USER', 'string'],
    ['auth.pass', 'INVITE_ME_PIGEON_POST_AUTH_PASS', 'string'],
    ['relay', 'INVITE_ME_PIGEON_POST_RELAY', 'string'],
    ['maxPigeons', 'INVITE_ME_PIGEON_POST_MAX_PIGEONS', 'number'],
    ['size', 'INVITE_ME_PIGEON_POST_SIZE', '"small" | "large"'],
    ['routes', 'INVITE_ME_PIGEON_POST_ROUTES', 'string[]'],
  ])
})

test('secrets, also those inside a choice of forms, requirements and defaults are told apart', () => {
  const options = channels[0]?.options ?? []
  expect(options.filter(({ isSecret }) => isSecret).map(({ name }) => name)).toEqual(['auth.pass', 'relay'])
  expect(options.filter(({ isRequired }) => isRequired).map(({ name }) => name)).toEqual(['loftUrl'])
  expect(options.find(({ name }) => name === 'maxPigeons')?.defaultValue).toBe(3)
})

test('the catalogue loads a channel only when it is made', () => {
  const source = writeCatalogue(channels)
  expect(source).toContain("(await import('./pigeon-post.ts')).pigeonPost(")
  expect(source.match(/^import .*/gm)).toEqual([
    "import type { Channel, ChannelSupports } from '@invite-me/core/channel'",
  ])
})

test('the manifest gets an import path for the channel and keeps the others', () => {
  const old = { name: 'x', exports: { './catalog': 'c' }, publishConfig: { exports: { './catalog': 'c' } } }
  const manifest: unknown = JSON.parse(writeExports(JSON.stringify(old), channels))
  const target = { types: './dist/pigeon-post.d.ts', default: './dist/pigeon-post.js' }
  expect(manifest).toEqual({
    name: 'x',
    exports: {
      './pigeon-post': { '@invite-me/source': './src/pigeon-post.ts', ...target },
      './catalog': 'c',
    },
    publishConfig: { exports: { './pigeon-post': target, './catalog': 'c' } },
  })
})

test('the reference page shows each option in a row', () => {
  const page = writeReference(channels)
  expect(page).toContain(
    '| `loftUrl` | `INVITE_ME_PIGEON_POST_LOFT_URL` | `string` |  | required; Where the pigeons live \\| and rest |',
  )
  expect(page).toContain('| `auth.pass` | `INVITE_ME_PIGEON_POST_AUTH_PASS` | `string` |  | secret |')
})
