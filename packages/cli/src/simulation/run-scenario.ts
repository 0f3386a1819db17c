import { channelCatalogue } from '@invite-me/channels/catalog'
import type { AskOptions, InvitationRecord, InviteMe, StoryLine, Tally } from '@invite-me/core'
import { storyLines } from '@invite-me/core'
import { InviteMeError, isInviteMeError } from '@invite-me/core/channel'
import {
  sampleOutcomes,
  scriptedChannel,
  testInviteMe,
  virtualClock,
  virtualStartMs,
  type InviteMeTest,
  type InviteMeTestOptions,
  type OutboxEntry,
  type ScriptedChannel,
} from '@invite-me/core/testing'
import { readAnswerOption } from '../answer-option.ts'
import { isTimeOfDay, isWithinHours, readSpan, type Beginning } from './moments.ts'
import { channelsOf, momentIn, type Fault, type Reply, type Scenario } from './scenario.ts'

/** How long a message is on its way once a provider has taken it. */
const onItsWayMs = 2_000
/** Most invitations of one question that are looked at afterwards; a scenario has fewer people. */
const everybody = { limit: 1_000 }

/** Something that happened to one person, or would have. */
export interface Happening extends StoryLine {
  /** Id of the person. */
  readonly who: string
}

/** What became of one question to one person. */
export interface Ending {
  readonly who: string
  readonly question: string
  readonly invitation: InvitationRecord
  /** How long after the question the answer came, in ms; `null` when none did. */
  readonly tookMs: number | null
}

/** What happened in a scenario. */
export interface Simulated extends Beginning {
  readonly endMs: number
  /** In order of time. */
  readonly happenings: readonly Happening[]
  /** By question, then by person. */
  readonly endings: readonly Ending[]
  readonly tallies: readonly Tally[]
}

/**
 * Lets a scenario happen, on a clock of its own and with providers that do what it says. Nothing leaves this machine.
 * @throws InviteMeError what the engine refuses of it, or `REQUEST_INVALID` for a moment that is none
 */
export async function runScenario(scenario: Scenario): Promise<Simulated> {
  const beginning = beginningOf(scenario)
  const clock = virtualClock(beginning.startMs)
  const channels = channelsOf(scenario).map((name) => {
    const supports = channelCatalogue.find((entry) => entry.name === name)?.supports
    return scriptedChannel({ name, ...(supports !== undefined && { supports }) })
  })
  const t = await testInviteMe({
    clock,
    channels,
    zone: beginning.zone,
    ...(scenario.order !== undefined && { order: scenario.order }),
    // What a file says of policies, the engine checks.
    ...(scenario.policies !== undefined && {
      policies: scenario.policies as NonNullable<InviteMeTestOptions['policies']>,
    }),
  })
  try {
    return await new Simulation(scenario, beginning, t, channels).run()
  } finally {
    await t.stop()
  }
}

function beginningOf({ start, zone }: Scenario): Beginning {
  const unset = { startMs: virtualStartMs, zone }
  return start === undefined ? unset : { zone, startMs: momentIn(unset, start, 'start') }
}

/** A question that was asked. */
interface Asked {
  readonly number: number
  readonly messageId: string
}

/** A message that reached somebody. */
interface Arrival {
  readonly who: string
  readonly question: number
  readonly channel: ScriptedChannel
  readonly entry: OutboxEntry
}

class Simulation {
  readonly #scenario: Scenario
  readonly #beginning: Beginning
  readonly #t: InviteMeTest
  readonly #inviteMe: InviteMe
  readonly #channels: readonly ScriptedChannel[]
  readonly #asked: Asked[] = []
  readonly #arrivals: Arrival[] = []
  readonly #answered = new Set<string>()
  readonly #remarks: Happening[] = []
  #failure: unknown

  constructor(
    scenario: Scenario,
    beginning: Beginning,
    t: InviteMeTest,
    channels: readonly ScriptedChannel[],
  ) {
    this.#scenario = scenario
    this.#beginning = beginning
    this.#t = t
    this.#inviteMe = t.inviteMe
    this.#channels = channels
  }

  async run(): Promise<Simulated> {
    for (const channel of this.#channels) this.#playProvider(channel)
    for (const { id: externalId, ...person } of this.#scenario.people)
      // What a file says of a person, the engine checks.
      await this.#inviteMe.recipients.upsert({
        externalId,
        ...person,
      } as Parameters<InviteMe['recipients']['upsert']>[0])
    this.#planQuestions()
    this.#planTimedReplies()
    await this.#t.advance(readSpan(this.#scenario.for) ?? 0)
    if (this.#failure !== undefined) throw this.#failure
    return this.#look()
  }

  #at(ms: number, work: () => Promise<void>): void {
    const { clock } = this.#t
    clock.schedule(ms - clock.now(), () => {
      void clock.track(
        work().catch((error: unknown) => {
          this.#failure ??= error
        }),
      )
    })
  }

  #planQuestions(): void {
    for (const [index, { to, question, answer, at, ...options }] of this.#scenario.asks.entries()) {
      const ms = at === undefined ? this.#beginning.startMs : this.#moment(at, `asks.${String(index)}.at`)
      const type = readAnswerOption(answer)
      this.#at(ms, async () => {
        const { messageId } = await this.#inviteMe.ask(to, question, {
          ...(options as Omit<AskOptions<unknown>, 'answer'>),
          answer: type,
        })
        this.#asked.push({ number: index + 1, messageId })
      })
    }
  }

  #planTimedReplies(): void {
    for (const [index, reply] of this.#scenario.answers.entries()) {
      if (reply.at === undefined) continue
      this.#at(this.#moment(reply.at, `answers.${String(index)}.at`), async () => {
        const arrival = this.#arrivals.findLast((one) => isMeant(reply, one))
        if (arrival === undefined)
          this.#remark(reply.who, `would say "${reply.says}", but nothing has arrived`)
        else await this.#say(arrival, reply)
      })
    }
  }

  /** @throws InviteMeError `REQUEST_INVALID` for one that does not come */
  #moment(text: string, field: string): number {
    const ms = momentIn(this.#beginning, text, field)
    const endMs = this.#beginning.startMs + (readSpan(this.#scenario.for) ?? 0)
    if (ms >= this.#beginning.startMs && ms <= endMs) return ms
    const when =
      ms > endMs ? `after its end; lengthen "for", which is ${this.#scenario.for}` : 'before its start'
    throw new InviteMeError('REQUEST_INVALID', `"${field}" is wrong: "${text}" is ${when}.`, { field })
  }

  /** The channel does what its faults say at the moment, and else takes messages and delivers them. */
  #playProvider(channel: ScriptedChannel): void {
    const faults = this.#scenario.faults.filter((fault) => fault.channel === channel.name)
    for (const [index, fault] of faults.entries()) this.#period(fault, `faults.${String(index)}`)
    channel.failAlways((_message, { clock, idempotencyKey }) => {
      const nowMs = clock.now()
      const fault = faults.find((one) => this.#isActive(one, nowMs))
      if (fault !== undefined && fault.does !== 'silent') return sampleOutcomes[fault.does]
      if (fault === undefined) this.#at(nowMs + onItsWayMs, () => this.#arrive(channel, idempotencyKey))
      return sampleOutcomes.accepted
    })
  }

  #isActive(fault: Fault, nowMs: number): boolean {
    const { from, to, zone = this.#beginning.zone } = fault
    if (from !== undefined && to !== undefined && isTimeOfDay(from))
      return isWithinHours(nowMs, { from, to }, zone)
    const [fromMs, toMs] = this.#period(fault, 'faults')
    return fromMs <= nowMs && nowMs < toMs
  }

  #period({ from, to, zone = this.#beginning.zone }: Fault, field: string): readonly [number, number] {
    const beginning = { ...this.#beginning, zone }
    return [
      from === undefined ? -Infinity : momentIn(beginning, from, `${field}.from`),
      to === undefined ? Infinity : momentIn(beginning, to, `${field}.to`),
    ]
  }

  async #arrive(channel: ScriptedChannel, idempotencyKey: string): Promise<void> {
    const entry = channel.outbox.findLast((one) => one.idempotencyKey === idempotencyKey)
    // The engine begins its keys with the id of the delivery.
    const delivery = await this.#inviteMe.deliveries.get(idempotencyKey.split('.')[0] ?? '')
    const asked = this.#asked.find(({ messageId }) => messageId === delivery?.messageId)
    if (entry === undefined || delivery === undefined || asked === undefined) return
    const arrival = { who: delivery.to, question: asked.number, channel, entry }
    this.#arrivals.push(arrival)
    if (channel.supports.reports.includes('delivered'))
      await this.#inviteMe.receive(channel.name, channel.report(entry, 'delivered'))
    this.#planReplies(arrival)
  }

  /** Each answers a question once, however often it reaches them. */
  #planReplies(arrival: Arrival): void {
    for (const [index, reply] of this.#scenario.answers.entries()) {
      const name = `${String(index)} ${String(arrival.question)}`
      if (reply.after === undefined || !isMeant(reply, arrival) || this.#answered.has(name)) continue
      this.#answered.add(name)
      this.#at(this.#t.clock.now() + (readSpan(reply.after) ?? 0), () => this.#say(arrival, reply))
    }
  }

  async #say({ channel, entry }: Arrival, { says, who }: Reply): Promise<void> {
    try {
      await this.#inviteMe.receive(channel.name, channel.reply(entry, says))
    } catch (error) {
      if (!isInviteMeError(error)) throw error
      this.#remark(who, `said "${says}", which was refused: ${error.message}`)
    }
  }

  #remark(who: string, text: string): void {
    this.#remarks.push({ who, at: new Date(this.#t.clock.now()), text })
  }

  async #look(): Promise<Simulated> {
    const happenings: Happening[] = []
    const endings: Ending[] = []
    const tallies: Tally[] = []
    for (const { messageId } of this.#asked.toSorted((a, b) => a.number - b.number)) {
      const message = await this.#inviteMe.messages.get(messageId)
      if (message === undefined) continue
      tallies.push(await this.#inviteMe.invitations.tally(messageId))
      for (const invitation of await this.#inviteMe.invitations.list({ messageId }, everybody)) {
        const { to: who, id: invitationId, answeredAt, createdAt } = invitation
        const [deliveries, receipts, responses] = await Promise.all([
          this.#inviteMe.deliveries.list({ invitationId }, everybody),
          this.#inviteMe.receipts.list({ invitationId }, everybody),
          this.#inviteMe.invitations.responses(invitationId),
        ])
        const text = `is asked: ${message.content.text}`
        happenings.push({ who, at: createdAt, text })
        for (const line of storyLines({ message, invitation, deliveries, receipts, responses }))
          happenings.push({ who, ...line })
        if (invitation.state === 'expired' && invitation.closedAt !== null)
          happenings.push({ who, at: invitation.closedAt, text: 'the question is over' })
        const tookMs = answeredAt === null ? null : answeredAt.getTime() - createdAt.getTime()
        endings.push({ who, question: message.content.text, invitation, tookMs })
      }
    }
    const inOrder = [...happenings, ...this.#remarks].toSorted((a, b) => a.at.getTime() - b.at.getTime())
    return { ...this.#beginning, endMs: this.#t.clock.now(), happenings: inOrder, endings, tallies }
  }
}

function isMeant({ who, via, ask }: Reply, arrival: Arrival): boolean {
  return (
    arrival.who === who &&
    (via === undefined || via === arrival.channel.name) &&
    (ask === undefined || ask === arrival.question)
  )
}
