import { choice, createInviteMe, yesNo, type InviteMe } from '@invite-me/core'
import { sqlite } from '@invite-me/core/sqlite'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  accessProblems,
  keepPicture,
  launchChromium,
  noChromium,
  openPage,
} from '../__fixtures__/chromium.ts'
import { listenOnLoopback, type Listening } from '../listen.ts'
import { createCatcher } from './create-catcher.ts'

const isTooWide = 'document.documentElement.scrollWidth > document.documentElement.clientWidth'

describe.skipIf(noChromium !== undefined)(`the page of the catcher ${noChromium ?? ''}`, () => {
  let browser: Browser
  let server: Listening
  let inviteMe: InviteMe
  let page: Page
  const catcher = createCatcher()
  const complaints: string[] = []

  beforeAll(async () => {
    browser = await launchChromium()
    server = await listenOnLoopback(catcher.handler)
    inviteMe = await createInviteMe({
      store: sqlite(':memory:'),
      channels: catcher.channels,
      portal: { url: server.url },
      from: { name: 'Maria Lindqvist' },
    })
    catcher.attach(inviteMe)
    page = await openPage(browser, server.url, { width: 1600, height: 950, colorScheme: 'light' })
    page.on('console', (line) => complaints.push(line.text()))
    page.on('pageerror', (error) => complaints.push(error.message))
  }, 40_000)

  afterAll(async () => {
    await browser?.close()
    catcher.close()
    await server?.close()
    await inviteMe?.stop()
  })

  const sam = { name: 'Sam', routes: { sms: '+47 555 01 23', telegram: '@sam', email: 'sam@guests.test' } }
  const medium = (name: string) => page.locator(`#${name}`)

  it('shows new messages as they come and takes answers in each medium', async () => {
    await page.getByText('live', { exact: true }).waitFor()
    await keepPicture(page, 'catcher-empty')
    const dinner = await inviteMe.ask(
      sam,
      { subject: 'Friday', text: 'Dinner on Friday at 8?', details: 'At our place, Kirkegata 4.' },
      { answer: yesNo(), via: ['sms', 'telegram', 'email'], routing: 'all' },
    )
    const food = await inviteMe.ask(sam, 'What would you like to eat?', {
      answer: choice([
        { value: 'fish', label: 'Baked cod' },
        { value: 'soup', label: 'Mushroom soup' },
        { value: 'pie', label: 'Leek pie' },
      ]),
      via: ['telegram'],
    })
    await medium('telegram').getByRole('button', { name: 'Mushroom soup' }).click()
    await medium('telegram').getByText('counted ✓').waitFor()
    expect(await food.answer()).toMatchObject({ value: 'soup', via: 'telegram' })

    await medium('sms').getByRole('textbox').fill('hm, who else is coming?')
    await medium('sms').getByRole('textbox').press('Enter')
    await medium('sms').getByText('not understood').waitFor()
    await medium('sms').getByRole('textbox').fill('Yes, gladly! 👍')
    await medium('sms').getByRole('button', { name: 'Send' }).click()
    await medium('sms').getByText('counted ✓').waitFor()
    expect(await dinner.answer()).toMatchObject({ kind: 'answered', value: true, via: 'sms' })
    await page.locator('.state.accepted').waitFor()
    await keepPicture(page, 'catcher-wide-light')
  }, 30_000)

  it('breaks and mends a medium by its switch, and shows the way round', async () => {
    await medium('sms').getByRole('switch').click()
    await medium('sms').getByText('Broken. Messages are refused here').waitFor()
    await inviteMe.ask(
      sam,
      { subject: 'Boat trip', text: 'A boat trip on Sunday?\nWe leave at 10.' },
      { answer: yesNo(), via: ['sms', 'email'] },
    )
    const mail = medium('email')
    await mail.getByRole('heading', { name: 'Boat trip' }).waitFor()
    await keepPicture(page, 'catcher-broken-light')
    await mail.getByRole('textbox').fill('No thanks\n\nSam')
    await mail.getByRole('button', { name: 'Reply' }).click()
    await mail.getByText('counted ✓').waitFor()
    await page.locator('.state.declined').waitFor()
    await medium('sms').getByRole('switch').click()
    await medium('sms').getByText('works').waitFor()
    expect(catcher.broken()).toEqual([])
  }, 30_000)

  it('opens the portal from a message', async () => {
    const [opened] = await Promise.all([
      page.context().waitForEvent('page'),
      medium('email').getByRole('link', { name: 'Yes' }).click(),
    ])
    await opened.getByRole('button', { name: 'Confirm: Yes' }).click()
    expect(await opened.getByRole('heading').innerText()).toBe('Thank you!')
    await opened.close()
  }, 30_000)

  it.each(['light', 'dark'] as const)(
    'is readable for everybody, %s, wide and narrow',
    async (colorScheme) => {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      for (const [name, width] of [
        ['wide', 1600],
        ['middle', 1000],
        ['narrow', 360],
      ] as const) {
        await page.setViewportSize({ width, height: 950 })
        await keepPicture(page, `catcher-${name}-${colorScheme}`)
        expect(await page.evaluate(isTooWide)).toBe(false)
      }
      expect(await accessProblems(page)).toEqual([])
      await medium('telegram').getByRole('switch').click()
      await medium('telegram').getByText('Broken. Messages are refused here').waitFor()
      expect(await accessProblems(page)).toEqual([])
      await medium('telegram').getByRole('switch').click()
    },
    30_000,
  )

  it('never lets the words of a message act as markup, and breaks no rule of its own', async () => {
    await page.setViewportSize({ width: 1600, height: 950 })
    const evil = '<img src=x onerror="document.title=1"><script>document.title=2</script>'
    await inviteMe.ask(
      { name: 'Eve "><b>', routes: { sms: evil, telegram: evil, email: 'eve@guests.test' } },
      { subject: 'Evil <b>', text: evil, details: evil },
      {
        answer: choice([evil.slice(0, 40), 'b']),
        via: ['sms', 'telegram', 'email'],
        routing: 'all',
        from: { name: 'Mallory <i>' },
      },
    )
    await medium('email').getByRole('heading', { name: 'Evil <b>' }).waitFor()
    expect(await page.locator('main img, main b:text("Eve"), article script').count()).toBe(0)
    expect(await page.title()).toBe('invite-me: what they see')
    expect(complaints).toEqual([])
  }, 30_000)
})
