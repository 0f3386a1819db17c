import { lanes, type DueHint } from '@invite-me/core'
import { connect, type Channel, type GetMessage } from 'amqplib'
import { afterEach, describe, expect, test } from 'vitest'
import { emptyBroker, explainNoRabbitmq, type EmptyBroker } from '../../../../tests/peers/rabbitmq-server.ts'
import { waitUntil } from '../../../../tests/peers/wait-until.ts'
import { dueHint, idsOf, keepingLog } from './__fixtures__/work.ts'
import { rabbitmq, type RabbitmqOptions } from './rabbitmq.ts'

const reason = await explainNoRabbitmq()

const cleanUp: (() => unknown)[] = []
afterEach(async () => {
  for (const clean of cleanUp.splice(0).toReversed()) await clean()
})

/** A queue with a channel beside it, for doing to the broker what it shall bear. */
async function open(options: Partial<RabbitmqOptions> = {}) {
  const broker = await emptyBroker()
  const log = keepingLog()
  const again = (more: Partial<RabbitmqOptions> = {}) => {
    const queue = rabbitmq({
      url: broker.url,
      prefix: broker.prefix,
      refusedPauseMs: 50,
      log,
      ...options,
      ...more,
    })
    cleanUp.push(() => queue.close())
    return queue
  }
  cleanUp.push(() => broker.remove())
  const connection = await connect(broker.url)
  cleanUp.push(() => connection.close())
  return { ...broker, log, again, queue: again(), channel: await connection.createChannel() }
}

async function consumeAll(queue: ReturnType<typeof rabbitmq>): Promise<DueHint[]> {
  const got: DueHint[] = []
  await queue.consume(async (hints) => {
    got.push(...hints)
  })
  return got
}

async function parked(
  channel: Channel,
  { prefix }: Pick<EmptyBroker, 'prefix'>,
  count: number,
): Promise<GetMessage[]> {
  const messages: GetMessage[] = []
  const look = async (): Promise<boolean> => {
    const take = () => channel.get(`${prefix}.parked`, { noAck: true })
    for (let message = await take(); message !== false; message = await take()) messages.push(message)
    return messages.length >= count
  }
  await waitUntil(`${String(count)} messages are parked`, look, 20_000)
  return messages
}

async function waiting(
  channel: Channel,
  { prefix }: Pick<EmptyBroker, 'prefix'>,
  lane: number,
): Promise<number> {
  return (await channel.checkQueue(`${prefix}.lane.${String(lane)}`)).messageCount
}

const envelope = {
  version: 1,
  lane: 2,
  channel: 'email',
  sentAt: '2026-01-05T09:00:00.000Z',
  dueAt: '2026-01-05T09:00:00.000Z',
}
const hostile: readonly (readonly [name: string, body: Buffer, reason: string])[] = [
  [
    'unknown version',
    Buffer.from(JSON.stringify({ ...envelope, version: 2, more: 'ä🙂' })),
    'unknown_version',
  ],
  ['10 MB', Buffer.alloc(10 * 1024 * 1024, '{"a":'), 'too_large'],
  ['a hundred thousand brackets', Buffer.from('['.repeat(100_000)), 'not_json'],
  ['deep, and right in itself', Buffer.from('['.repeat(60_000) + ']'.repeat(60_000)), 'not_a_hint'],
  [
    'a pickle',
    Buffer.from('\u0080\u0003cos\nsystem\nq\u0000X\u0002\u0000\u0000\u0000lsq\u0001.', 'latin1'),
    'not_json',
  ],
  ['no UTF-8', Buffer.from([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x3a, 0x31, 0x7d]), 'not_json'],
  ['nothing', Buffer.alloc(0), 'not_json'],
  ['a dangerous name', Buffer.from('{"__proto__":{"version":1}}'), 'not_a_hint'],
]

describe.skipIf(reason !== undefined)(`strange messages${reason === undefined ? '' : ` (${reason})`}`, () => {
  test(
    'are kept byte by byte with the reason, and good ones beside them arrive',
    { timeout: 60_000 },
    async () => {
      const place = await open()
      const got = await consumeAll(place.queue)
      await place.queue.publish([dueHint('before')])
      const headers = { deep: { a: { b: [1, { c: 'x'.repeat(10_000) }] } }, 'x-invite-me-reason': 'forged' }
      for (const [name, body] of hostile)
        place.channel.publish(place.prefix, 'lane.2', body, {
          messageId: name,
          headers,
          contentType: 'text/evil',
        })
      await place.queue.publish([dueHint('after')])
      const kept = await parked(place.channel, place, hostile.length)
      const byName = new Map(
        kept.map((message) => [message.properties.headers?.['x-invite-me-message-id'], message]),
      )
      for (const [name, body, why] of hostile) {
        const message = byName.get(name)
        const { 'x-invite-me-lane': lane, 'x-invite-me-reason': told } = message?.properties.headers ?? {}
        expect([name, message?.content.equals(body), told, lane]).toEqual([name, true, why, 2])
      }
      await waitUntil('good work comes', () => idsOf(got).length >= 2, 10_000)
      expect(idsOf(got).toSorted()).toEqual(['after', 'before'])
      await waitUntil('nothing is left', async () => (await waiting(place.channel, place, 2)) === 0, 5_000)
      const words = JSON.stringify(place.log.told)
      expect(words).toMatch(/unknown_version/)
      expect(words).not.toMatch(/evil|🙂|forged/)
    },
  )

  test('a thousand of them do not fill the log', { timeout: 30_000 }, async () => {
    const place = await open()
    await consumeAll(place.queue)
    await place.queue.publish([dueHint('made')])
    for (let number = 0; number < 1_000; number += 1)
      place.channel.publish(place.prefix, 'lane.6', Buffer.from(`junk ${String(number)}`))
    await parked(place.channel, place, 1_000)
    await waitUntil(
      'each is acknowledged',
      async () => (await waiting(place.channel, place, 6)) === 0,
      10_000,
    )
    expect(place.log.told.length).toBeLessThanOrEqual(10)
  })

  test(
    'work that is refused again and again is parked, and is not lost on the way',
    { timeout: 30_000 },
    async () => {
      const place = await open({ refusedPauseMs: 1 })
      let calls = 0
      await place.queue.consume(async () => {
        calls += 1
        throw new Error('planned by the test')
      })
      await place.queue.publish([dueHint('poison')])
      const [message] = await parked(place.channel, place, 1)
      expect(message?.properties.headers?.['x-invite-me-reason']).toBe('returned_too_often')
      expect(String(message?.content)).toContain('"deliveryId":"poison"')
      expect(calls).toBe(20)
    },
  )

  test('work that is refused rests longer each time, so that a database that is away parks nothing', async () => {
    const place = await open({ refusedPauseMs: 20 })
    const calledAt: number[] = []
    await place.queue.consume(async () => {
      calledAt.push(performance.now())
      if (calledAt.length < 5) throw new Error('planned by the test')
    })
    await place.queue.publish([dueHint('waiting')])
    await waitUntil('it is taken', async () => calledAt.length === 5, 20_000)
    const [first = 0, second = 0, , fourth = 0, fifth = 0] = calledAt
    expect(second - first).toBeGreaterThanOrEqual(19)
    expect(fifth - fourth).toBeGreaterThanOrEqual(159)
  })
})

describe.skipIf(reason !== undefined)(`consumers${reason === undefined ? '' : ` (${reason})`}`, () => {
  test('one that hangs holds up neither other lanes nor, for ever, its own work', async () => {
    const place = await open({ handleTimeoutMs: 500, prefetch: 2 })
    const got: DueHint[] = []
    let hung = 0
    await place.queue.consume(async (hints) => {
      const hangs = hints.some(({ lane }) => lane === 2) && hung < 3
      if (!hangs) {
        got.push(...hints)
        return
      }
      hung += 1
      await new Promise(() => undefined)
    })
    await place.queue.publish([dueHint('a', 'b'), dueHint('c'), dueHint('d')])
    await place.queue.publish(
      lanes.filter((lane) => lane !== 2).map((lane) => ({ lane, channel: 'email', dueAt: 0 })),
    )
    await waitUntil('other lanes go on', () => new Set(got.map(({ lane }) => lane)).size >= 5, 450)
    await waitUntil('its own work comes again', () => new Set(idsOf(got)).size === 4, 8_000)
    // It may be waiting for one that hangs.
    expect(hung).toBeGreaterThan(0)
  })

  test('a slow channel does not hold up another one of its lane', async () => {
    const place = await open()
    const got: string[] = []
    let goOn = (): void => undefined
    const slow = new Promise<void>((resolve) => (goOn = resolve))
    await place.queue.consume(async (hints) => {
      if (hints.some(({ channel }) => channel === 'sms')) await slow
      got.push(...hints.map(({ channel }) => channel))
    })
    const both = ['sms', 'email'].map((channel): DueHint => ({ lane: 2, channel, dueAt: 0 }))
    await place.queue.publish(both)
    await waitUntil('the quick one is done', async () => got.includes('email'), 5_000)
    expect(got).not.toContain('sms')
    goOn()
    await waitUntil('the slow one too', () => got.includes('sms'), 5_000)
  })

  test('hold no more at a time than the prefetch says', async () => {
    const place = await open({ prefetch: 3 })
    let goOn = (): void => undefined
    const slow = new Promise<void>((resolve) => (goOn = resolve))
    const got: string[] = []
    await place.queue.consume(async (hints) => {
      got.push(...idsOf(hints))
      await slow
    })
    await place.queue.publish(Array.from({ length: 20 }, (_, id) => dueHint(id)))
    await waitUntil('the window is full', () => got.length === 3, 5_000)
    await place.queue.publish([dueHint('one more')])
    expect(got).toHaveLength(3)
    goOn()
    await waitUntil('the rest comes', () => got.length === 21, 5_000)
  })

  test('work that is under way when one stops comes to another only if it was not finished', async () => {
    const place = await open()
    const first: string[] = []
    const stop = await place.queue.consume(async (hints) => {
      first.push(...idsOf(hints))
      await new Promise((resolve) => setTimeout(resolve, 100))
    })
    await place.queue.publish([dueHint('finished')])
    await waitUntil('it is under way', () => first.length > 0, 5_000)
    await stop()
    const second = await consumeAll(place.again())
    await place.queue.publish([dueHint('next')])
    await waitUntil('the next one comes', () => idsOf(second).includes('next'), 5_000)
    expect(idsOf(second)).toEqual(['next'])
  })

  test('what is due in an hour is let go, and is not in the way', async () => {
    const place = await open()
    const got = await consumeAll(place.queue)
    await place.queue.publish([{ ...dueHint('later'), dueAt: Date.now() + 3_600_000 }, dueHint('now')])
    await waitUntil('the due one comes', () => idsOf(got).includes('now'), 5_000)
    await waitUntil('nothing is left', async () => (await waiting(place.channel, place, 2)) === 0, 5_000)
    expect(idsOf(got)).toEqual(['now'])
  })

  test('a clock five minutes behind that of the sender holds nothing up', async () => {
    const place = await open()
    const behind = place.again({ clock: { now: () => Date.now() - 300_000, schedule: systemSchedule } })
    const got = await consumeAll(behind)
    await place.queue.publish([dueHint('due by the sender')])
    await waitUntil('it comes', () => got.length > 0, 5_000)
    expect(idsOf(got)).toEqual(['due by the sender'])
  })
})

const systemSchedule = (delayMs: number, run: () => void): (() => void) => {
  const timer = setTimeout(run, delayMs)
  return () => clearTimeout(timer)
}

describe.skipIf(reason !== undefined)(
  `a broker that is tampered with${reason === undefined ? '' : ` (${reason})`}`,
  () => {
    test('a queue that is deleted while it is used is made again', { timeout: 30_000 }, async () => {
      const place = await open({ publishTimeoutMs: 1_000 })
      const got = await consumeAll(place.queue)
      await place.queue.publish([dueHint('before')])
      await waitUntil('it works', () => idsOf(got).includes('before'), 5_000)
      await place.channel.deleteQueue(`${place.prefix}.lane.2`)
      await waitUntil('work arrives again', () => publishedAndArrived(place.queue, got, 'after'), 15_000)
      expect(idsOf(got)).toContain('before')
    })

    test(
      'work for a queue that is gone is not confirmed, though nobody consumes',
      { timeout: 30_000 },
      async () => {
        const place = await open({ publishTimeoutMs: 1_000 })
        await place.queue.publish([dueHint('before')])
        await place.channel.deleteQueue(`${place.prefix}.lane.2`)
        await expect(place.queue.publish([dueHint('lost')])).rejects.toMatchObject({
          code: 'BROKER_UNAVAILABLE',
        })
        const publishes = async (): Promise<boolean> =>
          place.queue.publish([dueHint('after')]).then(
            () => true,
            () => false,
          )
        await waitUntil('it is made again', publishes, 10_000)
        const got = await consumeAll(place.again())
        await waitUntil('it arrives', () => idsOf(got).includes('after'), 5_000)
        expect(idsOf(got)).not.toContain('lost')
      },
    )

    test('a purge loses what waited, and nothing that comes after', async () => {
      const place = await open()
      await place.queue.publish([dueHint('purged')])
      await place.channel.purgeQueue(`${place.prefix}.lane.2`)
      const got = await consumeAll(place.queue)
      await place.queue.publish([dueHint('after')])
      await waitUntil('it arrives', () => idsOf(got).includes('after'), 5_000)
      expect(idsOf(got)).toEqual(['after'])
    })

    test('a full lane refuses more, keeps what it has, and says so', { timeout: 60_000 }, async () => {
      const place = await open()
      let confirmed = 0
      const fill = async (): Promise<boolean> => {
        await place.queue.publish(
          Array.from({ length: 500 }, () => ({ lane: 6, channel: 'email', dueAt: 0 }) as const),
        )
        confirmed += 500
        return confirmed > 20_000
      }
      const full = await waitUntil('it is full', fill, 50_000).catch((error: unknown) => error)
      expect(full).toMatchObject({ code: 'BROKER_UNAVAILABLE' })
      expect(confirmed).toBeGreaterThanOrEqual(9_000)
      expect(await waiting(place.channel, place, 6)).toBeGreaterThanOrEqual(confirmed)
      await place.queue.publish([dueHint('another lane')])
    })

    test('options that are wrong are named, and the password is not', () => {
      expect(() => rabbitmq({ url: 'redis://user:secret@host' })).toThrow(/"url" of rabbitmq/)
      expect(() => rabbitmq({ url: 'redis://user:secret@host' })).not.toThrow(/secret/)
      expect(() => rabbitmq({ url: 'amqp://host', prefix: 'a b' })).toThrow(/"prefix"/)
      expect(() => rabbitmq({ url: 'amqp://host', prefetch: 0 })).toThrow(/"prefetch"/)
      // @ts-expect-error -- not an option
      expect(() => rabbitmq({ url: 'amqp://host', prefix2: 'x' })).toThrow(
        /"prefix2" of rabbitmq is wrong: not an option/,
      )
    })
  },
)

async function publishedAndArrived(
  queue: ReturnType<typeof rabbitmq>,
  got: readonly DueHint[],
  id: string,
): Promise<boolean> {
  await queue.publish([dueHint(id)]).catch(() => undefined)
  return idsOf(got).includes(id)
}
