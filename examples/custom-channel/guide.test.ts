import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, expect, test } from 'vitest'

let folder: string

beforeEach(async () => {
  // Here, so that the code finds the packages it imports.
  folder = await mkdtemp(join(import.meta.dirname, '.guide-'))
})
afterEach(() => rm(folder, { recursive: true }))

/** Code blocks of the guide, in order. */
async function guideBlocks(): Promise<readonly string[]> {
  const guide = join(import.meta.dirname, '../../docs/guides/writing-a-channel.md')
  return [...(await readFile(guide, 'utf8')).matchAll(/^```ts\n([^]*?)^```/gm)].map(([, code = '']) => code)
}

test('the channel of the guide passes the contract as the guide puts it', async () => {
  const blocks = await guideBlocks()
  const channel = blocks.find((code) => code.includes('export const pager = defineChannel('))
  const contract = blocks.find((code) => code.includes('channelContract({'))
  await writeFile(join(folder, 'pager.ts'), channel ?? '')
  await writeFile(join(folder, 'pager.test.ts'), contract ?? '')

  // Told that it runs inside another test runner, Node's would print for a machine.
  const { NODE_TEST_CONTEXT: _context, ...env } = process.env
  const runner = ['--conditions=@invite-me/source', '--test', '--test-reporter=tap', 'pager.test.ts']
  const child = spawn(process.execPath, runner, {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 50_000,
  })
  const printed = await text(child.stdout)
  expect(printed).toMatch(/^# pass [3-9]\d$/m)
  expect(printed).toMatch(/^# fail 0$/m)
})
