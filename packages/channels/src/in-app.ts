import { defineChannel, type ChannelFactory, type ChannelSupports } from '@invite-me/core/channel'
import { z } from 'zod'
import { answersInWords } from './shared/answers-in-words.ts'

/** Longest address, in characters: whatever the host app calls its people. */
const maxAddressLength = 200

const optionsSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/)
    .max(40)
    .default('in-app')
    .describe('Name of the channel; give another one for a second inbox (a mobile app beside the site).'),
})

const supports: ChannelSupports = {
  answers: [...answersInWords, 'form'],
  links: true,
  tokens: ['respond'],
  reports: ['delivered', 'read'],
  idempotent: true,
  inbox: true,
}

/**
 * An inbox within the host app: the engine keeps every message, the app shows it (`inviteMe.inbox('sam').list()`), marks it
 * read and answers in place. The address is whatever the app calls the person, usually the recipient's `externalId`.
 *
 * A message has arrived as soon as it is kept, so `delivered` is certain and `read` is what the app says.
 *
 * @example
 * const inviteMe = await createInviteMe({ store: sqlite('invites.db'), channels: [inApp()] })
 * await inviteMe.ask({ routes: { 'in-app': 'sam' } }, 'Dinner on Friday at 8?', { answer: yesNo() })
 * const [entry] = await inviteMe.inbox('sam').list({ only: 'unread' })
 */
export const inApp: ChannelFactory<typeof optionsSchema> = defineChannel({
  name: 'in-app',
  options: optionsSchema,
  supports,
  create: ({ name }) => ({
    name,
    address: readAddress,
    // Every word could be somebody's name in the host app.
    recognises: () => false,
    send: async ({ to }, { idempotencyKey, signal }) => {
      if (signal.aborted)
        return { status: 'retryable', scope: 'message', detail: 'it was called off before it was kept' }
      if (!readAddress(to.address).ok)
        return { status: 'permanent_recipient', scope: 'recipient', detail: 'this cannot name an inbox' }
      return { status: 'accepted', providerMessageId: idempotencyKey, delivered: true }
    },
    probe: async () => ({ ok: true, detail: 'Messages are kept in the store.' }),
  }),
})

function readAddress(raw: string) {
  const address = raw.trim()
  const isName = address !== '' && address.length <= maxAddressLength && !/[\p{Cc}\u2028\u2029]/u.test(raw)
  return isName
    ? { ok: true as const, address }
    : { ok: false as const, reason: 'it must be one line of at most 200 characters' }
}
