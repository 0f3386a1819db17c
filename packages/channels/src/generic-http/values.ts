import type { AnswerKind, OutboundMessage, SendContext } from '@invite-me/core/channel'
import { oneLine } from '../shared/one-line.ts'
import { renderText } from '../shared/render-text.ts'
import type { Json, TemplateValues } from './template.ts'

/** What every placeholder stands for; the docs page lists them in this order. */
export const placeholderNames = [
  'to',
  'name',
  'message',
  'text',
  'title',
  'subject',
  'details',
  'originator',
  'link.respond',
  'link.unsubscribe',
  'actions',
  'answer',
  'answerType',
  'replyToken',
  'idempotencyKey',
  'locale',
  'category',
  'purpose',
  'until',
  'now',
  'calendar',
] as const
/** See {@link placeholderNames}. */
export type PlaceholderName = (typeof placeholderNames)[number]

/** How the described system takes answers. */
export interface AnswerWays {
  /** Answer types that come back through it. */
  readonly answers: readonly AnswerKind[]
  readonly answerBy: 'reply' | 'buttons'
  /** Most actions it can show; where there are more, none are. */
  readonly maxActions: number
}

/** What a message and its moment give the placeholders; names and subjects are one line each. */
export function valuesOf(
  message: OutboundMessage,
  { clock, idempotencyKey }: Pick<SendContext, 'clock' | 'idempotencyKey'>,
  { answerBy, answers, maxActions }: AnswerWays,
): TemplateValues {
  const { answer, content, links, originator, to } = message
  const isNative = answer !== undefined && answers.includes(answer.spec.type)
  const subject = content.subject === undefined ? undefined : oneLine(content.subject)
  const from = originator === null ? undefined : oneLine(originator.name)
  const actions = answer?.actions ?? []
  const values: Readonly<Record<PlaceholderName, unknown>> = {
    to: to.address,
    name: to.name === undefined ? undefined : oneLine(to.name),
    message: renderText(message, { answerBy: isNative ? answerBy : 'link' }),
    text: content.text,
    title: subject ?? from,
    subject,
    details: content.details,
    originator: from,
    'link.respond': links.respond,
    'link.unsubscribe': links.unsubscribe,
    actions: actions.length > maxActions ? [] : actions,
    answer: answer?.spec,
    answerType: answer?.spec.type,
    replyToken: message.replyToken,
    idempotencyKey,
    locale: oneLine(message.locale),
    category: message.category,
    purpose: message.purpose,
    until: message.until?.toISOString(),
    now: new Date(clock.now()).toISOString(),
    calendar: message.calendar,
  }
  const present = Object.entries(values).filter(([, value]) => value !== undefined)
  return new Map(present.map(([name, value]) => [name, toJson(value)]))
}

/** Everything above is plain data; this drops members that are `undefined`. */
function toJson(value: unknown): Json {
  return JSON.parse(JSON.stringify(value)) as Json
}
