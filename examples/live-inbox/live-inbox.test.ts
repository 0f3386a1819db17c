import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  accessProblems,
  launchChromium,
  noChromium,
  openPage,
} from '../../packages/server/src/__fixtures__/chromium.ts'
import { freePort } from '../../tests/peers/free-port.ts'
import { runScript, type RunningScript } from '../../tests/peers/run-script.ts'

describe.skipIf(noChromium !== undefined)(`an inbox on a live page ${noChromium ?? ''}`, () => {
  let browser: Awaited<ReturnType<typeof launchChromium>>
  let folder: string
  let server: RunningScript
  let url: string
  let start: () => Promise<RunningScript>

  beforeAll(async () => {
    browser = await launchChromium()
    folder = await mkdtemp(join(tmpdir(), 'live-inbox-'))
    const port = String(await freePort())
    url = `http://127.0.0.1:${port}`
    start = async () => {
      const script = runScript(join(import.meta.dirname, 'live-inbox.ts'), folder, { PORT: port })
      await script.waitFor([url])
      return script
    }
    server = await start()
  }, 40_000)

  afterAll(async () => {
    await browser?.close()
    await server?.end()
    await rm(folder, { recursive: true })
  })

  it('shows a question in every window as it is asked, and the answer too, also after the server was restarted', async () => {
    const [one, other] = await Promise.all(
      [1, 2].map(() => openPage(browser, url, { width: 800, colorScheme: 'light' })),
    )
    if (one === undefined || other === undefined) return expect.fail('no pages')
    for (const page of [one, other]) await page.getByText('live', { exact: true }).waitFor()
    expect(await accessProblems(one)).toEqual([])

    await one.getByLabel('Ask Sam').fill('Dinner on Friday at 8?')
    await one.getByRole('button', { name: 'Ask' }).click()
    await other.getByText('Dinner on Friday at 8?').waitFor()
    await other.getByRole('button', { name: 'yes' }).click()
    for (const page of [one, other]) await page.getByText('accepted').waitFor()

    await server.end()
    await one.getByText('connecting', { exact: true }).waitFor()
    server = await start()
    for (const page of [one, other]) await page.getByText('live', { exact: true }).waitFor()
    await other.getByLabel('Ask Sam').fill('And on Sunday?')
    await other.getByRole('button', { name: 'Ask' }).click()
    await one.getByText('And on Sunday?').waitFor()
  }, 60_000)
})
