import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import { chromium, type Browser, type Page } from 'playwright-core'

const executablePath = process.env['INVITE_ME_CHROMIUM'] ?? '/usr/bin/chromium'
const isRequired = process.env['INVITE_ME_REQUIRE_SERVICES'] === '1'

/** Why browser tests cannot run here; `undefined` when they can or must. */
export const noChromium: string | undefined =
  isRequired || existsSync(executablePath) ? undefined : `no ${executablePath}; install it with "apt-get install chromium"`

/** Starts the browser without any of its own traffic. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath,
    timeout: 30_000,
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  })
}

/** How a page is looked at. */
export interface Look {
  readonly width: number
  readonly height?: number
  readonly colorScheme: 'light' | 'dark'
  readonly javaScriptEnabled?: boolean
  readonly locale?: string
}

/** Opens a page in a fresh profile. */
export async function openPage(browser: Browser, url: string, { width, height = 740, ...look }: Look): Promise<Page> {
  const context = await browser.newContext({ viewport: { width, height }, ...look })
  context.setDefaultTimeout(10_000)
  const page = await context.newPage()
  await page.goto(url)
  return page
}

/** Rules of WCAG 2.2 AA, and best practices, that the page breaks; with the elements. Empty when it is accessible. */
export async function accessProblems(page: Page): Promise<readonly string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  return violations.map((violation) => `${violation.id}: ${violation.nodes.map((node) => node.html).join(' | ')}`)
}

/** Keeps a picture of the page when `INVITE_ME_SCREENSHOTS` names a folder for them. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  const folder = process.env['INVITE_ME_SCREENSHOTS']
  if (folder === undefined) return
  mkdirSync(folder, { recursive: true })
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true })
}
