import { answerInputSchema } from '../model/answer.ts'
import type { FactReference, InboundFact } from '../model/inbound-fact.ts'
import { readLine, readOutcome } from './read-outcome.ts'

type Members = Readonly<Record<string, unknown>>

const longestId = 500
const longestDetail = 500

/**
 * Reads a fact an adapter brought in. Adapters may be written without types; what does not keep to the type is no fact. Only
 * what is for a receipt may be wrong: a bad `detail` is left out, and an outcome is read as `send` would have it read.
 *
 * @returns the fact, the words of people as they are; `undefined` when it is none
 */
export function readFact(value: unknown): InboundFact | undefined {
  if (!isObject(value) || !isText(value['id']) || value['id'].length > longestId) return undefined
  if (!(value['at'] instanceof Date) || Number.isNaN(value['at'].getTime())) return undefined
  // Who it came from decides whether it counts, so a fact that says it wrongly is none.
  if (!isLeftOutOrString(value['from']) || !isLeftOutOrString(value['replyTo'])) return undefined
  return isWhole(value) ? (cleaned(value) as unknown as InboundFact) : undefined
}

function isWhole(fact: Members): boolean {
  switch (fact['kind'] as InboundFact['kind']) {
    case 'answer': {
      const sequence = fact['calendarSequence']
      return (
        isReference(fact['reference']) &&
        answerInputSchema.safeParse(fact['input']).success &&
        (sequence === undefined || typeof sequence === 'number')
      )
    }
    case 'delivered':
    case 'read':
    case 'complained':
    case 'withdrawn':
      return isReference(fact['reference'])
    case 'proposed':
      return isReference(fact['reference']) && typeof fact['text'] === 'string'
    case 'failed': {
      const status = readOutcome(fact['outcome'])?.status
      return (
        isReference(fact['reference']) &&
        status !== undefined &&
        status !== 'accepted' &&
        status !== 'unknown'
      )
    }
    case 'opted_out':
    case 'opted_in':
      return isText(fact['address']) && (fact['inReplyTo'] === undefined || isReference(fact['inReplyTo']))
    case 'connected':
      return isText(fact['address']) && isText(fact['token'])
    case 'moved':
      return isText(fact['address']) && isText(fact['to'])
    case 'ignored':
      return typeof fact['reason'] === 'string'
    default:
      return false
  }
}

function cleaned({ detail, ...fact }: Members): Members {
  const told = readLine(detail, longestDetail)
  return {
    ...fact,
    ...(fact['kind'] === 'failed' && { outcome: readOutcome(fact['outcome']) }),
    ...(told !== undefined && { detail: told }),
  }
}

function isReference(value: unknown): value is FactReference {
  if (!isObject(value)) return false
  switch (value['by'] as FactReference['by']) {
    case 'token':
      return isText(value['token'])
    case 'provider-message':
      return isText(value['providerMessageId'])
    case 'address':
      return isText(value['address'])
    default:
      return false
  }
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null
}

function isLeftOutOrString(value: unknown): boolean {
  return value === undefined || typeof value === 'string'
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= 2_000
}
