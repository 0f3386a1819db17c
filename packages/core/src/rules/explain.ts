import type { AnswerSpec } from '../model/answer.ts'
import type { Delivery } from '../model/delivery.ts'
import type { InvitationRecord } from '../model/invitation.ts'
import type { Message } from '../model/message.ts'
import type { Plan, PlannedRoute, SkipReason } from '../model/plan.ts'
import type { Receipt } from '../model/receipt.ts'
import type { ResponseRecord } from '../model/response.ts'
import { describeAnswer } from './answers/describe-answer.ts'
import { nextUsable } from './plan-delivery.ts'

/** Everything an explanation is made from; receipts and responses in order of time. */
export interface Story {
  readonly message: Message
  readonly invitation: InvitationRecord | undefined
  readonly deliveries: readonly Delivery[]
  readonly receipts: readonly Receipt[]
  readonly responses: readonly ResponseRecord[]
}

const skipped: Readonly<Record<SkipReason, string>> = {
  not_requested: 'this message does not use it',
  adapter_unavailable: 'this channel is not configured here',
  cannot_carry_the_answer: 'it cannot carry this kind of answer',
  opted_out: 'the person opted out of it',
  suppressed: 'the address is dead or said stop',
  bounced: 'the address is dead',
  blocked: 'it is switched off',
  channel_switched_off: 'the person switched this channel off',
  category_switched_off: 'the person switched this kind of message off there',
  category_not_switched_on: 'the person did not ask for this kind of message there',
  address_invalid: 'the address cannot be one',
  not_verified: 'the address is not verified',
}

/**
 * Tells in plain words what happened and why, a line each, in order of time: the plan, each attempt, fallbacks, answers,
 * and where it stands now. Holds no addresses.
 */
export function explain(story: Story): string {
  // Words said back to the person are deliveries too, of messages of their own.
  const asking = story.deliveries.filter(({ messageId }) => messageId === story.message.id)
  const routes = asking.flatMap(({ plan }) => plan).filter((route) => route.use)
  const then = story.message.routing === 'all' ? ' and ' : ', then '
  const way = routes.map(({ channel }) => channel).join(then)
  const asked = way === '' ? 'asked' : `asked to send by ${way}`
  const started = `${time(story.message.createdAt)}  ${asked} (times are UTC)`
  const plan = asking.flatMap((delivery) => delivery.plan.flatMap(planLine))
  const happened = storyLines(story).map(({ at, text }) => `${time(at)}  ${text}`)
  return [started, ...plan, ...happened, conclusion(story)].join('\n')
}

/** One thing that happened, in plain words. */
export interface StoryLine {
  readonly at: Date
  readonly text: string
}

/** Tells what happened, each thing by itself, in order of time: the middle part of {@link explain}. */
export function storyLines(story: Story): readonly StoryLine[] {
  return story.receipts.flatMap((receipt) => receiptLine(receipt, story))
}

function time(at: Date): string {
  return at.toISOString().slice(0, 19).replace('T', ' ')
}

function planLine(route: PlannedRoute, position: number, plan: Plan): readonly string[] {
  if (!route.use)
    return route.reason === 'not_requested'
      ? []
      : [`                     ${route.channel} left out: ${skipped[route.reason]}`]
  const { next } = route
  // Nothing is given up for a route that is not there.
  if (next.withinMs === null || nextUsable(plan, position + 1) === -1) return []
  const wanted = { accepted: 'accepted', delivered: 'delivered', seen: 'seen', answered: 'answered' }[
    next.unless
  ]
  return [`                     ${route.channel} is given ${span(next.withinMs)} to be ${wanted}`]
}

/** A length of time in the largest unit that keeps it short: `90 s`, `30 min`, `2 d`. */
function span(ms: number): string {
  const units = [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['min', 60_000],
    ['s', 1_000],
  ] as const
  const [unit, size] = units.find(([, size]) => ms % size === 0) ?? ['s', 1_000]
  return `${String(Math.round((ms / size) * 10) / 10)} ${unit}`
}

function receiptLine(receipt: Receipt, story: Story): readonly StoryLine[] {
  const { at } = receipt
  const channel = receipt.channel ?? 'message'
  const code = receipt.providerCode === null ? '' : ` (${receipt.providerCode})`
  const twice = receipt.duplicatePossible ? '; it may have arrived twice' : ''
  const line = (text: string): readonly StoryLine[] => [{ at, text }]
  switch (receipt.kind) {
    case 'accepted':
      if (receipt.messageId !== story.message.id) return line(`${channel} accepted the words back`)
      return line(`${channel} accepted it${receipt.detail === null ? '' : ` (${receipt.detail})`}${twice}`)
    case 'failed':
      return line(`${channel} failed: ${failure(receipt)}${code}`)
    case 'unknown':
      return line(`${channel} gave no answer${code}: it may have been sent${twice}`)
    case 'delivered':
      return line(`${channel} delivered it`)
    case 'read':
      return line(`${channel} says it was read`)
    case 'bounced':
      return line(`${channel} returned it: ${failure(receipt)}${code}`)
    case 'opted_out':
      return line(`the person opted out of ${channel}`)
    case 'skipped':
    case 'suppressed':
      return receipt.detail === 'adapter_unavailable'
        ? []
        : line(
            `${channel} left out: ${skipped[receipt.detail as SkipReason] ?? receipt.detail ?? 'not allowed any more'}`,
          )
    case 'held':
      return line(`${channel} held back ${receipt.detail ?? ''}, when the person may be written to`)
    case 'gave_up_waiting':
      return line(
        `${channel}: ${(receipt.detail ?? 'not answered in time').replaceAll('_', ' ')}, so on to the next route`,
      )
    case 'reminder_due':
      return line(`not answered yet, so a reminder by ${channel}`)
    case 'no_route':
      return line('no route could be used')
    case 'not_rendered':
      return line(`nothing could be sent: ${receipt.detail ?? 'the template could not be filled in'}`)
    case 'exhausted':
      return line('no route is left')
    case 'expired':
      return line('the deadline passed')
    case 'cancelled':
      if (receipt.detail === 'answered') return line(`${channel} not needed any more: answered`)
      return line(receipt.detail === 'quorum' ? 'called off: enough have answered' : 'called off')
    case 'answered':
    case 'revised': {
      const words = answerWords(receipt, story)
      return line(
        `${receipt.kind === 'answered' ? 'answered' : 'changed to'} ${words} by ${channel}${receipt.detail === null ? '' : ` (${receipt.detail})`}`,
      )
    }
    case 'answer_refused':
      return line(`an answer by ${channel} was refused: it is not of the kind that was asked for`)
    case 'answer_unclear':
      return line(`an answer by ${channel} was not clear; it is kept for a human`)
    case 'answer_late':
      return line(`an answer by ${channel} came too late (${receipt.detail ?? 'over'})`)
    case 'asked_back':
      return line(`asked back by ${channel}`)
    case 'withdrawn':
      return line(`the answer was taken back by ${channel}`)
    case 'proposed':
      return line(`a wish came by ${channel} instead of an answer; it is kept for the host`)
    case 'complained':
      return line(`the person called the message by ${channel} spam; nothing more goes there`)
    case 'edited':
      return line(`the message by ${channel} was brought up to date`)
    case 'edit_failed':
      return line(`the message by ${channel} could not be brought up to date${code}`)
  }
}

function failure(receipt: Receipt): string {
  if (receipt.detail !== null) return receipt.detail
  switch (receipt.outcome) {
    case 'retryable':
      return 'trouble on the way, to be tried again'
    case 'rate_limited':
      return 'too many at once, to be tried again'
    case 'permanent_recipient':
      return 'the address does not work'
    case 'opted_out':
      return 'the person said stop'
    case 'permanent_config':
      return 'the channel is not set up rightly'
    case 'permanent_content':
      return 'this message cannot go this way'
    case 'unknown':
    case 'accepted':
    case null:
      return 'for an unknown reason'
  }
}

/** The answer that counted at the moment of the receipt. */
function answerWords(receipt: Receipt, { responses, message, invitation }: Story): string {
  const spec: AnswerSpec | null = message.answer
  const counted = responses.filter(({ status }) => status === 'counted')
  const response = counted.find(({ at }) => at.getTime() === receipt.at.getTime()) ?? counted.at(-1)
  return spec === null || response === undefined
    ? ''
    : describeAnswer(spec, response.value, invitation?.locale ?? 'en')
}

function conclusion({ invitation, deliveries, message, receipts }: Story): string {
  if (invitation !== undefined) {
    const until = message.until === null ? '' : `; the deadline is ${time(message.until)} UTC`
    switch (invitation.state) {
      case 'pending':
        return `now: waiting for an answer${until}`
      case 'accepted':
      case 'declined':
      case 'answered':
        return `now: ${invitation.state} by ${invitation.via ?? 'unknown'}`
      case 'expired':
      case 'cancelled':
      case 'superseded':
        return `now: ${invitation.state}`
      case 'unreachable':
        return receipts.some(({ attempt }) => attempt !== null)
          ? 'now: unreachable, every route failed'
          : 'now: unreachable, no route could be used'
    }
  }
  return `now: ${[...new Set(deliveries.map(({ state }) => state))].join(', ')}`
}
