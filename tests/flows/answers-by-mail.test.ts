import {
  choice,
  createInviteMe,
  date,
  number,
  rsvp,
  text,
  yesNo,
  type AnswerType,
  type AskOptions,
  type Invitation,
  type InviteMe,
} from '@invite-me/core'
import { sqlite } from '@invite-me/core/sqlite'
import { email } from '@invite-me/channels/email'
import { listenForMail, type MailListener } from '@invite-me/channels/email-inbound'
import { listenOnLoopback } from '@invite-me/server/listen'
import { createPortal } from '@invite-me/server/portal'
import { createTransport } from 'nodemailer'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { answerByLink } from '../peers/answer-by-link.ts'
import { freePort } from '../peers/free-port.ts'
import { readInvitationMail, type InvitationMail } from '../peers/invitation-mail.ts'
import { startSmtpSink, type SmtpSink } from '../peers/smtp-sink.ts'
import { waitUntil } from '../peers/wait-until.ts'

const day = 86_400_000
const closers: (() => Promise<unknown>)[] = []

let sink: SmtpSink
let replies: MailListener
let inviteMe: InviteMe
/** How far the engine's clock is ahead. */
let aheadMs: number
let isGreylisting: boolean

beforeEach(async () => {
  aheadMs = 0
  const clock = {
    now: () => Date.now() + aheadMs,
    schedule: (delayMs: number, run: () => void) => {
      const timer = setTimeout(run, delayMs)
      return () => clearTimeout(timer)
    },
  }
  isGreylisting = false
  sink = await startSmtpSink({
    fault: ({ moment }) =>
      isGreylisting && moment === 'recipient'
        ? { at: moment, reply: '451 4.7.1 Greylisted, come back later' }
        : undefined,
  })
  closers.push(() => sink.close())
  const port = await freePort()
  inviteMe = await createInviteMe({
    store: sqlite(':memory:'),
    channels: [
      email({
        smtp: { host: '127.0.0.1', port: sink.port },
        from: 'Dinner <dinner@dinner.test>',
        replyDomain: 'reply.dinner.test',
      }),
    ],
    portal: { url: `http://127.0.0.1:${port}` },
    from: { name: 'Anna' },
    clock,
  })
  closers.push(() => inviteMe.stop())
  const portal = await listenOnLoopback(createPortal(inviteMe, { clock }), { port })
  closers.push(() => portal.close())
  replies = await listenForMail({ port: 0, receive: (request) => inviteMe.receive('email', request) })
  closers.push(() => replies.close())
})
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close()
})

/** Asks one person and waits until the mail is there and the engine knows it. */
async function ask<Value>(to: string, answer: AnswerType<Value>, options: Partial<AskOptions<Value>> = {}) {
  const before = sink.mails.length
  const invitation = await inviteMe.ask(to, 'Dinner on Friday at 8?', { answer, ...options })
  const mail = await mailAfter(before)
  const isKnown = async () => (await inviteMe.deliveries.get(mail.deliveryId))?.state === 'sent'
  await waitUntil('the mail is known to be sent', isKnown, 5_000)
  return { invitation, mail }
}

async function mailAfter(count: number): Promise<InvitationMail> {
  const mails = await sink.waitFor(count + 1)
  return readInvitationMail(mails[count]?.raw ?? '')
}

const endOf = <Value>(invitation: Invitation<Value>) =>
  invitation.answer({ signal: AbortSignal.timeout(5_000) })

/** Replies as a mail program does, with what it replies to quoted below. @returns what the server said */
async function reply(
  { replyTo, text: asked, to }: InvitationMail,
  words: string,
  { from = to.address, ...headers }: Readonly<Record<string, string>> = {},
): Promise<string> {
  const program = createTransport({ host: '127.0.0.1', port: replies.port })
  const quoted = asked.replaceAll(/^/gm, '> ')
  try {
    const sent = await program.sendMail({
      envelope: { from, to: [replyTo] },
      from,
      to: replyTo,
      subject: 'Re: Dinner on Friday at 8?',
      text: `${words}\n\nOn Sun, Nov 22, 2026 at 5:00 AM Dinner <${replyTo}> wrote:\n\n${quoted}`,
      headers,
    })
    return String(sent.response)
  } finally {
    program.close()
  }
}

const menu = choice([
  { value: 'fish', label: 'Fish' },
  { value: 'soup', label: 'Mushroom soup' },
  { value: 'tea', label: 'Only tea' },
])

interface Case {
  readonly type: AnswerType<unknown>
  readonly words: string
  readonly wordsMean: unknown
  readonly fields: Readonly<Record<string, string>>
  readonly fieldsMean: unknown
}

const cases: readonly (readonly [string, Case])[] = [
  [
    'yes or no',
    { type: yesNo(), words: 'Yes, gladly!', wordsMean: true, fields: { answer: 'no' }, fieldsMean: false },
  ],
  ['a choice', { type: menu, words: '2', wordsMean: 'soup', fields: { answer: 'fish' }, fieldsMean: 'fish' }],
  [
    'several choices',
    {
      type: choice(['wine', 'water', 'tea'], { multiple: true }),
      words: 'tea and wine',
      wordsMean: ['wine', 'tea'],
      fields: { answer: 'water' },
      fieldsMean: ['water'],
    },
  ],
  [
    'text',
    {
      type: text(),
      words: 'No nuts, please.\nAnd a chair for the cat.',
      wordsMean: 'No nuts, please.\nAnd a chair for the cat.',
      fields: { answer: 'Ничего острого' },
      fieldsMean: 'Ничего острого',
    },
  ],
  [
    'a number',
    {
      type: number({ min: 1, max: 8, integer: true }),
      words: '3',
      wordsMean: 3,
      fields: { answer: '4' },
      fieldsMean: 4,
    },
  ],
  [
    'a date',
    {
      type: date(),
      words: '27/11/2026',
      wordsMean: '2026-11-27',
      fields: { answer: '2026-12-24' },
      fieldsMean: '2026-12-24',
    },
  ],
  [
    'who comes, and with how many',
    {
      type: rsvp({ maxParty: 4 }),
      words: 'YES 2',
      wordsMean: { coming: 'yes', party: 2 },
      fields: { answer: 'maybe', party: '3' },
      fieldsMean: { coming: 'maybe', party: 3 },
    },
  ],
]

test.each(cases)('%s: asked by e-mail, answered by reply', async (_name, { type, words, wordsMean }) => {
  const { invitation, mail } = await ask('ann@guests.test', type)
  expect(await reply(mail, words)).toMatch(/^250/)
  expect(await endOf(invitation)).toMatchObject({ kind: 'answered', value: wordsMean, via: 'email' })
})

test.each(cases)('%s: asked by e-mail, answered on the page', async (_name, { fields, fieldsMean, type }) => {
  const { invitation, mail } = await ask('ann@guests.test', type)
  expect(await answerByLink(mail.link ?? '', fields)).toMatchObject({ status: 200 })
  expect(await endOf(invitation)).toMatchObject({ value: fieldsMean, via: 'portal' })
})

test('an answer of the wrong kind is kept and does not count; the right one after it does', async () => {
  const { invitation, mail } = await ask('ann@guests.test', number({ min: 1, max: 8 }))
  expect(await reply(mail, 'ninety')).toMatch(/^250/)
  expect(await invitation.state()).toBe('pending')
  const [kept] = await inviteMe.invitations.responses(invitation.id)
  expect(kept).toMatchObject({ value: 'ninety', revision: null })
  await reply(mail, '3')
  expect(await endOf(invitation)).toMatchObject({ value: 3, revision: 1 })
})

test('an answer of a machine is none', async () => {
  const { invitation, mail } = await ask('ann@guests.test', yesNo())
  expect(await reply(mail, 'Yes, I am away', { 'Auto-Submitted': 'auto-replied' })).toMatch(/^250/)
  expect(await invitation.state()).toBe('pending')
  expect(await inviteMe.invitations.responses(invitation.id)).toEqual([])
})

test('a reply from another address counts, provisionally, and the story says so', async () => {
  const { invitation, mail } = await ask('ann@guests.test', yesNo())
  await reply(mail, 'Yes', { from: 'ann.private@elsewhere.test' })
  expect(await endOf(invitation)).toMatchObject({ kind: 'answered', value: true })
  expect(await inviteMe.invitations.responses(invitation.id)).toMatchObject([
    { status: 'counted', provisional: true },
  ])
  expect(await invitation.why()).toContain('from another address than the one invited')
})

test('a reply to a token that is not ours changes nothing', async () => {
  const { invitation, mail } = await ask('ann@guests.test', yesNo())
  const forged = { ...mail, replyTo: mail.replyTo.replace(/\+[^@]+/, '+0123456789abcdefghjkmnpqrs') }
  expect(await reply(forged, 'No')).toMatch(/^250/)
  expect(await invitation.state()).toBe('pending')
})

test('a later answer by another way is a revision', async () => {
  const { invitation, mail } = await ask('ann@guests.test', yesNo())
  await answerByLink(mail.link ?? '', { answer: 'yes' })
  await reply(mail, 'No, sorry')
  expect(await inviteMe.invitations.get(invitation.id)).toMatchObject({
    state: 'declined',
    value: false,
    via: 'email',
    revision: 2,
  })
})

test('a link that has run out offers a fresh one, by the same route', async () => {
  const { invitation, mail } = await ask('ann@guests.test', yesNo())
  aheadMs = 31 * day
  expect(await answerByLink(mail.link ?? '', { answer: 'yes' })).toMatchObject({ status: 403 })
  expect(await invitation.state()).toBe('pending')

  expect(await answerByLink(mail.link ?? '', { 'invite-me-renew': '1' })).toMatchObject({ status: 200 })
  const fresh = await mailAfter(1)
  expect(fresh.to.address).toBe('ann@guests.test')
  expect(fresh.link).not.toBe(mail.link)
  await answerByLink(fresh.link ?? '', { answer: 'yes' })
  expect(await endOf(invitation)).toMatchObject({ kind: 'answered', value: true, via: 'portal' })
})

test('one click unsubscribes: the next question is not sent, and the story says why', async () => {
  const { mail } = await ask('ann@guests.test', yesNo())
  expect(mail.headers.get('list-unsubscribe-post')).toBe('List-Unsubscribe=One-Click')
  const address = mail.unsubscribe ?? ''

  // Fetching it, as scanners do, changes nothing.
  expect((await fetch(address)).status).toBe(200)
  const second = await ask('ann@guests.test', yesNo())

  const body = new URLSearchParams({ 'List-Unsubscribe': 'One-Click' })
  expect((await fetch(address, { method: 'POST', body, redirect: 'error' })).status).toBe(200)
  const third = await inviteMe.ask('ann@guests.test', 'And on Saturday?', { answer: yesNo() })
  expect(await endOf(third)).toMatchObject({ kind: 'unreachable' })
  expect(await third.why()).toMatch(/email left out: the person switched this kind of message off/)

  // What they were asked before can still be answered.
  await reply(second.mail, 'Yes')
  expect(await endOf(second.invitation)).toMatchObject({ kind: 'answered' })
  expect(sink.mails).toHaveLength(2)
})

test('who unsubscribes while a question waits to be sent again does not get it', async () => {
  const { mail } = await ask('ann@guests.test', yesNo())
  isGreylisting = true
  const waiting = await inviteMe.ask('ann@guests.test', 'And on Saturday?', { answer: yesNo() })
  const wasRefused = async () =>
    (await inviteMe.receipts.list({ invitationId: waiting.id })).some(({ kind }) => kind === 'failed')
  await waitUntil('the mail server asked to come back later', wasRefused, 5_000)

  const body = new URLSearchParams({ 'List-Unsubscribe': 'One-Click' })
  await fetch(mail.unsubscribe ?? '', { method: 'POST', body })
  isGreylisting = false
  aheadMs = day
  expect(await endOf(waiting)).toMatchObject({ kind: 'unreachable' })
  expect(sink.mails).toHaveLength(1)
})

test('every mail can be answered twice over: by its buttons and by a reply', async () => {
  const { mail } = await ask('ann@guests.test', yesNo(), { until: '2d' })
  expect(mail.text).toMatch(/Anna asks:/)
  expect(mail.text).toContain(`Yes: ${mail.link}?a=yes`)
  expect(mail.text).toContain('Or reply to this e-mail with YES or NO.')
  expect(mail.headers.get('auto-submitted')).toBe('auto-generated')
})
