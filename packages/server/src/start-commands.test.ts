import { sqlite } from '@invite-me/core/sqlite'
import { connect, type ConsumeMessage } from 'amqplib'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { emptyBroker, explainNoRabbitmq } from '../../../tests/peers/rabbitmq-server.ts'
import { createLogger } from './observe/logger.ts'
import { startServer } from './start-server.ts'

const reason = await explainNoRabbitmq()
const log = createLogger({ level: 'silent' })

/** A program that asks and hears by RabbitMQ alone. */
async function program(url: string, prefix: string) {
  const connection = await connect(url)
  onTestFinished(() => connection.close())
  const channel = await connection.createConfirmChannel()
  await channel.assertExchange(`${prefix}.events`, 'topic', { durable: true })
  const { queue: mine } = await channel.assertQueue('', { exclusive: true })
  await channel.bindQueue(mine, `${prefix}.events`, 'invitation.*')
  const replies: ConsumeMessage[] = []
  const events: ConsumeMessage[] = []
  const keep = (kept: ConsumeMessage[]) => (message: ConsumeMessage | null) =>
    message !== null && kept.push(message)
  await channel.consume(mine, keep(events), { noAck: true })
  await channel.consume('amq.rabbitmq.reply-to', keep(replies), { noAck: true })
  const command = (content: object, messageId: string): void => {
    const body = Buffer.from(JSON.stringify(content))
    channel.sendToQueue(`${prefix}.commands`, body, { messageId, replyTo: 'amq.rabbitmq.reply-to' })
  }
  return { command, replies, events }
}

/** Whether somebody takes from a queue; false while it is not there. */
async function isTakenFrom(url: string, queue: string): Promise<boolean> {
  const connection = await connect(url)
  try {
    const channel = await connection.createChannel()
    channel.on('error', () => undefined)
    return (await channel.checkQueue(queue)).consumerCount > 0
  } catch {
    return false
  } finally {
    await connection.close()
  }
}

const read = (message: ConsumeMessage | undefined) => JSON.parse(message?.content.toString() ?? '{}')

describe.skipIf(reason !== undefined)(
  `a server on RabbitMQ${reason === undefined ? '' : ` (${reason})`}`,
  () => {
    test('takes commands and tells what happens, without HTTP', { timeout: 60_000 }, async () => {
      const folder = await mkdtemp(join(tmpdir(), 'invite-me-commands-'))
      onTestFinished(() => rm(folder, { recursive: true }))
      const { url, prefix, remove } = await emptyBroker()
      onTestFinished(remove)
      const server = await startServer({
        store: sqlite(join(folder, 'invites.db'), { synchronous: 'normal' }),
        channels: [],
        log,
        config: {
          port: 0,
          amqpUrl: url,
          prefix,
          commands: true,
          commandScopes: ['send', 'admin'],
          events: true,
        },
      })
      onTestFinished(() => server.stop())
      const { command, replies, events } = await program(url, prefix)
      await expect.poll(() => isTakenFrom(url, `${prefix}.commands`), { timeout: 10_000 }).toBe(true)

      command({ version: 1, command: 'recipients.upsert', params: { externalId: 'ann' }, body: {} }, 'ann-1')
      await expect.poll(() => replies.length, { timeout: 10_000 }).toBe(1)
      const body = { to: 'ann', question: 'Coming?', answer: { type: 'yesNo' } }
      command({ version: 1, command: 'invitations.ask', body }, 'dinner-1')
      await expect.poll(() => replies.length, { timeout: 10_000 }).toBe(2)
      const { id } = read(replies[1]).invitations[0]
      const input = { kind: 'text', text: 'yes' }
      command({ version: 1, command: 'invitations.respond', params: { id }, body: { input } }, 'dinner-2')
      await expect
        .poll(() => events.map(({ fields }) => fields.routingKey), { timeout: 10_000 })
        .toContain('invitation.accepted')
      const accepted = events.find(({ fields }) => fields.routingKey === 'invitation.accepted')
      expect(read(accepted)).toMatchObject({
        type: 'invitation.accepted',
        data: { invitationId: id, value: true },
      })
      await expect
        .poll(async () => (await fetch(`${server.url ?? ''}/metrics`)).text(), { timeout: 5_000 })
        .toContain('invite_me_commands_total{command="invitations.respond",outcome="done"} 1')
      const metrics = await (await fetch(`${server.url ?? ''}/metrics`)).text()
      expect(metrics).toContain('invite_me_events_behind 0')
      expect(metrics).toMatch(/invite_me_events_published_total [1-9]/)

      // What it has not begun when it stops stays in the queue.
      await server.stop()
      command({ version: 1, command: 'invitations.ask', body }, 'dinner-3')
      const connection = await connect(url)
      onTestFinished(() => connection.close())
      const channel = await connection.createChannel()
      await expect
        .poll(async () => (await channel.checkQueue(`${prefix}.commands`)).messageCount, { timeout: 10_000 })
        .toBe(1)
    })
  },
)
