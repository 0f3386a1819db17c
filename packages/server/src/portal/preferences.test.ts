import { describe, expect, test } from 'vitest'
import { createPortal } from './create-portal.ts'
import { draftOf, readDraft } from './preference-draft.ts'
import { fillIn, get, post } from './__fixtures__/browse.ts'
import { RememberedLinks, type Question } from './__fixtures__/remembered-links.ts'
import { samplePreferences } from './__fixtures__/sample-preferences.ts'

const token = '0123456789abcdefghjkmnpqrs'
const stopToken = 'yyyyyyyyyyyyyyyyyyyyyyyyyy'
const news = {
  name: 'news',
  title: { en: 'Big news', ru: 'Новости' },
  default: 'on',
  required: false,
  urgency: 'window',
} as const

function open(view = samplePreferences(), question: Question = {}) {
  const links = new RememberedLinks()
  links.person = { token, view }
  links.add(stopToken, { purpose: 'unsubscribe', channel: 'email', ...question })
  const portal = createPortal({ links }, { log: { warn: () => undefined, error: () => undefined } })
  return { links, portal }
}

/** What a browser posts of a page that was left as it is. */
const untouched = {
  on: [
    'telegram',
    'email',
    'twilio-sms',
    ...['telegram', 'twilio-sms'].flatMap((channel) =>
      ['invitation', 'reminder', 'news'].map((name) => `${channel} ${name}`),
    ),
    'email invitation',
    'email reminder',
  ],
  'place-telegram': '1',
  'place-email': '2',
  'place-twilio-sms': '3',
  hours: 'own',
  'from-mon': '18:00',
  'to-mon': '00:00',
  'from-sat': ['10:00', '18:00'],
  'to-sat': ['12:00', '00:00'],
  ...Object.fromEntries(
    ['tue', 'wed', 'thu', 'fri', 'sun'].flatMap((day) => [
      [`from-${day}`, ''],
      [`to-${day}`, ''],
    ]),
  ),
  zone: 'Europe/Berlin',
}

describe('the page of preferences', () => {
  test('shows what is on, what always comes, the order, the hours and the zone; fetching it changes nothing', async () => {
    const { portal, links } = open()
    for (const method of ['GET', 'HEAD']) await get(portal, `/p/${token}?done`, { method })
    const page = await get(portal, `/p/${token}`)
    expect(new Set(links.calls)).toEqual(new Set(['preferences']))
    expect(page.status).toBe(200)
    const boxes = [...page.markup.matchAll(/<input type="checkbox"[^>]*>/g)].map(([box]) => box)
    expect(boxes).toHaveLength(15)
    const box = (name: string) => boxes.find((markup) => markup.includes(`value="${name}"`)) ?? ''
    expect(box('email news')).toContain('aria-label="News, by e\u2011mail"')
    expect(box('email news')).not.toContain('checked')
    expect(box('telegram news')).toContain('checked')
    expect(box('email security')).toMatch(/checked.*disabled/)
    expect(page.markup).toContain('always sent')
    expect(page.markup).toContain('By SMS you get nothing at present')
    expect(page.markup).toContain('name="to-mon" value="00:00" aria-label="Monday, to"')
    expect(page.markup.match(/name="from-sat"/g)).toHaveLength(2)
    expect(page.markup).toMatch(/<option value="Europe\/Berlin" selected[^>]*>\s*Berlin/)
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'nonce-/)
    expect(page.headers.get('cache-control')).toBe('no-store')
    expect((await get(portal, `/p/${token}?done`)).text).toContain('Saved.')
  })

  test('left as it is, asks for what was there', async () => {
    const { portal, links } = open()
    const view = samplePreferences()
    expect(
      readDraft(
        Object.fromEntries(Object.entries(untouched).map(([name, value]) => [name, [value].flat()])),
        view,
      ),
    ).toMatchObject({
      order: draftOf(view).order,
      spans: draftOf(view).spans,
    })
    const saved = await fillIn(portal, `/p/${token}`, untouched)
    expect([saved.status, saved.headers.get('location')]).toEqual([303, `${token}?done`])
    expect(links.saved).toEqual([
      {
        order: ['telegram', 'email', 'twilio-sms'],
        channels: view.channels.map(({ channel, isOn }) => ({ channel, isOn })),
        categories: view.choices.map((choice) =>
          choice.category === 'security' ? { ...choice, isOn: false } : choice,
        ),
        window: view.window,
        zone: 'Europe/Berlin',
      },
    ])
  })

  test('takes another order, boxes, hours and zone', async () => {
    const { portal, links } = open()
    await fillIn(portal, `/p/${token}`, {
      on: ['email', 'email news'],
      'place-telegram': '1',
      'place-email': '1',
      'place-twilio-sms': '3',
      hours: 'any',
      zone: '',
    })
    const [saved] = links.saved
    // Of two at the same place, the one that was moved there comes first.
    expect(saved).toMatchObject({ order: ['email', 'telegram', 'twilio-sms'], window: 'any', zone: null })
    expect(saved?.channels.filter(({ isOn }) => isOn)).toEqual([{ channel: 'email', isOn: true }])
    expect(saved?.categories.filter(({ isOn }) => isOn)).toEqual([
      { channel: 'email', category: 'news', isOn: true },
    ])
  })

  test.each([
    ['no hours at all', { 'from-mon': '', 'to-mon': '', 'from-sat': '', 'to-sat': '' }, 'at least one day'],
    ['half of the hours', { 'to-mon': '' }, 'Monday: please give both times'],
    ['hours of no length', { 'to-mon': '18:00' }, 'Monday: please give both times'],
    ['a time that is none', { 'to-mon': '<b>' }, 'Monday: please give both times'],
  ])('asks again for %s, and keeps what was typed', async (_name, typed, hint) => {
    const { portal, links } = open()
    const page = await fillIn(portal, `/p/${token}`, { ...untouched, zone: 'Asia/Tokyo', ...typed })
    expect(page.status).toBe(422)
    expect(page.text).toContain(hint)
    expect(page.markup).toMatch(/<option value="Asia\/Tokyo" selected/)
    expect(page.text).not.toContain('<b>')
    expect(links.saved).toEqual([])
  })

  test('saves nothing without having been seen, or from the page of another link', async () => {
    const { portal, links } = open()
    const { nonce } = await get(portal, `/u/${stopToken}`)
    for (const fields of [untouched, { ...untouched, 'invite-me-nonce': nonce }]) {
      const page = await post(portal, `/p/${token}`, fields)
      expect([page.status, page.text.includes('nothing was sent')]).toEqual([403, true])
    }
    expect(links.saved).toEqual([])
  })

  test('speaks the person’s language', async () => {
    const { portal } = open(samplePreferences({ locale: 'ru' }))
    const page = await get(portal, `/p/${token}`)
    for (const words of ['<html lang="ru">', 'Что вам присылать?', 'понедельник, с', 'Новости, почта'])
      expect(page.markup).toContain(words)
  })

  test('says that a link has run out, and nothing about one that is not ours', async () => {
    const { portal, links } = open()
    expect((await get(portal, '/p/aaaaaaaaaaaaaaaaaaaaaaaaaa')).status).toBe(404)
    expect((await get(portal, `/p/${stopToken}`)).status).toBe(404)
    links.person = { token, view: { status: 'expired', locale: 'en' } }
    const page = await get(portal, `/p/${token}`)
    expect([page.status, page.text.includes('<form')]).toEqual([200, false])
    expect((await post(portal, `/p/${token}`, untouched)).text).toContain('This link has run out')
    expect((await get(portal, `/p/${token}`, { method: 'PUT' })).status).toBe(405)
  })
})

describe('the page to stop a kind of message', () => {
  const stop = { category: news, hasPreferences: true }

  test('offers that kind alone, everything, and all settings', async () => {
    const { portal, links } = open(undefined, { stop })
    const page = await get(portal, `/u/${stopToken}`)
    for (const words of [
      'No more “Big news” by e\u2011mail?',
      'Stop “Big news”',
      'Stop everything by e\u2011mail',
      'See all my settings',
    ])
      expect(page.text).toContain(words)
    const narrow = await fillIn(portal, `/u/${stopToken}`, { 'invite-me-stop': 'category' })
    expect(narrow.text).toContain('You will get no more “Big news” from us by e\u2011mail.')
    const whole = await fillIn(portal, `/u/${stopToken}`, { 'invite-me-stop': 'everything' })
    expect(whole.text).toContain('You will get no more messages from us at this address.')
    const all = await fillIn(portal, `/u/${stopToken}`, { 'invite-me-stop': 'preferences' })
    expect([all.status, all.headers.get('location')]).toEqual([303, `../p/${token}`])
    expect(links.stopped).toEqual([
      { from: 'category', by: 'link' },
      { from: 'everything', by: 'link' },
    ])
  })

  test('one click stops that kind alone; everything when nobody can switch that kind off', async () => {
    for (const [category, from] of [
      [news, 'category'],
      [null, 'everything'],
    ] as const) {
      const { portal, links } = open(undefined, { stop: { category, hasPreferences: false } })
      const body = new URLSearchParams({ 'List-Unsubscribe': 'One-Click' })
      expect((await get(portal, `/u/${stopToken}`, { method: 'POST', body })).status).toBe(200)
      expect(links.stopped).toEqual([{ from, by: 'one-click' }])
    }
  })

  test('shows no settings of nobody', async () => {
    const { portal, links } = open(undefined, { stop: { category: news, hasPreferences: false } })
    expect((await get(portal, `/u/${stopToken}`)).text).not.toContain('See all my settings')
    await fillIn(portal, `/u/${stopToken}`, { 'invite-me-stop': 'preferences' })
    expect(links.calls).not.toContain('preferencesOf')
  })
})
