import { createContext, runInContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import { webPushWorker } from './web-push-worker.ts'
import type { PushedNotification } from './web-push/notification.ts'
import { receivePress } from './web-push/receive.ts'

const message: PushedNotification = {
  inviteMe: 1,
  title: 'Anna',
  body: 'Dinner on Friday at 8?',
  lang: 'en',
  tag: 'topic-1',
  url: 'https://portal.test/r/1',
  actions: [
    { value: 'yes', label: 'Yes' },
    { value: 'no', label: 'No' },
  ],
  answerUrl: 'https://app.guests.test/hooks/web-push',
  token: '7h2k9qsampletoken4d8w3e6r5',
}

interface Shown {
  readonly title: string
  readonly options: {
    readonly body: string
    readonly tag: string
    readonly data: unknown
    readonly actions: readonly unknown[]
  }
}
interface Posted {
  readonly url: string
  readonly init: {
    readonly method: string
    readonly headers: Record<string, string>
    readonly body: string
    readonly credentials: string
  }
}

/** Runs the worker in a browser made of nothing but what it touches. */
function runWorker(
  answer: () => Promise<Response> = () => Promise.reject(new TypeError('offline')),
  canOpen = true,
) {
  const listeners = new Map<string, (event: object) => void>()
  const shown: Shown[] = []
  const opened: string[] = []
  const posted: Posted[] = []
  const self = {
    addEventListener: (type: string, listener: (event: object) => void) => listeners.set(type, listener),
    location: { hostname: 'guests.test' },
    crypto: { randomUUID: () => '0b0c7a52-3f7f-4d2e-9c5a-000000000001' },
    registration: {
      showNotification: (title: string, options: Shown['options']) => {
        shown.push({ title, options: structuredClone(options) })
        return Promise.resolve()
      },
    },
    clients: {
      openWindow: (url: string) => {
        if (!canOpen) return Promise.reject(new Error('not allowed to open a window'))
        opened.push(url)
        return Promise.resolve(null)
      },
    },
  }
  const fetch = (url: string, init: Posted['init']) => {
    posted.push({ url, init })
    return answer()
  }
  runInContext(webPushWorker, createContext({ self, fetch, URL, AbortSignal }))
  const happen = async (type: string, event: object): Promise<void> => {
    const waits: Promise<unknown>[] = []
    listeners.get(type)?.({ ...event, waitUntil: (promise: Promise<unknown>) => waits.push(promise) })
    await Promise.all(waits)
  }
  const push = (data: unknown) => happen('push', { data: { json: (): unknown => JSON.parse(String(data)) } })
  const tap = (action = '', of: Shown | undefined = shown.at(-1)) => {
    const closed: boolean[] = []
    const notification = { data: of?.options.data, close: () => closed.push(true) }
    return happen('notificationclick', { notification, action })
  }
  return { push, tap, shown, opened, posted }
}
const told =
  (feedback: string | null, result = 'recorded') =>
  () =>
    Promise.resolve(Response.json({ results: [{ kind: 'answer', result, answer: 'counted', feedback }] }))

test('a question is shown with its buttons', async () => {
  const worker = runWorker()
  await worker.push(JSON.stringify(message))
  expect(worker.shown).toMatchObject([
    {
      title: 'Anna',
      options: {
        body: 'Dinner on Friday at 8?',
        tag: 'topic-1',
        renotify: true,
        lang: 'en',
        dir: 'auto',
        actions: [
          { action: 'yes', title: 'Yes' },
          { action: 'no', title: 'No' },
        ],
      },
    },
  ])
})

test('a button answers in the background, and says what became of it in the same place', async () => {
  const worker = runWorker(told('Thank you, noted: Yes.'))
  await worker.push(JSON.stringify(message))
  await worker.tap('yes')
  const [post] = worker.posted
  expect(post?.url).toBe(message.answerUrl)
  expect(post?.init).toMatchObject({
    method: 'POST',
    credentials: 'omit',
    headers: { 'content-type': 'text/plain' },
  })
  expect(worker.shown.at(-1)).toMatchObject({
    title: 'Anna',
    options: { body: 'Thank you, noted: Yes.', tag: 'topic-1', actions: [] },
  })
  expect(worker.opened).toEqual([])
})

test('what the worker sends is what the channel takes', async () => {
  const worker = runWorker(told(null))
  await worker.push(JSON.stringify(message))
  await worker.tap('no')
  const request = new Request(message.answerUrl ?? '', {
    method: 'POST',
    body: worker.posted[0]?.init.body ?? '',
  })
  expect(await receivePress(request, 0)).toMatchObject([
    {
      kind: 'answer',
      reference: { by: 'token', token: message.token },
      input: { kind: 'option', value: 'no' },
    },
  ])
})

test('a tap beside the buttons opens the page', async () => {
  const worker = runWorker()
  await worker.push(JSON.stringify(message))
  await worker.tap()
  expect([worker.opened, worker.posted]).toEqual([['https://portal.test/r/1'], []])
})

test('buttons with pages of their own open them', async () => {
  const worker = runWorker()
  const actions = [{ value: 'yes', label: 'Yes', url: 'https://portal.test/r/1?a=yes' }]
  await worker.push(JSON.stringify({ ...message, actions, answerUrl: undefined, token: undefined }))
  await worker.tap('yes')
  expect([worker.opened, worker.posted]).toEqual([['https://portal.test/r/1?a=yes'], []])
})

describe('when the answer cannot be delivered', () => {
  test.each<readonly [string, () => Promise<Response>]>([
    ['offline', () => Promise.reject(new TypeError('offline'))],
    ['refused', () => Promise.resolve(new Response(null, { status: 401 }))],
    ['out of order', () => Promise.resolve(new Response('oops', { status: 503 }))],
    ['not what we say', () => Promise.resolve(new Response('<html>'))],
    ['nothing it knows', told(null, 'unmatched')],
  ])('%s: the page opens instead', async (_what, answer) => {
    const worker = runWorker(answer)
    await worker.push(JSON.stringify(message))
    await worker.tap('yes')
    expect(worker.opened).toEqual(['https://portal.test/r/1'])
  })

  test('and when no page may open any more, the question stays', async () => {
    const worker = runWorker(undefined, false)
    await worker.push(JSON.stringify(message))
    await worker.tap('yes')
    expect(worker.shown).toHaveLength(2)
    expect(worker.shown[1]).toEqual(worker.shown[0])
  })
})

describe('what is not ours, or not right', () => {
  test.each(['', 'hello', 'null', '7', '{}', '{"title":"x"}', JSON.stringify({ ...message, inviteMe: 2 })])(
    '%j shows nothing',
    async (data) => {
      const worker = runWorker()
      await worker.push(data)
      expect(worker.shown).toEqual([])
    },
  )

  test('a tap on somebody else’s notification is left alone', async () => {
    const worker = runWorker()
    for (const data of [undefined, null, { url: 'https://elsewhere.test/' }, { inviteMe: 7 }])
      await worker.tap('', { title: '', options: { body: '', tag: '', actions: [], data } })
    expect(worker.opened).toEqual([])
  })

  test.each(['javascript:alert(1)', 'file:///etc/passwd', 'nonsense'])('%s is not opened', async (url) => {
    const worker = runWorker()
    await worker.push(JSON.stringify({ ...message, url }))
    await worker.tap()
    expect(worker.opened).toEqual([])
  })

  test('a button that is none of its own is a tap on the notification', async () => {
    const worker = runWorker()
    await worker.push(JSON.stringify(message))
    await worker.tap('constructor')
    expect([worker.opened, worker.posted]).toEqual([['https://portal.test/r/1'], []])
  })
})

test('the text has nothing in it that a page could not serve as a script', () => {
  expect(webPushWorker).not.toMatch(/<\/|\u2028|\u2029|[^\x00-\x7f]/)
})
