import { randomUUID } from 'node:crypto'
import type { ConsumeMessage } from 'amqplib'
import type { CommandEnd } from '../commands/run-command.ts'
import type { BrokerNames } from './rabbitmq-names.ts'
import type { Post } from './rabbitmq-publisher.ts'

/** The line replies go by. */
export const replyLine = 'replies'

/**
 * The post that tells whoever sent a command what became of it.
 *
 * @returns `undefined` for a command that names nobody, or one of our own queues: nobody may reach those by way of us
 */
export function replyPost(
  { exchange }: BrokerNames,
  { properties }: ConsumeMessage,
  { command, requestId, status, contentType, body }: CommandEnd,
): Post | undefined {
  const replyTo: unknown = properties.replyTo
  if (typeof replyTo !== 'string' || replyTo === '' || replyTo.startsWith(`${exchange}.`)) return undefined
  const messageId: unknown = properties.messageId
  const correlationId: unknown = properties.correlationId ?? messageId
  return {
    line: replyLine,
    exchange: '',
    routingKey: replyTo,
    // Whoever asked may have gone.
    isMandatory: false,
    body: Buffer.from(body),
    options: {
      messageId: randomUUID(),
      type: command,
      headers: { 'x-invite-me-status': status, 'x-invite-me-request-id': requestId },
      ...(body !== '' && { contentType }),
      ...(typeof correlationId === 'string' && { correlationId }),
    },
  }
}
