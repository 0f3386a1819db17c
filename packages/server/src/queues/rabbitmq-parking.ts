import { randomUUID } from 'node:crypto'
import type { ConsumeMessage } from 'amqplib'
import type { BrokerNames } from './rabbitmq-names.ts'
import type { Post } from './rabbitmq-publisher.ts'

/** Why a message is parked, for its headers. */
export type ParkHeaders = Readonly<Record<string, string | number>>

/** The post that puts a message aside as it came, with the reason in its headers; its line is the parking place. */
export function parkedPost({ parked }: BrokerNames, message: ConsumeMessage, why: ParkHeaders): Post {
  const { contentType, correlationId, messageId, replyTo } = message.properties
  return {
    line: parked,
    exchange: '',
    routingKey: parked,
    isMandatory: true,
    body: message.content,
    options: {
      // Its own id may be anything, also that of another.
      messageId: randomUUID(),
      headers: { ...why, ...(typeof messageId === 'string' && { 'x-invite-me-message-id': messageId }) },
      ...(typeof contentType === 'string' && { contentType }),
      ...(typeof correlationId === 'string' && { correlationId }),
      ...(typeof replyTo === 'string' && { replyTo }),
    },
  }
}
