import nodemailer from 'nodemailer'
import PostalMime from 'postal-mime'
import { afterEach, describe, expect, test } from 'vitest'
import type { InboundFact } from '@invite-me/core/channel'
import { outboundMessage, sendContext } from '../../../tests/peers/outbound-message.ts'
import { explainNoPostfix, startPostfix } from '../../../tests/peers/postfix.ts'
import { startSmtpSink } from '../../../tests/peers/smtp-sink.ts'
import { email } from './email.ts'
import { listenForMail } from './email-inbound.ts'

const closers: (() => Promise<void> | undefined)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close()
}, 20_000)

const missing = explainNoPostfix()
const token = 'k7Qm2xV9bT4sW8nL3pR6dY'

describe.skipIf(missing !== undefined)(
  `with a real Postfix${missing === undefined ? '' : ` (${missing})`}`,
  { timeout: 60_000 },
  () => {
    test('mail arrives, refusals are understood, replies and bounces come back', async () => {
      const facts: InboundFact[] = []
      const strict = await startSmtpSink({
        fault: ({ moment }) =>
          moment === 'recipient'
            ? { at: 'recipient', reply: '550 5.2.1 The account is disabled' }
            : undefined,
      })
      closers.push(() => strict.close())
      const listener = await listenForMail({
        port: 0,
        receive: async (request) => facts.push(...((await channel.receive?.(request, sendContext())) ?? [])),
      })
      closers.push(() => listener.close())
      const postfix = await startPostfix({
        users: ['ann', 'bob'],
        relays: {
          'reply.dinner.test': listener.port,
          'bounce.dinner.test': listener.port,
          'strict.test': strict.port,
        },
        settings: { message_size_limit: '60000' },
      })
      closers.push(() => postfix.close())
      const channel = email({
        smtp: { host: '127.0.0.1', port: postfix.port },
        from: { name: 'Dinner', address: 'dinner@dinner.test' },
        replyDomain: 'reply.dinner.test',
        bounceDomain: 'bounce.dinner.test',
      })
      closers.push(() => channel.close?.())
      const send = (address: string, change: Parameters<typeof outboundMessage>[0] = {}) =>
        channel.send(
          outboundMessage({ to: { address }, ...change }),
          sendContext({ idempotencyKey: `key-${address.replace('@', '.')}`, timeoutMs: 20_000 }),
        )

      expect(await channel.probe?.(AbortSignal.timeout(10_000))).toMatchObject({ ok: true })
      expect(await send('ann@guests.test')).toMatchObject({ status: 'accepted' })
      expect(await send('bob+dinners@guests.test')).toMatchObject({ status: 'accepted' })
      expect(await send('nobody@guests.test')).toMatchObject({
        status: 'permanent_recipient',
        providerCode: '550 5.1.1',
      })
      expect(await send('ann@elsewhere.test')).toMatchObject({
        status: 'permanent_config',
        providerCode: '554 5.7.1',
      })
      expect(await send('ann@guests.test', { content: { text: 'x'.repeat(90_000) } })).toMatchObject({
        status: 'permanent_content',
      })
      expect(await send('ann@guests.test\r\nBcc: bob@guests.test')).toMatchObject({
        status: 'permanent_recipient',
      })

      const mails = await postfix.waitFor(2, 20_000)
      expect(mails).toHaveLength(2)
      const parsed = await Promise.all(mails.map((raw) => PostalMime.parse(raw)))
      expect(new Set(parsed.map(({ to }) => to?.[0]?.address))).toEqual(
        new Set(['ann@guests.test', 'bob+dinners@guests.test']),
      )
      expect(parsed[0]?.returnPath).toBe(`bounce+${token}@bounce.dinner.test`)

      // Ann answers from her mail program, a machine of hers answers too, and a mailbox taken at first turns out to be closed.
      const program = nodemailer.createTransport({
        host: '127.0.0.1',
        port: postfix.port,
      })
      closers.push(async () => program.close())
      const to = parsed[0]?.replyTo?.[0]?.address ?? ''
      const text = 'Yes, gladly\n\nOn 22/11/2026 05:00, Dinner wrote:\n> Dinner on Friday at 8?\n'
      await program.sendMail({ from: 'Ann Lee <ann@guests.test>', to, subject: 'Re: Dinner', text })
      await program.sendMail({
        from: 'ann@guests.test',
        to,
        subject: 'Away',
        text: 'Yes?',
        headers: { 'Auto-Submitted': 'auto-replied' },
      })
      expect(await send('eve@strict.test')).toMatchObject({ status: 'accepted' })
      await until(() => facts.length >= 3)
      expect(facts.find(({ kind }) => kind === 'answer')).toMatchObject({
        reference: { by: 'token', token },
        input: { kind: 'text', text: 'Yes, gladly' },
        from: 'ann@guests.test',
      })
      expect(facts.find(({ kind }) => kind === 'ignored')).toMatchObject({
        reason: expect.stringContaining('automatically'),
      })
      expect(facts.find(({ kind }) => kind === 'failed')).toMatchObject({
        reference: { by: 'token', token },
        outcome: { status: 'permanent_recipient', providerCode: '550 5.2.1' },
      })
    })
  },
)

async function until(isTrue: () => boolean): Promise<void> {
  const deadline = Date.now() + 20_000
  while (!isTrue()) {
    if (Date.now() > deadline) throw new Error('not within 20 seconds')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
