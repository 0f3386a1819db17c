import type { Channel, ChannelModel, ConsumeMessage } from 'amqplib'

/** A message the broker waits to hear about. */
export interface Taken {
  readonly channel: Channel
  readonly message: ConsumeMessage
}

/** What is taken from, and how. */
export interface TapWorld {
  readonly queue: string
  /** Messages that are here and not yet done with, at most. */
  readonly prefetch: number
  readonly onMessage: (taken: Taken) => void
  /** Builds the connection again. */
  readonly renew: (reason: Error) => void
}

/** A consumer of one queue. */
export interface Tap {
  /** Takes no more; what was taken can still be acknowledged. */
  cancel(): Promise<void>
  /** The broker gives to others what was not acknowledged. */
  close(): Promise<void>
}

/**
 * Begins to take messages, on a channel of its own: a queue without a leader (seen with RabbitMQ 3.10.8, killed just after it made
 * the queue) leaves its whole channel without an answer for 65 s.
 */
export function openTap(connection: ChannelModel, { queue, prefetch, onMessage, renew }: TapWorld): Tap {
  let opened: Channel | undefined
  let tag: string | undefined
  let isStopped = false
  const open = async (): Promise<void> => {
    const channel = await connection.createChannel()
    let trouble = new Error('the broker closed a channel')
    channel.on('error', (error) => (trouble = error))
    channel.on('close', () => {
      if (!isStopped) renew(trouble)
    })
    if (isStopped) return closeQuietly(channel)
    opened = channel
    await channel.prefetch(prefetch)
    const { consumerTag } = await channel.consume(queue, (message) => {
      if (message === null) renew(new Error('a queue was deleted'))
      else onMessage({ channel, message })
    })
    tag = consumerTag
  }
  open().catch((error: unknown) => {
    // Stopped in the middle of it, it broke its own channel, which concerns nobody else.
    if (!isStopped) renew(error instanceof Error ? error : new Error('unknown trouble'))
  })
  return {
    cancel: async () => {
      isStopped = true
      if (opened !== undefined && tag !== undefined) await opened.cancel(tag)
    },
    close: async () => {
      isStopped = true
      if (opened !== undefined) await closeQuietly(opened)
    },
  }
}

/** How often a message came back, as the broker counts (absent before the first time). */
export function returnsOf({ properties }: ConsumeMessage): number {
  const count: unknown = properties.headers?.['x-delivery-count']
  return typeof count === 'number' ? count : 0
}

/** Tells the broker that a message is done with. */
export function acknowledge({ channel, message }: Taken): void {
  try {
    channel.ack(message)
  } catch {
    // The connection is gone: the broker gives it to somebody again, who will find nothing left to do.
  }
}

/** Gives a message back to the broker, for anybody. */
export function giveBack({ channel, message }: Taken): void {
  try {
    channel.nack(message, false, true)
  } catch {
    // The connection is gone, and the broker has it back.
  }
}

async function closeQuietly(channel: Channel): Promise<void> {
  try {
    await channel.close()
  } catch {
    // It is closed.
  }
}
