import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text as readText } from 'node:stream/consumers'
import { TelegramServer } from 'telegram-test-api/lib/telegramServer.js'
import { freePort } from './free-port.ts'

/** A message of the bot as it stands in the chat, after its last edit. */
export interface BotMessage {
  readonly messageId: number
  readonly text: string
  readonly buttons: readonly { readonly text: string; readonly callback_data: string }[]
}

/** Somebody with Telegram on their phone. */
export interface TelegramPerson {
  readonly id: number
  /** What the bot wrote to them, oldest first. */
  messages(): readonly BotMessage[]
  /** The bot's newest message to them; throws when there is none. */
  newest(): BotMessage
  /** Opens the bot, with what its link carried. */
  starts(payload?: string): Promise<void>
  says(text: string): Promise<void>
  /** Writes with the bot's message held, as Telegram does by itself where a reply was asked for. */
  replies(text: string, to?: BotMessage): Promise<void>
  /** Presses a button of the newest message, by what stands on it. */
  presses(label: string): Promise<void>
  /** Sends any data in the name of a button, as only a changed program can. */
  pressesForged(data: string): Promise<void>
}

/** Telegram on loopback, as `telegram-test-api` plays it: it keeps chats, updates and webhooks, and knows no polls. */
export interface TelegramPeer {
  /** What `apiRoot` is set to. */
  readonly url: string
  readonly token: string
  person(id: number, name: string): TelegramPerson
  /** Pushes updates to a webhook from now on, with the secret as Telegram shows it. */
  pushTo(handle: (request: Request) => Promise<Response>, secret: string): Promise<void>
  close(): Promise<void>
}

const token = '123456789:AAEhBP0av28-test-token-of-nobody'
const bot = { id: 123_456_789, is_bot: true, first_name: 'Dinner' }

/** Starts it on a free port. */
export async function startTelegram(): Promise<TelegramPeer> {
  const server = new TelegramServer({ port: await freePort(), host: '127.0.0.1', storeTimeout: 3_600 })
  await server.start()
  const closers: (() => Promise<unknown>)[] = [() => server.stop()]

  const person = (id: number, firstName: string): TelegramPerson => {
    const client = server.getClient(token, { userId: id, chatId: id, firstName })
    const messages = (): readonly BotMessage[] =>
      server.storage.botMessages
        .filter(({ message }) => String(message.chat_id) === String(id))
        .map(readMessage)
    const newest = (): BotMessage => {
      const message = messages().at(-1)
      if (message === undefined) throw new Error(`the bot wrote nothing to ${firstName}`)
      return message
    }
    const press = async (data: string, messageId: number): Promise<void> => {
      const query = client.makeCallbackQuery(data)
      Object.assign(query.message, { message_id: messageId, from: bot })
      await server.addUserCallback(query)
    }
    return {
      id,
      messages,
      newest,
      starts: (payload) =>
        server.addUserCommand(client.makeCommand(payload === undefined ? '/start' : `/start ${payload}`)),
      says: (text) => server.addUserMessage(client.makeMessage(text)),
      replies: async (text, to = newest()) => {
        const reply = Object.assign(client.makeMessage(text), {
          reply_to_message: { message_id: to.messageId, from: bot, text: to.text },
        })
        await server.addUserMessage(reply)
      },
      presses: async (label) => {
        const { buttons, messageId } = newest()
        const button = buttons.find(({ text }) => text === label)
        if (button === undefined) throw new Error(`there is no button "${label}"`)
        await press(button.callback_data, messageId)
      },
      pressesForged: (data) => press(data, messages().at(-1)?.messageId ?? 1),
    }
  }

  return {
    url: server.config.apiURL,
    token,
    person,
    pushTo: async (handle, secret) => {
      const hook = await startHook(handle, secret)
      closers.push(hook.close)
      await fetch(`${server.config.apiURL}/bot${token}/setWebhook`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ url: hook.url }),
      })
    },
    close: async () => {
      for (const close of closers.splice(0).toReversed()) await close()
    },
  }
}

type Stored = TelegramServer['storage']['botMessages'][number]

function readMessage({ message, messageId }: Stored): BotMessage {
  const { reply_markup: markup, text } = message as {
    readonly text: string
    readonly reply_markup?: { readonly inline_keyboard?: readonly BotMessage['buttons'][] }
  }
  return { messageId, text, buttons: (markup?.inline_keyboard ?? []).flat() }
}

/** The peer shows no secret, so it is added on the way. */
async function startHook(handle: (request: Request) => Promise<Response>, secret: string) {
  const server = createServer((incoming, outgoing) => {
    const work = async (): Promise<void> => {
      const request = new Request('https://app.guests.test/webhooks/telegram', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-telegram-bot-api-secret-token': secret },
        body: await readText(incoming),
      })
      const response = await handle(request)
      outgoing.writeHead(response.status).end(await response.text())
    }
    work().catch(() => outgoing.writeHead(500).end())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const close = async (): Promise<void> => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  return { url: `http://127.0.0.1:${String(port)}/`, close }
}
