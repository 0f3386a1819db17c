import {
  defineChannel,
  InviteMeError,
  type ChannelFactory,
  type ChannelSupports,
} from '@invite-me/core/channel'
import { answersInWords } from './shared/answers-in-words.ts'
import { acknowledgeUpdate } from './telegram/acknowledge.ts'
import { isGroup, parseTelegramAddress } from './telegram/address.ts'
import { openBotApi } from './telegram/bot-api.ts'
import { botNameBy } from './telegram/bot-name.ts'
import { editByTelegram } from './telegram/edit.ts'
import { telegramOptionsSchema, type TelegramOptions } from './telegram/options.ts'
import { probeBot } from './telegram/probe.ts'
import { startTokenPattern } from './telegram/read-message.ts'
import { pollingSecret, receiveUpdate } from './telegram/receive.ts'
import { maxTextLength, sendByTelegram } from './telegram/send.ts'

const supports: ChannelSupports = {
  answers: answersInWords,
  links: true,
  // Who wants no more messages writes /stop or blocks the bot; no link is needed for it.
  tokens: ['respond', 'reply'],
  reports: [],
  idempotent: false,
  maxTextLength,
  edits: ['question'],
}

/**
 * Telegram by a bot (needs `grammy`). Questions are answered by buttons, polls and replies. The address of a person is the
 * id of their chat with the bot; nobody has to type it: `connectUrl` gives a link that brings it.
 *
 * Updates come by webhook (`inviteMe.handleWebhook('telegram', request)`) or, without a public address, by `pollTelegram` of
 * `telegram-polling`.
 *
 * @example
 * telegram({ token: '123456789:AAE…', webhookSecret: 'a-long-random-text' })
 */
export const telegram: ChannelFactory<typeof telegramOptionsSchema> = defineChannel({
  name: 'telegram',
  options: telegramOptionsSchema,
  supports,
  create: createTelegram,
})

function createTelegram(options: TelegramOptions) {
  const { token, webhookSecret = [] } = options
  const call = openBotApi(options)
  const bot = { call, token }
  const botName = botNameBy(call, options.botName)
  const secrets = [webhookSecret, pollingSecret(token)].flat()
  return {
    limits: {
      concurrency: 20,
      rate: options.rate,
      bucket: (address: string) => bucketOf(address, options),
      timeoutMs: options.timeoutMs,
    },
    address: (raw) => {
      const read = parseTelegramAddress(raw)
      return read.ok ? { ok: true, address: read.address } : read
    },
    // A number may be anybody's id in the host app.
    recognises: () => false,
    send: (message, context) => sendByTelegram(message, context, bot),
    receive: (request, { clock }) =>
      receiveUpdate(request, { botToken: token, secrets, botName, nowMs: clock.now() }),
    acknowledge: (handled, context) => acknowledgeUpdate(handled, context, call),
    edit: (edit, context) => editByTelegram(edit, context, bot),
    connectUrl: async (startToken) => {
      if (!startTokenPattern.test(startToken))
        throw new InviteMeError(
          'REQUEST_INVALID',
          'A token for Telegram has 1 to 64 letters, digits, _ or -.',
          {
            field: 'token',
          },
        )
      const name = await botName()
      if (name === undefined)
        throw new InviteMeError(
          'OPTIONS_INVALID',
          'Telegram does not tell the name of the bot: check the token, or set botName.',
          { field: 'botName' },
        )
      return `https://t.me/${name}?start=${startToken}`
    },
    probe: (signal) => probeBot(call, signal),
  } satisfies ReturnType<Parameters<typeof defineChannel<typeof telegramOptionsSchema>>[0]['create']>
}

/** All questions in one group share its limit, whomever they are for. */
function bucketOf(address: string, { groupRate, privateRate }: TelegramOptions) {
  const read = parseTelegramAddress(address)
  if (!read.ok) return undefined
  return { key: String(read.chat.id), rate: isGroup(read.chat) ? groupRate : privateRate }
}
