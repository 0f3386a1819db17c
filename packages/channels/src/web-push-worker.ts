/**
 * A service worker that shows the notifications of the channel `web-push`, as JavaScript for the browser. Serve it from the
 * page's own origin with `content-type: text/javascript`, or let a service worker you have load it by `importScripts`; it
 * leaves alone whatever is not from invite-me.
 *
 * A tap opens the page of the question. A button answers at once, in the background, and says what became of the answer; when
 * that fails, the page opens instead.
 */
export const webPushWorker: string = String.raw`'use strict'
;(() => {
  /** What stays with a notification until it is tapped. */
  const read = (event) => {
    try {
      const message = event.data.json()
      return message && message.inviteMe === 1 ? message : undefined
    } catch {
      return undefined
    }
  }

  /** Only pages are opened, whatever a message says. */
  const page = (url) => {
    try {
      return /^https?:$/.test(new URL(url).protocol) ? url : undefined
    } catch {
      return undefined
    }
  }

  const show = (message, body, actions) =>
    self.registration.showNotification(message.title || self.location.hostname, {
      body,
      tag: message.tag,
      renotify: true,
      lang: message.lang,
      dir: 'auto',
      actions: actions.map(({ value, label }) => ({ action: value, title: label })),
      data: { inviteMe: 1, message },
    })

  const open = async (message, url) => {
    const wanted = page(url)
    if (wanted === undefined) return
    try {
      await self.clients.openWindow(wanted)
    } catch {
      // Too long after the tap: the question stays, for another one.
      await show(message, message.body, message.actions)
    }
  }

  const send = async (message, value) => {
    const response = await fetch(message.answerUrl, {
      method: 'POST',
      // With this type a browser needs no permission beforehand to call another origin.
      headers: { 'content-type': 'text/plain' },
      body: JSON.stringify({ inviteMe: 1, id: self.crypto.randomUUID(), token: message.token, value }),
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      signal: AbortSignal.timeout(15000),
    })
    if (!response.ok) throw new Error('not taken')
    const { results } = await response.json()
    return results[0]
  }

  const answer = async (message, value) => {
    let result
    try {
      result = await send(message, value)
    } catch {
      return open(message, message.url)
    }
    if (result.feedback) return show(message, result.feedback, [])
    // Nothing we know of: the question may be gone, and its page tells.
    if (result.result === 'unmatched') return open(message, message.url)
  }

  self.addEventListener('push', (event) => {
    const message = read(event)
    if (message) event.waitUntil(show(message, message.body, message.actions))
  })

  self.addEventListener('notificationclick', (event) => {
    const { data } = event.notification
    if (!data || data.inviteMe !== 1) return
    const { message } = data
    event.notification.close()
    const pressed = message.actions.find(({ value }) => value === event.action)
    if (pressed === undefined) event.waitUntil(open(message, message.url))
    else if (pressed.url !== undefined) event.waitUntil(open(message, pressed.url))
    else event.waitUntil(answer(message, pressed.value))
  })
})()
`
