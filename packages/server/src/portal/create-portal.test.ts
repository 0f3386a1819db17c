import { expect, it } from 'vitest'
import { z } from 'zod'
import {
  choice,
  date,
  form,
  InviteMeError,
  number,
  rsvp,
  text,
  yesNo,
  type AnswerSpec,
} from '@invite-me/core'
import { createPortal } from './create-portal.ts'
import { fillIn, get, post } from './__fixtures__/browse.ts'
import { RememberedLinks, type Question } from './__fixtures__/remembered-links.ts'

const token = '0123456789abcdefghjkmnpqrs'
const start = Date.UTC(2026, 10, 22, 12)

function open(question: Question = {}) {
  let now = start
  const links = new RememberedLinks(() => now)
  const logged: unknown[] = []
  const write = (message: string, fields?: unknown) => void logged.push([message, fields])
  const portal = createPortal({ links }, { clock: { now: () => now }, log: { warn: write, error: write } })
  links.add(token, question)
  return { links, portal, logged, later: (ms: number) => void (now += ms) }
}

it('shows who asks, what, the details and the deadline', async () => {
  const { portal } = open({
    content: { subject: 'Friday', text: 'Dinner at 8?', details: 'Bring wine.\nNo dogs.' },
    originator: { name: 'Maria', details: 'Your neighbour' },
  })
  const page = await get(portal, `/r/${token}`)
  expect(page.status).toBe(200)
  for (const part of [
    '<bdi>Maria</bdi> asks',
    'Friday',
    'Dinner at 8?',
    'Your neighbour',
    'November 27, 2026',
    '(2026-11-27 18:00Z)',
    'datetime="2026-11-27T18:00:00.000Z"',
  ])
    expect(page.markup).toContain(part)
  expect(page.text).toContain('>Bring wine.\nNo dogs.</p>')
})

it('takes a yes from the page, thanks, and lets it be changed', async () => {
  const { portal, links } = open()
  const answered = await fillIn(portal, `/r/${token}`, { answer: 'yes' })
  expect([answered.status, answered.headers.get('location')]).toEqual([303, `${token}?done`])
  expect(links.current(token)).toBe(true)

  const thanks = await get(portal, `/r/${token}?done`)
  expect(thanks.text).toContain('Thank you!')
  expect(thanks.text).toMatch(/You answered<\/span>\s*<span class="value answer" dir="auto">Yes</)
  expect(thanks.text).toContain(`href="${token}"`)
  expect(thanks.text).toContain('You can change it until')

  const again = await get(portal, `/r/${token}`)
  expect(again.text).toContain('Your answer so far')
  await fillIn(portal, `/r/${token}`, { answer: 'no' })
  expect(links.current(token)).toBe(false)
})

it('changes nothing however often the page or the link of an answer is fetched', async () => {
  const { portal, links } = open()
  for (const method of ['GET', 'HEAD'])
    for (const path of [
      `/r/${token}`,
      `/r/${token}?a=yes`,
      `/r/${token}?done`,
      `/r/${token}?answer=yes`,
      `/u/${token}`,
    ])
      await get(portal, path, { method })
  expect(new Set(links.calls)).toEqual(new Set(['open']))
  expect(links.current(token)).toBeUndefined()
})

it('asks to confirm the answer of the link that was followed', async () => {
  const { portal, links } = open()
  const page = await get(portal, `/r/${token}?a=yes`)
  expect(page.text).toContain('Confirm: Yes')
  expect(page.text).toContain('No, I answer: No')
  expect((await get(portal, `/r/${token}?a=nonsense`)).text).not.toContain('Confirm')
  await post(portal, `/r/${token}?a=yes`, { 'invite-me-nonce': page.nonce, answer: 'no' })
  expect(links.current(token)).toBe(false)
})

const questions: readonly (readonly [
  string,
  AnswerSpec,
  Record<string, string | readonly string[]>,
  unknown,
  string,
])[] = [
  [
    'a choice',
    choice(['fish', 'soup']).spec,
    { answer: 'soup' },
    'soup',
    'type="radio" name="answer" value="soup"',
  ],
  [
    'several choices',
    choice(['fish', 'soup', 'tea'], { multiple: true }).spec,
    { answer: ['tea', 'fish'] },
    ['fish', 'tea'],
    'type="checkbox" name="answer" value="tea"',
  ],
  [
    'text',
    text({ maxLength: 500 }).spec,
    { answer: ' No nuts,\r\nplease ' },
    'No nuts,\nplease',
    'maxlength="500"',
  ],
  ['a number', number({ min: 1, max: 8 }).spec, { answer: '2,5' }, 2.5, 'From 1 to 8.'],
  [
    'a date',
    date({ earliest: '2026-12-01' }).spec,
    { answer: '2026-12-24' },
    '2026-12-24',
    'min="2026-12-01"',
  ],
  [
    'an rsvp',
    rsvp({ maxParty: 4 }).spec,
    { answer: 'yes', party: '3' },
    { coming: 'yes', party: 3 },
    'name="party"',
  ],
  [
    'a form',
    form(
      z.object({
        fullName: z.string().min(2).meta({ description: 'As on the card' }),
        seats: z.int().optional(),
        vegetarian: z.boolean(),
        meal: z.enum(['fish', 'meat']),
        day: z.iso.date().optional(),
      }),
    ).spec,
    { fullName: 'Ann', seats: '2', meal: 'fish', day: '' },
    { fullName: 'Ann', seats: 2, vegetarian: false, meal: 'fish' },
    'As on the card',
  ],
]

it.each(questions)('takes %s from its page', async (_name, spec, fields, value, part) => {
  const { portal, links } = open({ answer: spec })
  expect((await get(portal, `/r/${token}`)).markup).toContain(part)
  expect((await fillIn(portal, `/r/${token}`, fields)).status).toBe(303)
  expect(links.current(token)).toEqual(value)
  expect((await get(portal, `/r/${token}`)).text).toContain('Change my answer')
})

it('shows what was answered in the controls when the page is opened again', async () => {
  const { portal } = open({
    answer: choice(['fish', 'soup']).spec,
    current: { value: 'soup', at: new Date(start) },
  })
  expect((await get(portal, `/r/${token}`)).markup).toContain('value="soup" checked')
  expect((await get(portal, `/r/${token}?a=fish`)).markup).toContain('value="fish" checked')
})

it('says what is wrong beside the field and keeps what was typed', async () => {
  const { portal, links } = open({ answer: number({ min: 1, max: 8 }).spec })
  const page = await fillIn(portal, `/r/${token}`, { answer: '12 <b>' })
  expect(page.status).toBe(422)
  expect(page.markup).toContain('value="12 &lt;b&gt;"')
  expect(page.text).toMatch(/<p class="hint" id="hint" role="alert">Please send a number/)
  expect(page.markup).toContain('aria-describedby="hint help" aria-invalid="true"')
  expect(page.text).toContain('<title>Please check your answer')
  expect(links.current(token)).toBeUndefined()
})

it('keeps what was typed into a form', async () => {
  const { portal } = open({
    answer: form(
      z.object({
        name: z.string(),
        seats: z.int().max(8),
        veg: z.boolean(),
        tags: z.array(z.string()).optional(),
      }),
    ).spec,
  })
  const page = await fillIn(portal, `/r/${token}`, { name: 'Ann', seats: '9', veg: 'true', tags: 'a\r\nb' })
  expect(page.status).toBe(422)
  expect(page.text).toContain('&quot;Seats&quot;: The number must be 8 or less.')
  expect(page.markup).toContain('value="Ann"')
  expect(page.markup).toContain('name="veg" value="true" checked')
})

it.each([
  ['missing', undefined],
  ['invented', 'abcdefgh.'.padEnd(73, '0')],
  ['of another link', 'other'],
  ['of another page', 'stop'],
  ['too old', 'old'],
])('records nothing when the page nonce is %s, and asks kindly to press again', async (kind, given) => {
  const { portal, links, later } = open()
  const other = 'zzzzzzzzzzzzzzzzzzzzzzzzzz'
  const stop = 'yyyyyyyyyyyyyyyyyyyyyyyyyy'
  links.add(other, {})
  links.add(stop, { purpose: 'unsubscribe' })
  const pages: Record<string, string> = {
    'of another link': `/r/${other}`,
    'of another page': `/u/${stop}`,
    'too old': `/r/${token}`,
  }
  const path = pages[kind]
  const nonce = path === undefined ? given : (await get(portal, path)).nonce
  if (kind === 'too old') later(24 * 3_600_000 + 1)
  const page = await post(portal, `/r/${token}`, {
    answer: 'yes',
    ...(nonce !== undefined && { 'invite-me-nonce': nonce }),
  })
  expect(page.status).toBe(403)
  expect(page.text).toContain('nothing was sent')
  expect(links.calls).not.toContain('answer')
  expect((await post(portal, `/r/${token}`, { answer: 'yes', 'invite-me-nonce': page.nonce })).status).toBe(
    303,
  )
})

it('takes a nonce until 24 hours are over', async () => {
  const { portal, later } = open()
  const { nonce } = await get(portal, `/r/${token}`)
  later(24 * 3_600_000)
  expect((await post(portal, `/r/${token}`, { answer: 'yes', 'invite-me-nonce': nonce })).status).toBe(303)
})

it.each(['expired', 'cancelled', 'superseded', 'closed'] as const)(
  'shows the page of a question that is over: %s',
  async (reason) => {
    const { portal, links } = open({
      status: 'closed',
      reason,
      current: { value: true, at: new Date(start) },
    })
    const page = await get(portal, `/r/${token}`)
    expect(page.status).toBe(200)
    expect(page.text).toContain('Dinner on Friday at 8?')
    expect(page.text).toMatch(/Your answer was<\/span>\s*<span class="value" dir="auto">Yes</)
    expect((await post(portal, `/r/${token}`, { answer: 'no' })).status).toBe(409)
    expect(links.calls).not.toContain('answer')
  },
)

it('tells somebody who answered too late that the question is over', async () => {
  const { portal, links } = open()
  const { nonce } = await get(portal, `/r/${token}`)
  links.change(token, { status: 'closed', reason: 'cancelled' })
  const page = await post(portal, `/r/${token}`, { answer: 'yes', 'invite-me-nonce': nonce })
  expect(page.status).toBe(409)
  expect(page.text).toContain('This question was called off')
})

it('sends a fresh link only when the button of an expired page is pressed', async () => {
  const { portal, links } = open({ status: 'expired' })
  const page = await get(portal, `/r/${token}`)
  expect(page.text).toContain('Send me a fresh link')
  expect((await post(portal, `/r/${token}`, { 'invite-me-renew': '1' })).status).toBe(403)
  expect((await post(portal, `/r/${token}`, { answer: 'yes', 'invite-me-nonce': page.nonce })).status).toBe(
    403,
  )
  expect(links.calls).not.toContain('renew')
  const sent = await post(portal, `/r/${token}`, { 'invite-me-renew': '1', 'invite-me-nonce': page.nonce })
  expect(sent.text).toContain('Look out for a message')
  expect(links.calls).toContain('renew')
})

it('offers no fresh link for a question that needs no answer any more', async () => {
  const { portal } = open({ status: 'expired', renewable: false })
  const page = await get(portal, `/r/${token}`)
  expect(page.text).not.toContain('<button')
})

it('shows a notice without a form and takes no answer to it', async () => {
  const { portal } = open({ answer: null })
  expect((await get(portal, `/r/${token}`)).text).not.toContain('<form')
  expect((await post(portal, `/r/${token}`, { answer: 'yes' })).status).toBe(405)
})

it('stops messages after a press of the button, not by opening the page', async () => {
  const { portal, links } = open({ purpose: 'unsubscribe' })
  const page = await get(portal, `/u/${token}`)
  expect(page.text).toContain('No more messages by e\u2011mail?')
  expect((await post(portal, `/u/${token}`, {})).status).toBe(403)
  expect(links.calls).not.toContain('unsubscribe')
  const done = await post(portal, `/u/${token}`, { 'invite-me-nonce': page.nonce })
  expect([done.status, done.text.includes('You will get no more messages')]).toEqual([200, true])
})

it('stops messages by the one click of a mail program, in both encodings, without nonce or redirect (RFC 8058)', async () => {
  const multipart = new FormData()
  multipart.set('List-Unsubscribe', 'One-Click')
  for (const body of [new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }), multipart]) {
    const { portal, links } = open({ purpose: 'unsubscribe' })
    const done = await get(portal, `/u/${token}`, { method: 'POST', body })
    expect(done.status).toBe(200)
    expect(done.headers.get('set-cookie')).toBeNull()
    expect(links.calls).toContain('unsubscribe')
  }
})

it('never takes a link of one purpose for another', async () => {
  const { portal } = open({ purpose: 'unsubscribe' })
  expect((await get(portal, `/r/${token}`)).status).toBe(404)
  expect((await post(portal, `/r/${token}`, { 'List-Unsubscribe': 'One-Click' })).status).toBe(404)
})

it('says the same about an unknown token, a malformed one and any other address', async () => {
  const { portal } = open()
  const unnonced = (text: string) => text.replace(/nonce="[^"]+"/, '')
  const unknown = await get(portal, '/r/aaaaaaaaaaaaaaaaaaaaaaaaaa')
  expect(unknown.status).toBe(404)
  const paths = [
    '/',
    '/r',
    '/r/',
    '/r/x',
    `/r/${token}/`,
    `/r/${token}/more`,
    '/r/..%2f..%2fetc%2fpasswd',
    '/r/%00%00%00%00%00%00%00%00%00%00%00%00%00%00%00%00',
    '/r/%E0%A4%A',
    '/r/__proto__',
    '/u/constructor',
    `/r/${'a'.repeat(5_000)}`,
    '/favicon.ico',
    `//r/${token}`,
    `/R/${token}`,
    '/r/<script>alert(1)</script>',
  ]
  for (const path of paths) {
    const page = await get(portal, path)
    expect([path, page.status, unnonced(page.text)]).toEqual([path, 404, unnonced(unknown.text)])
    expect([...page.headers.keys()]).toEqual([...unknown.headers.keys()])
  }
  expect((await post(portal, '/r/aaaaaaaaaaaaaaaaaaaaaaaaaa', { answer: 'yes' })).status).toBe(404)
})

it('refuses other methods and says which work', async () => {
  const { portal, links } = open()
  for (const method of ['PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
    const page = await get(portal, `/r/${token}`, { method })
    expect([page.status, page.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST'])
  }
  expect(links.calls).toEqual([])
})

it('answers HEAD with the headers of the page and nothing else', async () => {
  const { portal } = open()
  const page = await get(portal, `/r/${token}`, { method: 'HEAD' })
  expect([page.status, page.text, page.headers.get('cache-control')]).toEqual([200, '', 'no-store'])
})

it('carries its protections on every answer', async () => {
  const { portal, links } = open()
  const answers = [
    await get(portal, `/r/${token}`),
    await get(portal, '/nowhere'),
    await fillIn(portal, `/r/${token}`, { answer: 'yes' }),
    await fillIn(portal, `/r/${token}`, { answer: '' }),
    await get(portal, `/r/${token}`, { method: 'PUT' }),
  ]
  links.broken = new Error('down')
  answers.push(await get(portal, `/r/${token}`))
  expect(answers.map((page) => page.status)).toEqual([200, 404, 303, 422, 405, 500])
  for (const { headers } of answers) {
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('x-robots-tag')).toContain('noindex')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    expect(headers.get('set-cookie')).toBeNull()
  }
  const [first] = answers
  const styleNonce = /style-src 'nonce-([^']+)'/.exec(
    first?.headers.get('content-security-policy') ?? '',
  )?.[1]
  expect(first?.text).toContain(`<style nonce="${styleNonce}">`)
  expect(first?.text).not.toMatch(/<script| style=| on\w+=|https?:\/\//)
})

it('shows hostile words as words, in every place they can stand', async () => {
  const evil = `"><script>alert('x')</script><img src=x onerror=alert(1)>&amp;`
  const specs = [
    yesNo().spec,
    choice([{ value: evil.slice(0, 60), label: evil }, 'b']).spec,
    text().spec,
    form(
      z.object({
        [evil]: z.string().meta({ title: evil, description: evil }),
        pick: z.enum([evil, 'b']),
        many: z.enum([evil, 'b', 'c', 'd', 'e', 'f', 'g', 'h']),
      }),
    ).spec,
  ]
  for (const answer of specs) {
    const { portal } = open({
      answer,
      content: { subject: evil, text: evil, details: evil },
      originator: { name: evil, details: evil },
      name: evil,
      channel: evil,
      locale: evil,
      current: { value: evil, at: new Date(start) },
    })
    const pages = [
      await get(portal, `/r/${token}`),
      await get(portal, `/r/${token}?a=${encodeURIComponent(evil)}`),
      await get(portal, `/r/${token}?done`),
      await fillIn(portal, `/r/${token}`, { answer: evil, [evil]: evil }),
    ]
    for (const page of pages) expect(page.text).not.toMatch(/<script|<img/)
  }
  const { portal } = open({ purpose: 'unsubscribe', channel: evil })
  expect((await get(portal, `/u/${token}`)).text).not.toMatch(/<script|<img/)
})

it('refuses bodies that are too large, broken or of another type, and records nothing', async () => {
  const { portal, links } = open({ answer: text({ maxLength: 10_000 }).spec })
  const { nonce } = await get(portal, `/r/${token}`)
  const send = async (body: NonNullable<RequestInit['body']>, headers: Record<string, string> = {}) =>
    (await get(portal, `/r/${token}`, { method: 'POST', body, headers, duplex: 'half' } as RequestInit))
      .status
  const form = 'application/x-www-form-urlencoded'
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(16_384).fill(97)),
  })
  expect(await send(`answer=${'x'.repeat(70_000)}`, { 'content-type': form })).toBe(413)
  expect(await send(endless, { 'content-type': form })).toBe(413)
  expect(await send('answer=x', { 'content-type': form, 'content-length': '99999999' })).toBe(413)
  expect(await send('{"answer":"x"}', { 'content-type': 'application/json' })).toBe(415)
  expect(await send('answer=x', { 'content-type': 'text/plain' })).toBe(415)
  expect(await send('--nonsense', { 'content-type': 'multipart/form-data; boundary=other' })).toBe(400)
  expect(await send('--nonsense', { 'content-type': 'multipart/form-data' })).toBe(400)
  expect(await send('a=1&'.repeat(2_000), { 'content-type': form })).toBe(400)
  expect(await send('%FF%00%zz=%', { 'content-type': form })).toBe(403)
  expect(links.calls).not.toContain('answer')
  const file = new FormData()
  file.set('invite-me-nonce', nonce)
  file.set('answer', new File(['x'], 'x.txt'))
  expect(await send(file)).toBe(422)
})

it('takes ten thousand characters of any script', async () => {
  const { portal, links } = open({ answer: text({ maxLength: 10_000 }).spec })
  const page = await get(portal, `/r/${token}`)
  expect(page.text).toContain('enctype="multipart/form-data"')
  const body = new FormData()
  body.set('invite-me-nonce', page.nonce)
  body.set('answer', '字'.repeat(10_000))
  expect((await get(portal, `/r/${token}`, { method: 'POST', body })).status).toBe(303)
  expect(links.current(token)).toHaveLength(10_000)
})

it('takes fields named like the machinery of the language as plain data', async () => {
  const { portal, links } = open()
  const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', '__proto__[polluted]']
  const page = await fillIn(portal, `/r/${token}`, {
    answer: 'yes',
    ...Object.fromEntries(names.map((name) => [name, 'polluted'])),
  })
  expect(page.status).toBe(303)
  expect(links.inputs[0]).not.toHaveProperty('fields.invite-me-nonce')
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
})

it('answers its own failure with a plain page and logs it without the secret of the link', async () => {
  const { portal, links, logged } = open()
  links.broken = new InviteMeError('STORE_UNAVAILABLE', 'The store cannot be reached.')
  const page = await get(portal, `/r/${token}`)
  expect(page.status).toBe(500)
  expect(page.text).toContain('Something went wrong here')
  expect(page.text).not.toContain('store')
  expect(logged).toEqual([
    [
      'The portal could not answer a request.',
      { method: 'GET', code: 'STORE_UNAVAILABLE', error: 'InviteMeError: The store cannot be reached.' },
    ],
  ])
  expect(JSON.stringify(logged)).not.toContain(token)
})

it('survives a failure that is not even an error', async () => {
  const { portal, links } = open()
  links.open = () => Promise.reject('down')
  expect((await get(portal, `/r/${token}`)).status).toBe(500)
})

it('takes a link that vanished between looking and answering for a closed question', async () => {
  const { portal, links } = open()
  const { nonce } = await get(portal, `/r/${token}`)
  const answer = links.answer.bind(links)
  links.answer = () => {
    throw new InviteMeError('LINK_UNKNOWN', 'gone')
  }
  expect((await post(portal, `/r/${token}`, { answer: 'yes', 'invite-me-nonce': nonce })).status).toBe(409)
  links.answer = answer
})

it('speaks the language of the person, and of the browser where nobody is known', async () => {
  const { portal } = open({ locale: 'ru', originator: { name: 'Мария' } })
  const page = await get(portal, `/r/${token}`, { headers: { 'accept-language': 'en' } })
  expect(page.text).toContain('<html lang="ru">')
  expect(page.text).toContain('<bdi>Мария</bdi> спрашивает')
  expect(page.text).toContain('>Да</button>')
  expect(
    (await get(portal, '/r/unknown', { headers: { 'accept-language': 'fr;q=0.9, ru-RU;q=0.8, en;q=0.1' } }))
      .text,
  ).toContain('<html lang="ru-RU">')
  expect(
    (await get(portal, '/r/unknown', { headers: { 'accept-language': ',,;q=,*;q=zzz' } })).text,
  ).toContain('<html lang="en">')
})

it('works wherever it is mounted', async () => {
  const links = new RememberedLinks(() => start)
  links.add(token, {})
  const portal = createPortal({ links }, { path: '/invitations', clock: { now: () => start } })
  expect((await get(portal, `/r/${token}`)).status).toBe(404)
  const page = await get(portal, `/invitations/r/${token}`)
  expect(page.markup).toContain(`action="${token}"`)
  const answered = await post(portal, `/invitations/r/${token}`, {
    'invite-me-nonce': page.nonce,
    answer: 'yes',
  })
  expect(
    new URL(answered.headers.get('location') ?? '', `https://rsvp.example/invitations/r/${token}`).pathname,
  ).toBe(`/invitations/r/${token}`)
})
