import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readChannels } from './gen/read-channels.ts'
import { writeCatalogue } from './gen/write-catalogue.ts'
import { writeDocsHead } from './gen/write-docs-head.ts'
import { writeExports } from './gen/write-exports.ts'
import { writeReadmeTable } from './gen/write-readme-table.ts'
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
  const manifest: unknown = JSON.parse(writeExports(JSON.stringify(old), ['pigeon-post']))
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

test('the head of a channel’s page is put below its heading, and replaced the next time', () => {
  const [channel] = channels
  if (channel === undefined) throw new Error('a channel is expected')
  const page = writeDocsHead('# Pigeon post\n\nBy hand.\n', channel)
  expect(page).toMatch(/^# Pigeon post\n\n<!-- gen:head -->[\s\S]*<!-- \/gen:head -->\n\nBy hand\.\n$/)
  expect(page).toContain("| import | `import { pigeonPost } from '@invite-me/channels/pigeon-post'` |")
  expect(page).toContain('| must be given | `loftUrl` |')
  expect(writeDocsHead(page, channel)).toBe(page)
  const renamed = writeDocsHead(page, { ...channel, factory: 'dove' })
  expect(renamed).toContain('import { dove }')
  expect(renamed).not.toContain('import { pigeonPost }')
})

test('the README’s table says what a channel is proven against, as its page does', () => {
  const page = 'Proven against: a real loft, and a hawk.\n'
  const documented = channels.map((channel) => ({ ...channel, page }))
  const readme = writeReadmeTable('A\n<!-- gen:channels -->old<!-- /gen:channels -->\nB', documented)
  expect(readme).toMatch(
    /\| \[pigeon-post\]\(docs\/channels\/pigeon-post\.md\) \|.*\| a real loft, and a hawk \|/,
  )
  expect(readme).not.toContain('old')
  expect(() => writeReadmeTable('no place', documented)).toThrow('README.md')
})
