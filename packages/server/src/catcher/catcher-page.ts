import { html, raw } from 'hono/html'
import { catcherScript } from './catcher-script.ts'
import { catcherStyles } from './catcher-styles.ts'
import { media, type Medium } from './medium.ts'

/**
 * The page of the catcher: a phone, a Telegram chat and a mailbox side by side, and what the engine says about it all.
 * One document with its own style and script; nothing is loaded from elsewhere.
 */
export async function catcherPage(): Promise<Response> {
  const nonce = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))))
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>invite-me: what they see</title>
        <style nonce="${nonce}">
          ${raw(catcherStyles)}
        </style>
      </head>
      <body>
        <header class="top">
          <h1>invite-me</h1>
          <p>
            What people see, on media that only pretend. Nothing leaves this computer. Answer for them, or
            break something and ask again.
          </p>
          <p class="live" id="live" role="status">connecting …</p>
        </header>
        <main>
          ${media.map((medium) => device(medium))}
          <section class="trail" aria-labelledby="trail-title">
            <h2 id="trail-title">What the engine knows</h2>
            <div id="trails" aria-live="polite"></div>
          </section>
        </main>
        <script nonce="${nonce}">
          ${raw(catcherScript)}
        </script>
      </body>
    </html> `
  return new Response(String(await page), {
    headers: {
      'Content-Type': 'text/html; charset=utf-8',
      'Cache-Control': 'no-store',
      'Referrer-Policy': 'no-referrer',
      'X-Content-Type-Options': 'nosniff',
      'Content-Security-Policy': `default-src 'none'; script-src 'nonce-${nonce}'; style-src 'nonce-${nonce}'; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'`,
    },
  })
}

function device({ name, title }: Medium): ReturnType<typeof html> {
  const isMail = name === 'email'
  return html`<section class="medium ${name}" id="${name}" aria-labelledby="${name}-title">
    <div class="head">
      <h2 id="${name}-title">${title}</h2>
      <button class="switch" type="button" role="switch" aria-checked="true" data-mood="${name}">
        <span class="knob" aria-hidden="true"></span><span class="word">works</span>
      </button>
    </div>
    <div class="device">
      <div class="bar" aria-hidden="true">
        ${isMail ? html`<i></i><i></i><i></i><span>Inbox</span>` : html`<span class="clock"></span><span class="island"></span><span class="signal">▂▄▆ ▮</span>`}
      </div>
      ${
        isMail
          ? ''
          : html`<div class="who">
              <span class="face" aria-hidden="true">i</span
              ><span class="sender"
                ><b>invite-me</b><small>${name === 'sms' ? 'Text message' : 'bot'}</small></span
              >
            </div>`
      }
      <p class="crack">Broken. Messages are refused here, so they go the next way.</p>
      ${isMail ? html`<ul class="mails" id="email-list" aria-label="Mails"></ul>` : ''}
      <div class="talk" id="${name}-talk" tabindex="0" role="log" aria-label="${title}: messages">
        <p class="empty">
          ${{ sms: 'No text messages yet.', telegram: 'No messages here yet.', email: 'Nothing to read.' }[name]}
        </p>
      </div>
      <form class="reply" data-reply="${name}" hidden>
        <p class="target" id="${name}-target"></p>
        <label class="hidden" for="${name}-text">Reply by ${title}</label>
        ${isMail ? html`<textarea id="${name}-text" rows="3" maxlength="20000" placeholder="Write a reply, as to any mail" required></textarea>` : html`<input id="${name}-text" maxlength="2000" autocomplete="off" placeholder="${name === 'sms' ? 'Text message' : 'Message'}" required />`}
        <button>
          ${isMail ? 'Reply' : html`<span class="hidden">Send</span><span aria-hidden="true">${name === 'sms' ? '↑' : '➤'}</span>`}
        </button>
      </form>
    </div>
  </section>`
}
