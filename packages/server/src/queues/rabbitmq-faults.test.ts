import type { DueHint, Queue } from '@invite-me/core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { freePort } from '../../../../tests/peers/free-port.ts'
import {
  explainNoPrivateRabbitmq,
  privateRabbitmq,
  type PrivateRabbitmq,
} from '../../../../tests/peers/rabbitmq-server.ts'
import { startSwallowingWire } from '../../../../tests/peers/swallowing-wire.ts'
import { waitUntil } from '../../../../tests/peers/wait-until.ts'
import { dueHint, idsOf, keepingLog, workItem } from './__fixtures__/work.ts'
import { rabbitmq, type RabbitmqOptions } from './rabbitmq.ts'

const reason = explainNoPrivateRabbitmq()

const cleanUp: (() => unknown)[] = []
afterEach(async () => {
  for (const clean of cleanUp.splice(0).toReversed()) await clean()
})

let number = 0
const freshPrefix = (): string => `faults-${String((number += 1))}`

function open(options: RabbitmqOptions) {
  const log = keepingLog()
  const queue = rabbitmq({ log, refusedPauseMs: 50, closeTimeoutMs: 2_000, ...options })
  cleanUp.push(() => queue.close())
  return { queue, log }
}

async function consumeAll(queue: Queue): Promise<DueHint[]> {
  const got: DueHint[] = []
  await queue.consume(async (hints) => {
    got.push(...hints)
  })
  return got
}

/** Publishes as a relay does: again, until it is confirmed. */
async function publishUntilConfirmed(queue: Queue, hint: DueHint): Promise<number> {
  for (let tries = 1; ; tries += 1) {
    const isConfirmed = await queue.publish([hint]).then(
      () => true,
      () => false,
    )
    if (isConfirmed) return tries
    if (tries === 200) throw new Error('not confirmed in 200 tries')
  }
}

describe.skipIf(reason !== undefined)(
  `a broker in trouble${reason === undefined ? '' : ` (${reason})`}`,
  () => {
    let broker: PrivateRabbitmq
    beforeAll(async () => {
      broker = await privateRabbitmq()
    }, 120_000)
    afterAll(() => broker.close(), 60_000)

    test(
      'killed while 2,000 items are published: what was confirmed arrives',
      { timeout: 120_000 },
      async () => {
        const place = { url: broker.url, prefix: freshPrefix(), publishTimeoutMs: 2_000 }
        const publisher = open(place)
        const confirmed = new Set<string>()
        let refused = 0
        let killing: Promise<void> | undefined
        for (let portion = 0; portion < 200;) {
          const hint = dueHint(
            ...Array.from({ length: 10 }, (_, item) => `${String(portion)}-${String(item)}`),
          )
          const publishing = publisher.queue.publish([hint]).then(
            () => true,
            () => false,
          )
          // While it is under way, not between two.
          if (portion === 60) killing ??= broker.kill().then(() => broker.start())
          if (await publishing) {
            for (const id of idsOf([hint])) confirmed.add(id)
            portion += 1
          } else refused += 1
          if (refused > 100) throw new Error('publishing does not go on')
        }
        await killing
        expect(confirmed.size).toBe(2_000)
        const consumer = open(place)
        const got = await consumeAll(consumer.queue)
        const missing = (): readonly string[] => {
          const arrived = new Set(idsOf(got))
          return [...confirmed].filter((id) => !arrived.has(id))
        }
        await waitUntil('all that was confirmed arrives', () => missing().length === 0, 30_000)
        expect(refused).toBeGreaterThan(0)
        expect(publisher.log.told).toHaveLength(1)
      },
    )

    test('killed while work is taken: what was not done comes again', { timeout: 120_000 }, async () => {
      const place = { url: broker.url, prefix: freshPrefix() }
      const { queue } = open(place)
      const done: string[] = []
      let goOn = (): void => undefined
      const slow = new Promise<void>((resolve) => (goOn = resolve))
      let taken = 0
      await queue.consume(async (hints) => {
        taken += 1
        if (taken === 1) await slow
        done.push(...idsOf(hints))
      })
      await queue.publish([dueHint('a', 'b')])
      await waitUntil('it is taken', () => taken === 1, 10_000)
      await broker.kill()
      goOn()
      await broker.start()
      await waitUntil('it comes again, to the same consumer', () => done.length === 4, 30_000)
      await publishUntilConfirmed(queue, dueHint('c'))
      await waitUntil('what is new comes', () => done.includes('c'), 10_000)
      expect(done.toSorted()).toEqual(['a', 'a', 'b', 'b', 'c'])
    })

    test(
      'short of memory: publishing ends in time and takes little of ours, consuming goes on',
      { timeout: 60_000 },
      async () => {
        const place = { url: broker.url, prefix: freshPrefix(), publishTimeoutMs: 2_000 }
        const { queue } = open(place)
        const other = open(place)
        await queue.publish(Array.from({ length: 200 }, (_, id) => dueHint(id)))
        await broker.control('set_vm_memory_high_watermark', '0.00001')
        cleanUp.push(() => broker.control('set_vm_memory_high_watermark', '0.4'))
        const isRefused = async (): Promise<boolean> =>
          queue.publish([dueHint('x')]).then(
            () => false,
            () => true,
          )
        await waitUntil('it is short of memory', isRefused, 10_000)
        const before = process.memoryUsage().rss
        const large = Array.from({ length: 300 }, (_, id) =>
          workItem(id, { fallbacks: Array<string>(30).fill('email') }),
        )
        const calls = Array.from({ length: 500 }, () => queue.publish([{ ...dueHint(), items: large }]))
        const ends = await Promise.allSettled(calls)
        expect(new Set(ends.map(({ status }) => status))).toEqual(new Set(['rejected']))
        const [first] = ends
        expect(first?.status === 'rejected' && first.reason).toMatchObject({
          code: 'BROKER_UNAVAILABLE',
          status: 503,
        })
        expect(first?.status === 'rejected' && String(first.reason)).toMatch(/alarm/)
        // 500 times 200 KB were asked for, and nothing of it may wait in the socket.
        expect(process.memoryUsage().rss - before).toBeLessThan(250 * 1024 * 1024)

        const got = await consumeAll(other.queue)
        await waitUntil('what was there is consumed', () => new Set(idsOf(got)).size >= 200, 15_000)
        await broker.control('set_vm_memory_high_watermark', '0.4')
        await publishUntilConfirmed(queue, dueHint('after'))
        await waitUntil('publishing goes on', () => idsOf(got).includes('after'), 10_000)
      },
    )

    test(
      'a wire that swallows everything is noticed in about 15 s, on both sides of the queue',
      { timeout: 90_000 },
      async () => {
        const wire = await startSwallowingWire(broker.port)
        cleanUp.push(() => wire.close())
        const prefix = freshPrefix()
        const { log, queue } = open({
          url: `amqp://127.0.0.1:${String(wire.port)}`,
          prefix,
          publishTimeoutMs: 1_000,
        })
        const got = await consumeAll(queue)
        await publishUntilConfirmed(queue, dueHint('before'))
        await waitUntil('it works', () => idsOf(got).includes('before'), 10_000)
        const openBefore = wire.open
        wire.swallow()
        await expect(queue.publish([dueHint('swallowed')])).rejects.toMatchObject({
          code: 'BROKER_UNAVAILABLE',
        })
        await waitUntil('both connections are given up', () => log.told.length === 2, 16_000)
        wire.carry()
        await publishUntilConfirmed(queue, dueHint('after'))
        await waitUntil('it works again', () => idsOf(got).includes('after'), 20_000)
        // The dead sockets are gone on our side; the wire keeps its other ends until it is closed.
        expect(openBefore).toBe(4)
      },
    )

    test('stopped in good order and started again', { timeout: 90_000 }, async () => {
      const { log, queue } = open({ url: broker.url, prefix: freshPrefix(), publishTimeoutMs: 1_000 })
      const got = await consumeAll(queue)
      await publishUntilConfirmed(queue, dueHint('before'))
      await broker.stop()
      await waitUntil('it notices', () => log.told.length > 0, 10_000)
      await broker.start()
      await publishUntilConfirmed(queue, dueHint('after'))
      await waitUntil('both arrive', () => ['before', 'after'].every((id) => idsOf(got).includes(id)), 20_000)
      // One for each connection.
      expect(log.told.length).toBeLessThanOrEqual(2)
    })

    test(
      'a wrong password is told once, by name and never in full, and refuses in time',
      { timeout: 30_000 },
      async () => {
        const url = broker.url.replace('guest:guest', 'guest:hunter2secret')
        const { log, queue } = open({ url, prefix: freshPrefix(), publishTimeoutMs: 1_500 })
        const refusal: unknown = await queue.publish([dueHint('x')]).catch((error: unknown) => error)
        expect(refusal).toMatchObject({ code: 'BROKER_UNAVAILABLE' })
        expect(log.told).toHaveLength(1)
        const words = JSON.stringify([log.told, String(refusal), String((refusal as Error).cause)])
        expect(words).toMatch(/ACCESS_REFUSED|ACCESS-REFUSED/)
        expect(words).not.toMatch(/hunter2/)
      },
    )

    test('other arguments under the same name are told, and work waits', { timeout: 30_000 }, async () => {
      const prefix = freshPrefix()
      const { connect } = await import('amqplib')
      const connection = await connect(broker.url)
      cleanUp.push(() => connection.close())
      const channel = await connection.createChannel()
      await channel.assertQueue(`${prefix}.lane.1`, { durable: true })
      const { log, queue } = open({ url: broker.url, prefix, publishTimeoutMs: 1_000 })
      await expect(queue.publish([dueHint('x')])).rejects.toMatchObject({ code: 'BROKER_UNAVAILABLE' })
      expect(JSON.stringify(log.told)).toMatch(/PRECONDITION_FAILED.*lane\.1/)
      await channel.deleteQueue(`${prefix}.lane.1`)
      await publishUntilConfirmed(queue, dueHint('x'))
    })

    test(
      'one queue that hangs holds up no other lane, and goes on afterwards',
      { timeout: 90_000 },
      async () => {
        const place = { url: broker.url, prefix: freshPrefix(), publishTimeoutMs: 2_000 }
        const { queue } = open(place)
        await publishUntilConfirmed(queue, dueHint('before'))
        const leader = `whereis('%2F_${place.prefix}.lane.6')`
        await broker.control('eval', `sys:suspend(${leader}).`)
        cleanUp.push(() => broker.control('eval', `sys:resume(${leader}).`))
        const got = await consumeAll(open(place).queue)
        const stuck = queue
          .publish([{ lane: 6, channel: 'email', dueAt: 0 }])
          .catch((error: unknown) => error)
        for (let id = 0; id < 20; id += 1) await queue.publish([dueHint(id)])
        await waitUntil('the other lane is served', () => idsOf(got).length >= 21, 10_000)
        expect(await stuck).toMatchObject({ code: 'BROKER_UNAVAILABLE' })
        await queue.publish([dueHint('still')])
        await broker.control('eval', `sys:resume(${leader}).`)
        await publishUntilConfirmed(queue, { lane: 6, channel: 'email', dueAt: 0 })
        await waitUntil('its lane is served', () => got.some(({ lane }) => lane === 6), 20_000)
      },
    )
  },
)

describe.skipIf(reason !== undefined)('no broker at first', () => {
  test('the queue is made, refuses in time, and works once there is one', { timeout: 120_000 }, async () => {
    const port = await freePort()
    const { log, queue } = open({ url: `amqp://127.0.0.1:${String(port)}`, publishTimeoutMs: 300 })
    const got = await consumeAll(queue)
    await expect(queue.publish([dueHint('x')])).rejects.toMatchObject({ code: 'BROKER_UNAVAILABLE' })
    const later = await privateRabbitmq({ port })
    cleanUp.push(() => later.close())
    await publishUntilConfirmed(queue, dueHint('y'))
    await waitUntil('it arrives', () => idsOf(got).includes('y'), 20_000)
    expect(log.told.length).toBeLessThanOrEqual(2)
  })

  test('it can be closed, soon and twice, and refuses afterwards', async () => {
    const { queue } = open({ url: 'amqp://127.0.0.1:1', publishTimeoutMs: 60_000 })
    const stop = await queue.consume(async () => undefined)
    const publishing = queue.publish([dueHint('x')]).catch((error: unknown) => error)
    const startedMs = Date.now()
    await Promise.all([queue.close(), queue.close()])
    await stop()
    expect(Date.now() - startedMs).toBeLessThan(2_000)
    expect(await publishing).toMatchObject({ code: 'BROKER_UNAVAILABLE' })
    await expect(queue.publish([dueHint('x')])).rejects.toMatchObject({ code: 'STOPPED' })
    await expect(queue.consume(async () => undefined)).rejects.toMatchObject({ code: 'STOPPED' })
  })
})
