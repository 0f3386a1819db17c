import { createInviteMe, rsvp, yesNo, type Invitation, type InviteMe } from '@invite-me/core'
import { sqlite } from '@invite-me/core/sqlite'
import { email } from '@invite-me/channels/email'
import { log } from '@invite-me/channels/log'
import { createTransport } from 'nodemailer'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { pollMailbox, type MailboxPoller } from '@invite-me/channels/email-imap'
import {
  readCalendarInvitation,
  writeCalendarAnswer,
  type CalendarAnswer,
} from '../peers/calendar-program.ts'
import { explainNoDovecot, startDovecot, type Dovecot } from '../peers/dovecot.ts'
import { readInvitationMail } from '../peers/invitation-mail.ts'
import { explainNoPostfix, startPostfix, type Postfix } from '../peers/postfix.ts'
import { startSmtpSink } from '../peers/smtp-sink.ts'
import { waitUntil } from '../peers/wait-until.ts'

const calendar = { start: '2026-12-01T18:00:00Z', end: '2026-12-01T20:00:00Z', location: 'Our kitchen' }
const question = { text: 'Dinner on Tuesday at 7?', calendar }

const missing = explainNoPostfix() ?? explainNoDovecot()
describe.skipIf(missing !== undefined)(
  `asked over a real mail server, answered from a real mailbox${missing === undefined ? '' : ` (${missing})`}`,
  { timeout: 60_000 },
  () => {
    const servers: (() => Promise<unknown>)[] = []
    const closers: (() => Promise<unknown>)[] = []
    let dovecot: Dovecot
    let postfix: Postfix
    let inviteMe: InviteMe
    let aheadMs: number
    let printed: string
    let results: string[]
    let tests = 0
    /** Domain whose mail comes back to us, each test's own, and with it a mailbox. */
    let domain: string

    beforeAll(async () => {
      // A mailbox for each domain, whatever stands before the @.
      dovecot = await startDovecot({ settings: { auth_username_format: '%Ld' } })
      servers.push(() => dovecot.close())
      const closed = await startSmtpSink({
        fault: ({ moment }) =>
          moment === 'recipient' ? { at: moment, reply: '550 5.2.1 The account is disabled' } : undefined,
      })
      servers.push(() => closed.close())
      postfix = await startPostfix({
        settings: {
          relay_domains: 'dinner.test, closed.test',
          transport_maps:
            `inline:{ { .dinner.test = lmtp:[127.0.0.1]:${dovecot.lmtpPort} }, ` +
            `{ closed.test = smtp:[127.0.0.1]:${closed.port} } }`,
        },
      })
      servers.push(() => postfix.close())
    }, 30_000)
    afterAll(async () => {
      for (const close of servers.splice(0).toReversed()) await close()
    }, 30_000)

    beforeEach(async () => {
      tests += 1
      domain = `answers${tests}.dinner.test`
      aheadMs = 0
      printed = ''
      results = []
      inviteMe = await createInviteMe({
        store: sqlite(':memory:'),
        channels: [
          email({
            smtp: { host: '127.0.0.1', port: postfix.port },
            from: 'Dinner <dinner@dinner.test>',
            replyDomain: domain,
            bounceDomain: domain,
          }),
          log({
            output: {
              write: (text, done) => {
                printed += text
                done()
              },
            },
          }),
        ],
        portal: { url: 'https://portal.dinner.test' },
        from: { name: 'Anna' },
        clock: {
          now: () => Date.now() + aheadMs,
          schedule: (delayMs, run) => {
            const timer = setTimeout(run, delayMs)
            return () => clearTimeout(timer)
          },
        },
      })
      closers.push(() => inviteMe.stop())
    })
    afterEach(async () => {
      for (const close of closers.splice(0).toReversed()) await close()
    }, 20_000)

    /** @param cutAfter mails after which the connection is cut, before the last one is marked */
    async function poll(cutAfter = Infinity): Promise<MailboxPoller> {
      let reads = 0
      const poller = await pollMailbox({
        host: '127.0.0.1',
        port: dovecot.imapPort,
        secure: false,
        auth: { user: `all@${domain}`, pass: dovecot.password },
        receive: async (request) => {
          const handled = await inviteMe.receive('email', request)
          reads += 1
          if (reads === cutAfter) await dovecot.stop()
          results.push(...handled.map(({ kind, result }) => `${kind} ${result}`))
        },
      })
      closers.push(() => poller.close())
      return poller
    }

    const ann = (address = `ann${tests}@guests.test`) => ({ routes: { email: address, log: 'ann' } })
    const endOf = <Value>(invitation: Invitation<Value>) =>
      invitation.answer({ signal: AbortSignal.timeout(20_000) })

    /** Waits for mail of this test in the mailboxes of people. */
    async function invitationMails(count = 1): Promise<readonly string[]> {
      const own = async () => (await postfix.mails()).filter((raw) => raw.includes(`@${domain}`))
      await waitUntil(`${count} invitations`, async () => (await own()).length >= count, 20_000)
      return own()
    }

    async function mail(from: string, to: string, raw: string): Promise<void> {
      const program = createTransport({ host: '127.0.0.1', port: postfix.port })
      try {
        await program.sendMail({ envelope: { from, to: [to] }, raw })
      } finally {
        program.close()
      }
    }

    const write = (from: string, to: string, words: string) =>
      mail(from, to, `From: ${from}\r\nTo: ${to}\r\n\r\n${words}\r\n`)

    /** Presses a button in the calendar the invitation lies in. */
    async function press(answer: Partial<CalendarAnswer> & Pick<CalendarAnswer, 'partstat'>): Promise<void> {
      const invitation = await readCalendarInvitation((await invitationMails())[0] ?? '')
      if (invitation === undefined) throw new Error('There is no invitation a calendar understands.')
      const raw = writeCalendarAnswer(invitation, { attendee: ann().routes.email, ...answer })
      await mail(ann().routes.email, invitation.organizer, raw)
    }

    test('a calendar that accepts answers the question, and the other route is not used', async () => {
      await poll()
      const invitation = await inviteMe.ask(ann(), question, {
        answer: yesNo(),
        via: ['email', 'log'],
        next: { unlessAnswered: '30m' },
      })
      const found = await readCalendarInvitation((await invitationMails())[0] ?? '')
      expect(found).toMatchObject({
        method: 'REQUEST',
        organizer: expect.stringMatching(/^reply\+[0-9a-z]{26}@answers\d+\.dinner\.test$/),
      })
      expect(found?.lines.get('DTSTART')).toBe('DTSTART:20261201T180000Z')
      await press({ partstat: 'ACCEPTED' })
      expect(await endOf(invitation)).toMatchObject({ kind: 'answered', value: true, via: 'email' })
      expect(await inviteMe.invitations.responses(invitation.id)).toMatchObject([
        { status: 'counted', provisional: false },
      ])
      aheadMs = 3_600_000
      await press({ partstat: 'DECLINED' })
      await waitUntil('the second answer', () => results.length === 2, 20_000)
      expect(await inviteMe.invitations.get(invitation.id)).toMatchObject({ value: false, revision: 2 })
      expect(printed).toBe('')
    })

    test('a tentative one with words is a maybe, and the words are kept', async () => {
      await poll()
      const invitation = await inviteMe.ask(ann(), question, { answer: rsvp(), via: ['email'] })
      await press({ partstat: 'TENTATIVE', comment: 'If the train runs' })
      expect(await endOf(invitation)).toMatchObject({ value: { coming: 'maybe' } })
      await waitUntil('the words', () => results.length === 2, 20_000)
      expect(await inviteMe.invitations.responses(invitation.id)).toEqual(
        expect.arrayContaining([expect.objectContaining({ status: 'proposed', value: 'If the train runs' })]),
      )
    })

    test('another time is a wish: the question stays open', async () => {
      await poll()
      const invitation = await inviteMe.ask(ann(), question, { answer: yesNo(), via: ['email'] })
      await press({ partstat: 'TENTATIVE', proposedStart: '20261202T180000Z' })
      await waitUntil('the wish', () => results.length === 1, 20_000)
      expect(results).toEqual(['proposed recorded'])
      expect(await invitation.state()).toBe('pending')
    })

    test('an answer for somebody else counts provisionally', async () => {
      await poll()
      const invitation = await inviteMe.ask(ann(), question, { answer: yesNo(), via: ['email'] })
      await press({ partstat: 'ACCEPTED', attendee: 'bob@guests.test' })
      expect(await endOf(invitation)).toMatchObject({ value: true })
      expect(await inviteMe.invitations.responses(invitation.id)).toMatchObject([{ provisional: true }])
    })

    test('words reach the same question', async () => {
      await poll()
      const invitation = await inviteMe.ask(ann(), question, { answer: yesNo(), via: ['email'] })
      const { replyTo } = await readInvitationMail((await invitationMails())[0] ?? '')
      await write(ann().routes.email, replyTo, 'No, sorry')
      expect(await endOf(invitation)).toMatchObject({ value: false, via: 'email' })
    })

    test('a bounce takes the next route', async () => {
      await poll()
      await inviteMe.ask(ann('eve@closed.test'), question, { answer: yesNo(), via: ['email', 'log'] })
      await waitUntil('the bounce', () => results.includes('failed recorded'), 20_000)
      await waitUntil('the next route', () => printed.includes('Dinner on Tuesday'), 20_000)
      expect(await inviteMe.deliveries.list({})).toMatchObject([{ state: 'sent' }])
    })

    test('STOP as a reply is the last mail', async () => {
      await poll()
      await inviteMe.ask(ann(), question, { answer: yesNo(), via: ['email'] })
      const { replyTo } = await readInvitationMail((await invitationMails())[0] ?? '')
      await write(ann().routes.email, replyTo, 'Stop')
      await waitUntil('it is taken', () => results.includes('opted_out recorded'), 20_000)
      const next = await inviteMe.ask(ann(), 'And on Friday?', { answer: yesNo(), via: ['email'] })
      expect(await endOf(next)).toMatchObject({ kind: 'unreachable' })
    })

    test('a reader that ends anywhere and is started again loses nothing and repeats nothing', async () => {
      const guests = Array.from({ length: 8 }, (_, index) => `guest${index}@guests.test`)
      const invitations = await Promise.all(
        guests.map((guest) => inviteMe.ask(guest, question, { answer: yesNo(), via: ['email'] })),
      )
      const mails = await invitationMails(guests.length)
      for (const raw of mails) {
        const { replyTo, to } = await readInvitationMail(raw)
        await write(to.address, replyTo, 'Yes')
      }
      const isAllThere = async () => (await unread()) === guests.length
      await waitUntil('every reply lies in the mailbox', isAllThere, 20_000)
      for (const reads of [1, 2, 3]) {
        const before = results.length
        const reader = await poll(reads)
        await waitUntil('the connection is cut', () => results.length === before + reads, 20_000)
        await reader.close()
        await dovecot.start()
      }
      await poll()
      await waitUntil('the mailbox is read to its end', async () => (await unread()) === 0, 20_000)
      const responses = (
        await Promise.all(invitations.map(({ id }) => inviteMe.invitations.responses(id)))
      ).flat()
      expect(responses.map(({ status, revision }) => `${status} ${revision}`)).toEqual(
        guests.map(() => 'counted 1'),
      )
      // What was written down last before each cut came once more.
      expect(results.toSorted()).toEqual([
        ...guests.map(() => 'answer recorded'),
        ...Array.from({ length: 3 }, () => 'answer repeated'),
      ])
    })

    async function unread(): Promise<number> {
      const { ImapFlow } = await import('imapflow')
      const client = new ImapFlow({
        host: '127.0.0.1',
        port: dovecot.imapPort,
        secure: false,
        auth: { user: `all@${domain}`, pass: dovecot.password },
        logger: false,
      })
      await client.connect()
      const status = await client.status('INBOX', { unseen: true })
      await client.logout()
      return status === false ? -1 : (status.unseen ?? -1)
    }
  },
)
