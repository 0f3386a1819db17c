import { createTransport } from 'nodemailer'
import { afterEach, expect, it } from 'vitest'
import { listenForReplies } from './mail-listener.ts'

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

/** @returns what the listener answers to a mail for this address */
async function deliver(to: string, options: Readonly<Record<string, unknown>>): Promise<string> {
  const listener = await listenForReplies(0, options, async () => new Response(null, { status: 204 }))
  const transport = createTransport({ host: '127.0.0.1', port: listener.port, ignoreTLS: true })
  closers.push(() => transport.close(), listener.close)
  return transport.sendMail({ from: 'ann@guests.test', to, text: 'Yes' }).then(
    ({ response }) => response,
    (error: unknown) => String(error),
  )
}

const token = 'k3v9x2m4p7q8r5s6t1u0w2y3z4'
const ownAddress = { replyAddress: 'Dinner+{token}@guests.test', unsubscribeMailto: 'stop@guests.test' }

it.each([
  ['the reply address of a domain', `reply+${token}@reply.guests.test`, {}, '250'],
  ['a reply address of one’s own', `dinner+${token}@guests.test`, ownAddress, '250'],
  ['the address for unsubscribing', 'stop@guests.test', ownAddress, '250'],
  ['a reply address without a token', 'dinner+@guests.test', ownAddress, '550'],
  ['anybody else', 'ann@guests.test', ownAddress, '550'],
  ['another’s reply address', `dinner+${token}@guests.test`, {}, '550'],
])('answers mail to %s', async (_what, to, options, code) => {
  expect(await deliver(to, options)).toContain(code)
})
