import { createInviteMe, yesNo, type InviteMe } from '@invite-me/core'
import { sqlite } from '@invite-me/core/sqlite'
import { connect, type ConsumeMessage } from 'amqplib'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import {
  explainNoPrivateRabbitmq,
  privateRabbitmq,
  type PrivateRabbitmq,
} from '../../../../tests/peers/rabbitmq-server.ts'
import { runScript } from '../../../../tests/peers/run-script.ts'
import { waitUntil } from '../../../../tests/peers/wait-until.ts'
import { keepingLog } from './__fixtures__/work.ts'
import { rabbitmqEvents } from './rabbitmq-events.ts'

const reason = explainNoPrivateRabbitmq()
const dyingPublisher = fileURLToPath(new URL('__fixtures__/dying-publisher.ts', import.meta.url))

const cleanUp: (() => unknown)[] = []
afterEach(async () => {
  for (const clean of cleanUp.splice(0).toReversed()) await clean()
})

/** An event as a program reads it. */
interface Heard {
  readonly id: string
  readonly key: string
  readonly properties: Readonly<Record<string, unknown>>
  readonly body: {
    readonly type: string
    readonly timestamp: string
    readonly data: Readonly<Record<string, unknown>>
  }
}

function readEvent({ properties, content, fields }: ConsumeMessage): Heard {
  return {
    id: String(properties.messageId),
    key: fields.routingKey,
    properties: { ...properties },
    body: JSON.parse(content.toString()),
  }
}

function numberOf(event: Pick<Heard, 'body'> | undefined): number | undefined {
  const published = event?.body.data['data'] as { readonly number: number } | undefined
  return published?.number
}

let prefixes = 0

describe.skipIf(reason !== undefined)(
  `events to RabbitMQ${reason === undefined ? '' : ` (${reason})`}`,
  () => {
    let broker: PrivateRabbitmq
    beforeAll(async () => {
      broker = await privateRabbitmq()
    }, 120_000)
    afterAll(() => broker.close(), 60_000)

    /** A workspace in a file, with a queue that hears of all its events. */
    async function place(pattern = '#') {
      const folder = await mkdtemp(join(tmpdir(), 'invite-me-events-'))
      cleanUp.push(() => rm(folder, { recursive: true }))
      const file = join(folder, 'invites.db')
      const prefix = `events-${String((prefixes += 1))}`
      const log = keepingLog()
      const start = async (): Promise<InviteMe> => {
        const inviteMe = await createInviteMe({
          store: sqlite(file, { synchronous: 'normal' }),
          channels: [],
          lease: '1s',
          log,
          eventPublisher: rabbitmqEvents({ url: broker.url, prefix, log, publishMs: 2_000 }),
        })
        cleanUp.push(() => inviteMe.stop())
        return inviteMe
      }
      await bind(prefix, pattern)
      return { file, prefix, log, start, hear: (count: number) => hear(prefix, count) }
    }

    async function bind(prefix: string, pattern: string): Promise<void> {
      const connection = await connect(broker.url)
      const channel = await connection.createChannel()
      await channel.assertExchange(`${prefix}.events`, 'topic', { durable: true })
      await channel.assertQueue(`${prefix}.heard`, { durable: true, arguments: { 'x-queue-type': 'quorum' } })
      await channel.bindQueue(`${prefix}.heard`, `${prefix}.events`, pattern)
      // RabbitMQ 3.10.8, killed soon after, leaves the queue it made last without a leader.
      await channel.assertQueue(`${prefix}.last`, { durable: true, arguments: { 'x-queue-type': 'quorum' } })
      await connection.close()
    }

    /** Everything heard so far, once events of so many ids are; also of a broker that is just starting. */
    async function hear(prefix: string, count: number): Promise<readonly Heard[]> {
      let heard: Heard[] = []
      const isEnough = (): boolean => new Set(heard.map(({ id }) => id)).size >= count
      const listen = async (): Promise<boolean> => {
        heard = []
        const connection = await connect(broker.url)
        let isOpen = true
        connection.on('error', () => undefined)
        connection.on('close', () => (isOpen = false))
        const channel = await connection.createChannel()
        channel.on('error', () => undefined)
        await channel.consume(
          `${prefix}.heard`,
          (message) => message !== null && heard.push(readEvent(message)),
        )
        await waitUntil('events are heard', () => isEnough() || !isOpen, 20_000)
        if (isOpen) await connection.close()
        return isEnough()
      }
      await waitUntil(`${String(count)} events are heard`, () => listen().catch(() => false), 60_000)
      return heard
    }

    test('a program hears what it asked for, as webhooks would tell it', { timeout: 60_000 }, async () => {
      const { start, hear: heard } = await place('invitation.*')
      const inviteMe = await start()
      await inviteMe.recipients.upsert({ externalId: 'ann', routes: [] })
      const asked = await inviteMe.ask('ann', 'Dinner?', { answer: yesNo() })
      await inviteMe.respond(asked.id, { kind: 'value', value: true })
      // Each once: what the broker confirmed too late comes again under the same id.
      const events = [...new Map((await heard(2)).map((one) => [one.id, one])).values()]
      expect(events.map(({ key }) => key)).toEqual(['invitation.unreachable', 'invitation.accepted'])
      const event = events.at(-1)
      expect(event).toMatchObject({
        id: `evt_${String(event?.body.data['cursor'])}`,
        properties: {
          type: 'invitation.accepted',
          contentType: 'application/json',
          deliveryMode: 2,
          timestamp: Math.floor(Date.parse(event?.body.timestamp ?? '') / 1_000),
        },
        body: { type: 'invitation.accepted', data: { invitationId: asked.id, value: true } },
      })
    })

    test(
      'the broker is killed and comes back: all arrive, in order, and none is left out',
      { timeout: 180_000 },
      async () => {
        const { start, hear: heard, log } = await place()
        const inviteMe = await start()
        let said = 0
        const say = async (count: number): Promise<void> => {
          for (const end = said + count; said < end;)
            await inviteMe.topics.publish('group:7', { number: (said += 1) })
        }
        await say(100)
        const killing = broker.kill()
        await say(300)
        await killing
        const startedMs = Date.now()
        await say(100)
        // Who accepts does not wait for the broker.
        expect(Date.now() - startedMs).toBeLessThan(10_000)
        await broker.start()
        await say(100)
        const events = await heard(600)
        const first = [...new Map(events.map((event) => [event.id, event])).values()]
        expect(first.map(({ body }) => numberOf({ body }))).toEqual(
          Array.from({ length: 600 }, (_, index) => index + 1),
        )
        expect(log.told.length).toBeGreaterThan(0)
      },
    )

    test(
      'a process killed before it wrote down what it published leaves doubles under the same ids, and none is lost',
      { timeout: 120_000 },
      async () => {
        const { file, prefix, start, hear: heard } = await place()
        const before = await start()
        await before.stop()
        const silent = await createInviteMe({ store: sqlite(file), channels: [] })
        for (let number = 1; number <= 20; number += 1) await silent.topics.publish('group:7', { number })
        await silent.stop()
        const dying = runScript(dyingPublisher, process.cwd(), {
          INVITE_ME_TEST_FILE: file,
          INVITE_ME_TEST_URL: broker.url,
          INVITE_ME_TEST_PREFIX: prefix,
        })
        cleanUp.push(() => dying.end())
        await dying.gone
        const inviteMe = await start()
        await inviteMe.topics.publish('group:7', { number: 21 })
        const events = await heard(21)
        const ofId = Map.groupBy(events, ({ id }) => id)
        expect([...ofId.values()].map(([one]) => numberOf(one))).toEqual(
          Array.from({ length: 21 }, (_, index) => index + 1),
        )
        expect(events.length).toBeGreaterThan(21)
        for (const doubles of ofId.values())
          expect(new Set(doubles.map(({ body }) => JSON.stringify(body))).size).toBe(1)
      },
    )
  },
)
