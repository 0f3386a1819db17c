import type { InvitationRecord, Receipt } from '@invite-me/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { allRows } from '../peers/all-rows.ts'
import { prepareDinner, type DinnerEvening } from '../peers/dinner-evening.ts'
import { actsOf, endOf } from '../peers/dinner-guest.ts'
import { DinnerGuests } from '../peers/dinner-guests.ts'
import { readInvitationMail } from '../peers/invitation-mail.ts'
import type { CommandEnd, RunningCommand } from '../peers/run-command.ts'
import { waitUntil } from '../peers/wait-until.ts'

/** The four of the 200 people nobody reaches, by what the list says about them. */
const lost = { misspelt: 'g097', closed: 'g122', impossible: 'g134', optedOut: 'g151' }
const unreachable: readonly string[] = Object.values(lost)
const reachable = 200 - unreachable.length

/** Of the first run's mails so many are known to it as taken, and at least so many are taken without its knowing. */
const knownMails = 70
const leastUnknownMails = 2
/** Guests who have done what they do when the second run is killed. */
const killAtGuests = 60

type Standing = Pick<InvitationRecord, 'revision' | 'state' | 'to' | 'via'>

describe('200 people are asked by e-mail and answer in their own ways, while the command is killed twice', () => {
  let evening: DinnerEvening
  let guests: DinnerGuests
  let messageId: string
  let reported: readonly unknown[]
  let third: RunningCommand
  let thirdEnd: CommandEnd
  let receipts: readonly Receipt[]
  /** By invitation, in the order of the list. */
  let expected: ReadonlyMap<string, Standing>
  let standing: ReadonlyMap<string, Standing>

  beforeAll(async () => {
    evening = await prepareDinner({ stallAfter: knownMails })
    const { ask, server, wire } = evening

    // The first run dies while it sends; some mails have arrived without its knowing.
    const first = ask()
    await waitUntil('some mails are out', () => wire.heldBack >= leastUnknownMails, 30_000)
    await first.end('SIGKILL')
    wire.goOn()
    reported = first.documents()
    messageId = String(first.documents().find(({ type }) => type === 'accepted')?.['messageId'])

    const watching = await evening.open()
    const invitations = () => allRows((page) => watching.invitations.list({ messageId }, page))
    const byId = new Map((await invitations()).map((record) => [record.id, record]))
    const deliveries = await allRows((page) => watching.deliveries.list({ messageId }, page))
    const people = deliveries.flatMap(({ id, invitationId }) => {
      const record = byId.get(invitationId ?? '')
      return record === undefined ? [] : [[id, record] as const]
    })

    // Of those whose mail the first run knew nothing of, every second one waits for another copy.
    const inHands = new Set(deliveries.filter(({ state }) => state === 'sending').map(({ id }) => id))
    const arrivedUnknown = async () => {
      const mails = await Promise.all((await server.mails()).map(readInvitationMail))
      return mails.map(({ deliveryId }) => deliveryId).filter((id) => inHands.has(id))
    }
    const areThere = async () => (await arrivedUnknown()).length >= leastUnknownMails
    await waitUntil('the mails it knew nothing of are there', areThere, 10_000)
    const slow = new Set((await arrivedUnknown()).filter((_, place) => place % 2 === 0))

    // The second run goes on sending, people begin to answer, and it dies while their answers come in.
    guests = new DinnerGuests(server, new Map(people), slow)
    const haveAnswered = (count: number) => async () => {
      await guests.openNewMails()
      return guests.done >= count
    }
    const second = ask()
    await waitUntil('some guests have answered', haveAnswered(killAtGuests), 40_000)
    await second.end('SIGKILL')

    // The third run does the rest. What the others held in their hands goes out when their lease has run out.
    third = ask()
    await waitUntil('all guests have done what they do', haveAnswered(reachable), 60_000)
    await server.passedOn(30_000)
    const areKnown = async () =>
      (await watching.invitations.list({ messageId, state: 'unreachable' })).length >= unreachable.length
    await waitUntil('who is not reached is known', areKnown, 30_000)

    expected = new Map(
      people.map(([, { id, locale, to }], number) => {
        const nobody = { state: 'unreachable', revision: 0, via: null } as const
        return [id, { to, ...(unreachable.includes(to) ? nobody : endOf(actsOf(number, locale))) }]
      }),
    )
    standing = new Map(
      (await invitations()).map(({ id, revision, state, to, via }) => [id, { to, state, revision, via }]),
    )
    receipts = await allRows((page) => watching.receipts.list({ messageId }, page))
    const ends = [...expected.values()].filter(({ state }) => state !== 'pending').length
    await waitUntil('all ends are told', () => answersOf(third).length >= ends, 10_000)
    thirdEnd = await third.end('SIGINT')
  })
  afterAll(() => evening.close(), 30_000)

  const answersOf = (command: RunningCommand) => command.documents().filter(({ type }) => type === 'answer')
  const mailOf = (to: string) => guests.mails.get(to)?.[0]

  test('lines that cannot be used are reported with their number, and cost nobody else anything', () => {
    expect(reported.slice(0, 4)).toEqual([
      expect.objectContaining({
        type: 'problem',
        line: 165,
        message: expect.stringMatching(/3 columns.* 6/),
      }),
      expect.objectContaining({
        type: 'problem',
        line: 176,
        message: expect.stringMatching(/at most 2,000/),
      }),
      // An address that cannot be one is kept, since the mail server has the last word.
      expect.objectContaining({
        type: 'warning',
        line: 136,
        message: expect.stringMatching(/cannot be one/),
      }),
      { type: 'accepted', messageId, people: 200 },
    ])
  })

  test('everybody stands where a human would say they stand', () => {
    expect(standing.size).toBe(200)
    expect(standing).toEqual(expected)
  })

  test('the last run tells everybody’s end once, whichever run recorded it', () => {
    const ended = [...expected].filter(([, { state }]) => state !== 'pending').map(([id]) => id)
    const told = answersOf(third).map(({ invitationId }) => String(invitationId))
    expect(told.toSorted()).toEqual(ended.toSorted())
    expect(thirdEnd.code).toBe(130)
  })

  test('nobody is forgotten, and nobody gets two mails but who was in the hands of a killed run', () => {
    const invited = [...expected.values()].map(({ to }) => to).filter((to) => !unreachable.includes(to))
    expect(new Set(guests.mails.keys())).toEqual(new Set(invited))

    const doubtful = receipts.flatMap(({ deliveryId, duplicatePossible }) =>
      duplicatePossible ? [deliveryId] : [],
    )
    const copies = [...guests.mails.values()].map((mails) => mails.map(({ deliveryId }) => deliveryId))
    const twice = copies.filter(({ length }) => length > 1)
    // A kill costs a copy at most.
    expect(Math.max(...copies.map(({ length }) => length))).toBeLessThanOrEqual(3)
    expect(twice.flat()).toEqual(expect.arrayContaining([...guests.slow]))
    expect(doubtful).toEqual(expect.arrayContaining(twice.flat()))
  })

  test('names and addresses arrive as they are meant', () => {
    expect(mailOf('g003')?.to).toEqual({ name: 'Anna "Nüsschen" Weiß', address: 'anna.weiss@guests.test' })
    expect(mailOf('g008')?.to.name).toBe('Smith, John, Jr.')
    expect(mailOf('g024')?.to.name).toMatch(/^Wolfgang Maria .* und zu Hohenschwangau-Lichtenfels$/)
    expect(mailOf('g032')?.to.name).toBe('Юлия 🎉 Ткач')
    expect(mailOf('g039')?.to.address).toBe("aoife.o'neill@guests.test")
    expect(mailOf('g081')?.to.address).toBe('jürgen@guests.test')
    expect(mailOf('g004')?.to.address).toBe('benoit.lefevre@xn--bcher-kva.test')
  })

  test('everybody is asked in their language, where we have its words', () => {
    expect(mailOf('g010')?.text).toContain('Anna спрашивает:')
    expect(mailOf('g001')?.text).toContain('Anna asks:')
  })

  test('a couple with one mailbox are two people, a person listed twice is one', () => {
    expect(mailOf('g111')?.to).toEqual({ name: 'Petra Vogel', address: 'familie.vogel@guests.test' })
    expect(mailOf('g112')?.to).toEqual({ name: 'Rainer Vogel', address: 'familie.vogel@guests.test' })
    expect(mailOf('mia.lindqvist@guests.test')?.to.name).toBe('Mia Lindqvist')
    expect(mailOf('g014')?.to.address).toBe('jose.munoz@guests.test')
  })

  describe('when the deadline is over', () => {
    let mailsBefore: number
    let fourth: RunningCommand
    let fourthEnd: CommandEnd

    beforeAll(async () => {
      const later = await evening.open({ laterMs: 3 * 86_400_000, dispatch: true })
      const isOver = async () => (await later.invitations.list({ messageId, state: 'pending' })).length === 0
      await waitUntil('nobody is waited for any more', isOver, 10_000)
      await later.stop()
      mailsBefore = await evening.server.count()
      fourth = evening.ask()
      fourthEnd = await fourth.ended()
    })

    const sumsOf = (states: readonly string[]) =>
      Object.fromEntries(
        [...Map.groupBy(states, (state) => state)].map(([state, all]) => [state, all.length]),
      )
    const finals = () =>
      sumsOf([...expected.values()].map(({ state }) => (state === 'pending' ? 'expired' : state)))

    test('everybody has one final state, and the sums of status are those of the people', async () => {
      const status = await evening.tell('status', messageId)
      expect(status).toMatchObject({ invitations: finals(), people: { length: 200 }, hasMore: false })
      const { deliveries } = status as { deliveries: Readonly<Record<string, number>> }
      expect(Object.values(deliveries).reduce((sum, count) => sum + count, 0)).toBe(200)
    })

    test('the same command tells all of it, sends nothing and ends by itself', async () => {
      const { accepted, declined, expired } = finals()
      expect(fourthEnd).toMatchObject({ code: 3, stderr: '' })
      expect(answersOf(fourth)).toHaveLength(200)
      expect(fourth.documents().at(-1)).toEqual({
        type: 'summary',
        messageId,
        people: 200,
        answered: accepted,
        declined,
        expired,
        unreachable: unreachable.length,
        cancelled: 0,
      })
      expect(await evening.server.count()).toBe(mailsBefore)
    })

    const list = () => [...expected]
    const idOf = (to: string) => list().find(([, standing]) => standing.to === to)?.[0]
    const idAt = (place: number) => list()[place]?.[0]

    test.each([
      [
        'the address is wrong',
        () => idOf(lost.misspelt),
        /does not exist.*\(550 5\.1\.1\)[^]*now: unreachable/,
      ],
      [
        'the mail comes back later',
        () => idOf(lost.closed),
        /email accepted[^]*returned it.*\(550 5\.[12]\.1\)/,
      ],
      [
        'the address is impossible',
        () => idOf(lost.impossible),
        /This is not an e-mail address[^]*unreachable/,
      ],
      ['the person said stop', () => idOf(lost.optedOut), /left out: the person opted out of it/],
      ['the person changed their mind', () => idAt(15), /answered yes by portal[^]*changed to no by email/i],
      ['another address answered', () => idAt(27), /by email \(from another address than the one invited\)/],
      ['nobody understood', () => idAt(118), /not clear; it is kept for a human[^]*now: expired/],
      ['only a machine answered', () => idAt(18), /email accepted it\n.*the deadline passed\nnow: expired/],
      ['the mail came twice', () => idOf(slowest()), /it may have been sent[^]*it may have arrived twice/],
    ])('why: %s', async (_case, id, story) => {
      const { lines } = (await evening.tell('why', id() ?? '')) as { lines: readonly string[] }
      expect(lines.join('\n')).toMatch(story)
    })

    const slowest = () =>
      [...guests.mails].find(([, [mail]]) => guests.slow.has(mail?.deliveryId ?? ''))?.[0] ?? ''
  })
})
