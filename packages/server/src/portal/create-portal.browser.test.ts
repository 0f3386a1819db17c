import { choice, form, rsvp, text, yesNo } from '@invite-me/core'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import {
  accessProblems,
  keepPicture,
  launchChromium,
  noChromium,
  openPage,
  type Look,
} from '../__fixtures__/chromium.ts'
import { listenOnLoopback, type Listening } from '../listen.ts'
import { RememberedLinks, type Question } from './__fixtures__/remembered-links.ts'
import { samplePreferences } from './__fixtures__/sample-preferences.ts'
import { createPortal } from './create-portal.ts'

const looks: readonly (readonly [string, Look])[] = [
  ['phone-light', { width: 360, colorScheme: 'light' }],
  ['phone-dark', { width: 360, colorScheme: 'dark' }],
  ['desk-light', { width: 1280, height: 900, colorScheme: 'light' }],
  ['desk-dark', { width: 1280, height: 900, colorScheme: 'dark' }],
]
/** What a finger must hit: at least 44 pixels high. */
const targets = 'button, .option, input:not([type=hidden], [type=radio], [type=checkbox]), select, textarea'
const isTooWide = 'document.documentElement.scrollWidth > document.documentElement.clientWidth'
/** Where the pages of each purpose are. */
const pageOf = { respond: 'r', unsubscribe: 'u', reply: 'r', preferences: 'p' } as const
const maria = { name: 'Maria Lindqvist' }
const at = new Date('2026-11-22T12:00:00Z')
const questions: Readonly<
  Record<
    string,
    Omit<Question, 'purpose'> & { readonly purpose?: keyof typeof pageOf; readonly path?: string }
  >
> = {
  'yes-no': {
    content: {
      subject: 'Friday',
      text: 'Dinner on Friday at 8?',
      details: 'At our place, Kirkegata 4.\nBring nothing but appetite.',
    },
    originator: maria,
  },
  'yes-no-chosen': { path: '?a=yes', content: { text: 'Dinner on Friday at 8?' }, originator: maria },
  'yes-no-again': {
    content: { text: 'Dinner on Friday at 8?' },
    originator: maria,
    current: { value: true, at },
  },
  thanks: {
    path: '?done',
    content: { text: 'Dinner on Friday at 8?' },
    originator: maria,
    current: { value: true, at },
  },
  choice: {
    answer: choice([
      { value: 'fish', label: 'Baked cod with potatoes' },
      { value: 'soup', label: 'Mushroom soup' },
      { value: 'pie', label: 'Leek pie' },
    ]).spec,
    content: { text: 'What would you like to eat?' },
    originator: maria,
    path: '?a=soup',
  },
  rsvp: {
    answer: rsvp({ maxParty: 4 }).spec,
    content: { text: 'Свадьба Ани и Пети, 12 июня' },
    originator: { name: 'Аня' },
    locale: 'ru',
  },
  text: {
    answer: text({ maxLength: 500 }).spec,
    content: { text: 'Is there anything you do not eat?' },
    originator: maria,
  },
  form: {
    answer: form(
      z.object({
        fullName: z
          .string()
          .min(2)
          .meta({ title: 'Your name', description: 'As it should stand on the card.' }),
        email: z.email().optional(),
        seats: z.int().min(1).max(8),
        meal: z.enum(['fish', 'meat', 'vegetables']),
        days: z.array(z.enum(['Friday', 'Saturday'])).optional(),
        arrival: z.iso.date().optional(),
        vegetarian: z.boolean(),
        country: z
          .enum(['Denmark', 'Estonia', 'Finland', 'Iceland', 'Latvia', 'Norway', 'Sweden'])
          .optional(),
        wishes: z.string().max(1000).optional(),
      }),
    ).spec,
    content: { text: 'Please tell us about your stay.' },
    originator: maria,
  },
  closed: { status: 'closed', reason: 'expired', originator: maria, current: { value: false, at } },
  expired: { status: 'expired' },
  rtl: {
    content: { text: 'هل تأتي إلى العشاء يوم الجمعة؟', details: 'في بيتنا' },
    originator: { name: 'مريم' },
    locale: 'ar',
  },
  long: {
    content: { text: 'Dear friends, '.repeat(30) + 'a-word-without-any-end'.repeat(12) },
    originator: { name: 'The association of owners of the house at the corner' },
  },
  unsubscribe: { purpose: 'unsubscribe' },
  'unsubscribe-kind': {
    purpose: 'unsubscribe',
    stop: {
      category: { name: 'news', title: { en: 'News' }, default: 'on', required: false, urgency: 'window' },
      hasPreferences: true,
    },
  },
  preferences: { purpose: 'preferences' },
}

describe.skipIf(noChromium !== undefined)(`in a browser ${noChromium ?? ''}`, () => {
  let browser: Browser
  let server: Listening
  const links = new RememberedLinks()
  const tokenOf = (name: string) => `page0000000000-${name}`

  beforeAll(async () => {
    browser = await launchChromium()
    const portal = createPortal({ links })
    server = await listenOnLoopback(portal)
    for (const [name, { purpose, ...question }] of Object.entries(questions))
      if (purpose !== 'preferences')
        links.add(tokenOf(name), { ...question, ...(purpose !== undefined && { purpose }) })
    links.person = { token: tokenOf('preferences'), view: samplePreferences() }
  }, 40_000)

  afterAll(async () => {
    await browser?.close()
    await server?.close()
  })

  it.each(Object.keys(questions))(
    'shows %s readable for everybody: on a phone and a desk, light and dark',
    async (name) => {
      const { purpose = 'respond', path = '' } = questions[name] ?? {}
      const url = `${server.url}/${pageOf[purpose]}/${tokenOf(name)}${path}`
      const page = await openPage(browser, url, { width: 360, colorScheme: 'light' })
      for (const [lookName, look] of looks) {
        await page.emulateMedia({ colorScheme: look.colorScheme })
        await page.setViewportSize({ width: look.width, height: look.height ?? 740 })
        await keepPicture(page, `${name}-${lookName}`)
        expect(await page.evaluate(isTooWide)).toBe(false)
      }
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme })
        expect(await accessProblems(page)).toEqual([])
      }
      expect(
        await page
          .locator(targets)
          .evaluateAll((elements) =>
            elements
              .filter((element) => element.getBoundingClientRect().height < 44)
              .map((element) => element.outerHTML),
          ),
      ).toEqual([])
      await page.context().close()
    },
    30_000,
  )

  it('takes answers without scripts: by button, by keyboard, with a hint on the way', async () => {
    const look: Look = { width: 360, colorScheme: 'light', javaScriptEnabled: false }
    links.add(tokenOf('story'), { answer: yesNo().spec, originator: maria })
    const page = await openPage(browser, `${server.url}/r/${tokenOf('story')}`, look)
    await page.getByRole('button', { name: 'Yes' }).click()
    expect(await page.getByRole('heading').innerText()).toBe('Thank you!')
    expect(links.current(tokenOf('story'))).toBe(true)
    await page.getByRole('link', { name: 'Change my answer' }).click()
    await page.getByRole('button', { name: 'No' }).press('Enter')
    expect(await page.locator('.value').innerText()).toBe('No')
    expect(links.current(tokenOf('story'))).toBe(false)

    links.add(tokenOf('story-rsvp'), { answer: rsvp({ maxParty: 4 }).spec })
    await page.goto(`${server.url}/r/${tokenOf('story-rsvp')}`)
    await page.getByLabel('Maybe').check()
    await page.getByLabel('How many of you are coming?').fill('9')
    await page.getByRole('button').click()
    expect(await page.getByRole('alert').innerText()).toContain('from 1 to 4')
    expect(await page.getByLabel('How many of you are coming?').inputValue()).toBe('9')
    await keepPicture(page, 'hint-phone-light')
    await page.getByLabel('How many of you are coming?').fill('3')
    await page.getByRole('button').click()
    expect(await page.locator('.value').innerText()).toBe('Maybe, 3 people')
    await page.context().close()
  }, 30_000)

  it('takes preferences without scripts: boxes, order, hours and zone', async () => {
    const look: Look = { width: 360, colorScheme: 'light', javaScriptEnabled: false }
    const page = await openPage(browser, `${server.url}/p/${tokenOf('preferences')}`, look)
    await page.getByLabel('News, by Telegram').uncheck()
    await page.getByLabel('News, by e\u2011mail').check()
    expect(await page.getByLabel('Security of your account, by SMS').isDisabled()).toBe(true)
    await page.getByLabel('SMS', { exact: true }).selectOption('1')
    await page.getByLabel('Monday, to').fill('')
    await page.getByLabel('Time zone').selectOption('Asia/Tokyo')
    await page.getByRole('button', { name: 'Save' }).click()
    expect(await page.getByRole('alert').innerText()).toContain('Monday')
    expect(await page.getByLabel('News, by e\u2011mail').isChecked()).toBe(true)
    await page.getByLabel('Monday, to').fill('22:30')
    await page.getByRole('button', { name: 'Save' }).press('Enter')
    expect(await page.getByRole('status').innerText()).toBe('Saved.')
    const [saved] = links.saved
    expect(saved).toMatchObject({
      order: ['twilio-sms', 'telegram', 'email'],
      window: { mon: [{ from: '18:00', to: '22:30' }], sat: [{ from: '10:00' }, { to: '24:00' }] },
      zone: 'Asia/Tokyo',
    })
    expect(saved?.categories.filter(({ category, isOn }) => category === 'news' && isOn)).toEqual([
      { channel: 'email', category: 'news', isOn: true },
      { channel: 'twilio-sms', category: 'news', isOn: true },
    ])
    await page.context().close()
  }, 30_000)
})
