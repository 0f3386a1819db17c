import { generateKeyPairSync } from 'node:crypto'
import { email } from '@invite-me/channels/email'
import { createInviteMe, yesNo } from '@invite-me/core'
import { sqlite } from '@invite-me/core/sqlite'
import { createPortal } from '@invite-me/server/portal'
import { authenticate } from 'mailauth'
import { describe, expect, onTestFinished, test } from 'vitest'
import { startSmtpSink } from '../peers/smtp-sink.ts'

const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2_048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'der' },
})

/** The only names there are: the key of dinner.test and its policy. */
const records: Readonly<Record<string, string>> = {
  's1._domainkey.dinner.test': `v=DKIM1; k=rsa; p=${publicKey.toString('base64')}`,
  '_dmarc.dinner.test': 'v=DMARC1; p=reject; adkim=s',
}

async function resolver(name: string, type: string): Promise<string[][]> {
  const record = type === 'TXT' ? records[name] : undefined
  if (record === undefined) throw Object.assign(new Error('no such name'), { code: 'ENOTFOUND' })
  return [[record]]
}

/** What a receiving server makes of a mail. */
async function check(raw: string) {
  const { dkim, dmarc } = await authenticate(raw, {
    resolver,
    disableArc: true,
    disableBimi: true,
    ip: '127.0.0.1',
    sender: 'dinner@dinner.test',
  })
  return {
    dkim: dkim.results.map(({ status }) => status.result),
    dmarc: dmarc ? dmarc.status.result : undefined,
  }
}

/** Asks one question by signed mail and gives the mail as it arrived. */
async function receiveMail(text: string) {
  const sink = await startSmtpSink()
  const inviteMe = await createInviteMe({
    store: sqlite(':memory:'),
    portal: { url: 'https://portal.dinner.test' },
    channels: [
      email({
        smtp: { host: '127.0.0.1', port: sink.port },
        from: 'Dinner <dinner@dinner.test>',
        replyDomain: 'reply.dinner.test',
        feedbackId: 'dinner-hosts',
        dkim: { domainName: 'dinner.test', keySelector: 's1', privateKey },
      }),
    ],
  })
  onTestFinished(async () => {
    await inviteMe.stop()
    await sink.close()
  })
  const calendar = { start: '2026-12-01T19:00:00Z', location: 'Anna’s flat' }
  await inviteMe.ask('ann@guests.test', { text, calendar }, { answer: yesNo() })
  const [mail] = await sink.waitFor(1)
  return { raw: mail?.raw ?? '', inviteMe }
}

describe('a mail signed by us', () => {
  test('is taken by a strict receiver, with both unsubscribe headers covered', async () => {
    const { raw } = await receiveMail('Dinner?\n\n  with   spaces \n. and a dot\n\n\nЖду — 👋🏽\n\n\n')
    expect(await check(raw)).toEqual({ dkim: ['pass'], dmarc: 'pass' })
    const names = /h=([^;]+);/.exec(raw)?.[1]?.replace(/\s/g, '').split(':') ?? []
    expect(names.filter((name) => name.startsWith('list-unsubscribe')).toSorted()).toEqual([
      'list-unsubscribe',
      'list-unsubscribe',
      'list-unsubscribe-post',
      'list-unsubscribe-post',
    ])
  })

  test.each<readonly [string, (raw: string) => string]>([
    [
      'the link to unsubscribe',
      (raw) => raw.replace('<https://portal.dinner.test/u/', '<https://evil.test/u/'),
    ],
    ['one-click', (raw) => raw.replace(/^List-Unsubscribe-Post: .*\r\n/m, '')],
    ['a second link', (raw) => `List-Unsubscribe: <https://evil.test/u/x>\r\n${raw}`],
    ['a second one-click', (raw) => `List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n${raw}`],
    ['a second sender', (raw) => `From: Eve <eve@evil.test>\r\n${raw}`],
    ['a second subject', (raw) => `Subject: You have won\r\n${raw}`],
    ['a second recipient', (raw) => `To: eve@evil.test\r\n${raw}`],
    ['the text', (raw) => raw.replace('Dinner?', 'Supper?')],
    ['the calendar entry', (raw) => raw.replace(/(application\/ics[\s\S]+\r\n\r\n....)./, '$1A')],
  ])('is refused once somebody has changed %s', async (_what, change) => {
    const { raw } = await receiveMail('Dinner?')
    const changed = change(raw)
    expect(changed).not.toBe(raw)
    const { dkim, dmarc } = await check(changed)
    expect([dkim.length, dkim.includes('pass'), dmarc === 'pass']).toEqual([1, false, false])
  })

  test('is still good after a relay has folded it anew and added lines of its own', async () => {
    const { raw } = await receiveMail('Dinner?')
    const relayed = `Received: from a by b\r\nX-Spam: no\r\n${raw.replace(/^Subject: /m, 'Subject:\r\n\t ')}`
    expect(await check(relayed)).toEqual({ dkim: ['pass'], dmarc: 'pass' })
  })

  test('stops its kind of messages by the one click of a mail program, without a page, a cookie or a redirect', async () => {
    const { inviteMe, raw } = await receiveMail('Dinner?')
    const link = /^List-Unsubscribe: <([^>]+)>/m.exec(raw)?.[1] ?? ''
    const post = /^List-Unsubscribe-Post: (.+)\r$/m.exec(raw)?.[1]
    const portal = createPortal(inviteMe)
    const request = new Request(link, {
      method: 'POST',
      body: post ?? '',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    })
    const response = await portal(request)
    expect([response.status, response.headers.get('set-cookie')]).toEqual([200, null])
    const reasonOf = async (category: string) => {
      const { messageId } = await inviteMe.send('ann@guests.test', 'Lunch?', { category })
      const [delivery] = await inviteMe.deliveries.list({ messageId })
      return delivery?.plan[0]?.reason
    }
    expect(await reasonOf('invitation')).toBe('category_switched_off')
    expect(await reasonOf('notice')).toBe('needs_no_answer')
  })
})
