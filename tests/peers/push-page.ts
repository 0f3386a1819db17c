import { webPushWorker } from '@invite-me/channels/web-push-worker'
import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { launchChromium } from '../../packages/server/src/__fixtures__/chromium.ts'
import { waitUntil } from './wait-until.ts'

/** A notification as its reader sees it. */
export interface ShownNotification {
  readonly title: string
  readonly body: string
  readonly actions: readonly string[]
}

/** A page open in Chromium whose service worker may show notifications. */
export interface PushPage {
  /** Where the worker's answers are to be sent: another origin than the page's. */
  readonly answerUrl: string
  /** Lets the browser get a push, as after decryption. */
  deliver(message: unknown): Promise<void>
  /** What is shown, once there is something. */
  shown(): Promise<readonly ShownNotification[]>
  /** The same, once the notification with this text has made room. */
  shownAfter(body: string): Promise<readonly ShownNotification[]>
  /** Presses the button with this label. */
  press(label: string): Promise<void>
  close(): Promise<void>
}

/**
 * Opens the page. The browser's push service is left out (its address is built in); everything behind it is real.
 *
 * @param receive takes what the worker posts to `answerUrl`
 */
export async function startPushPage(receive: (request: Request) => Promise<Response>): Promise<PushPage> {
  const site = await listen((incoming, response) => {
    const isWorker = incoming.url === '/invite-me-push.js'
    response.writeHead(200, { 'content-type': isWorker ? 'text/javascript' : 'text/html' })
    response.end(isWorker ? webPushWorker : '<!doctype html><title>Guests</title>')
  })
  const hooks = await listen((incoming, response) => {
    const answer = async (): Promise<void> => {
      const { method = 'GET', url = '/' } = incoming
      const body = new Uint8Array(await buffer(incoming))
      const taken = await receive(
        new Request(`${hooks.url}${url}`, { method, ...(method === 'POST' && { body }) }),
      )
      response.writeHead(taken.status, Object.fromEntries(taken.headers)).end(await taken.text())
    }
    answer().catch(() => response.destroy())
  })
  const chromium = await launchChromium()
  const context = await chromium.newContext()
  await context.grantPermissions(['notifications'], { origin: site.url })
  const page = await context.newPage()
  await page.goto(site.url)
  const devTools = await context.newCDPSession(page)
  let registrationId = ''
  devTools.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
    registrationId = registrations.at(-1)?.registrationId ?? registrationId
  })
  await devTools.send('ServiceWorker.enable')
  await page.evaluate(
    `navigator.serviceWorker.register('/invite-me-push.js').then(() => navigator.serviceWorker.ready)`,
  )
  await waitUntil('the service worker is registered', () => registrationId !== '', 10_000)

  const notifications = (): Promise<readonly ShownNotification[]> =>
    page.evaluate(`navigator.serviceWorker.ready
      .then((registration) => registration.getNotifications())
      .then((all) => all.map(({ title, body, actions }) => ({ title, body, actions: actions.map(({ title }) => title) })))`)
  const waitFor = async (
    what: string,
    isRight: (shown: readonly ShownNotification[]) => boolean,
  ): Promise<readonly ShownNotification[]> => {
    await waitUntil(what, async () => isRight(await notifications()), 10_000)
    return notifications()
  }
  return {
    answerUrl: `${hooks.url}/webhooks/web-push`,
    deliver: async (message) => {
      const data = JSON.stringify(message)
      await devTools.send('ServiceWorker.deliverPushMessage', { origin: site.url, registrationId, data })
    },
    shown: () => waitFor('a notification is shown', (shown) => shown.length > 0),
    shownAfter: (body) =>
      waitFor(
        'the notification is replaced',
        (shown) => shown.length > 0 && shown.every((one) => one.body !== body),
      ),
    press: async (label) => {
      // Nobody can click outside the page here, so the worker is told that somebody did. The browser may have put it to sleep.
      await devTools.send('ServiceWorker.startWorker', { scopeURL: `${site.url}/` })
      await waitUntil('the worker is awake', () => context.serviceWorkers().length > 0, 10_000)
      await context.serviceWorkers()[0]
        ?.evaluate(`self.registration.getNotifications().then(([notification]) => {
        const { action } = notification.actions.find(({ title }) => title === ${JSON.stringify(label)})
        self.dispatchEvent(new NotificationEvent('notificationclick', { notification, action }))
      })`)
    },
    close: async () => {
      await chromium.close()
      await Promise.all([site.close(), hooks.close()])
    },
  }
}

interface Listening {
  readonly url: string
  close(): Promise<void>
}

async function listen(answer: RequestListener): Promise<Listening> {
  const server: Server = createServer(answer)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${String(port)}`,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
