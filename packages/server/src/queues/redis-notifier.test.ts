import type { Notice, Notifier } from '@invite-me/core'
import { virtualClock } from '@invite-me/core/testing'
import { Redis } from 'ioredis'
import { afterEach, describe, expect, test } from 'vitest'
import { startSwallowingWire } from '../../../../tests/peers/swallowing-wire.ts'
import {
  explainNoPrivateRedis,
  explainNoRedis,
  findRedis,
  privateRedis,
} from '../../../../tests/peers/redis-server.ts'
import { waitUntil } from '../../../../tests/peers/wait-until.ts'
import { redisNotifier, type RedisNotifierOptions } from './redis-notifier.ts'

const reason = await explainNoRedis()
const noPrivate = explainNoPrivateRedis()

const cleanUp: (() => unknown)[] = []
afterEach(async () => {
  for (const clean of cleanUp.splice(0).toReversed()) await clean()
})

function open(options: RedisNotifierOptions): { notifier: Notifier; warnings: string[] } {
  const warnings: string[] = []
  const log = { warn: (message: string) => void warnings.push(message), error: () => undefined }
  const notifier = redisNotifier({ log, ...options })
  cleanUp.push(() => notifier.close())
  return { notifier, warnings }
}

/** Listens, and waits for the words that say "you may have missed something". */
async function listenTo(notifier: Notifier): Promise<Notice[]> {
  const heard: Notice[] = []
  await notifier.listen((notice) => heard.push(notice))
  await waitUntil('it listens', () => heard.includes('due') && heard.includes('events'), 10_000)
  heard.length = 0
  return heard
}

async function tryUntilHeard(notifier: Notifier, heard: readonly Notice[], notice: Notice): Promise<void> {
  await waitUntil(
    `"${notice}" is heard`,
    () => {
      if (!heard.includes(notice)) notifier.notify(notice)
      return heard.includes(notice)
    },
    20_000,
  )
}

describe.skipIf(reason !== undefined)(
  `the Redis notifier${reason === undefined ? '' : ` (${reason})`}`,
  () => {
    test('a word reaches the others and not its speaker', async () => {
      const place = await findRedis()
      const [one, two, three] = [open(place), open(place), open(place)]
      const heard = [
        await listenTo(one.notifier),
        await listenTo(two.notifier),
        await listenTo(three.notifier),
      ]
      one.notifier.notify('events')
      await waitUntil('both hear it', () => heard[1]?.[0] === 'events' && heard[2]?.[0] === 'events', 5_000)
      two.notifier.notify('due')
      await waitUntil('the first hears the second', () => heard[0]?.includes('due') === true, 5_000)
      expect(heard).toEqual([['due'], ['events'], ['events', 'due']])
    })

    test('a thousand words in a moment are told as a few, the last one too', async () => {
      const place = await findRedis()
      const clock = virtualClock()
      const speaker = open({ ...place, clock })
      const heard = await listenTo(open(place).notifier)
      speaker.notifier.notify('events')
      await waitUntil('the connection is there', () => heard.includes('events'), 5_000)
      for (let word = 0; word < 1_000; word += 1) speaker.notifier.notify('due')
      await waitUntil('the first word is heard', () => heard.includes('due'), 5_000)
      expect(heard).toEqual(['events', 'due'])
      await clock.advance(50)
      await waitUntil('the last word is heard', () => heard.length === 3, 5_000)
      await clock.advance(1_000)
      speaker.notifier.notify('events')
      await waitUntil('a later word is heard', () => heard.at(-1) === 'events' && heard.length > 3, 5_000)
      expect(heard).toEqual(['events', 'due', 'due', 'events'])
    })

    test('another workspace hears nothing', async () => {
      const place = await findRedis()
      const speaker = open(place)
      const stranger = await listenTo(open({ ...place, prefix: `${place.prefix}-other` }).notifier)
      const heard = await listenTo(open(place).notifier)
      await tryUntilHeard(speaker.notifier, heard, 'due')
      expect(stranger).toEqual([])
    })

    test('strange words wake nobody, and a listener that throws harms nobody', async () => {
      const place = await findRedis()
      const { notifier } = open(place)
      await notifier.listen(() => {
        throw new Error('planned by the test')
      })
      const heard = await listenTo(notifier)
      const redis = new Redis(place.url)
      cleanUp.push(() => redis.disconnect())
      for (const words of [
        '',
        'due',
        'x'.repeat(1_000_000),
        '{"due":1}',
        '\u0000\uFFFD events!',
        'someone due',
      ])
        await redis.publish(`${place.prefix}.notices`, words)
      await waitUntil('the right word is heard', () => heard.length > 0, 5_000)
      expect(heard).toEqual(['due'])
    })

    test('a listener that was ended hears nothing more', async () => {
      const place = await findRedis()
      const { notifier } = open(place)
      const ended: Notice[] = []
      const end = await notifier.listen((notice) => ended.push(notice))
      const heard = await listenTo(notifier)
      await end()
      await end()
      ended.length = 0
      await tryUntilHeard(open(place).notifier, heard, 'due')
      expect(ended).toEqual([])
    })

    test('what was still to be told is told before it is closed, and nothing after', async () => {
      const place = await findRedis()
      const { notifier } = open(place)
      const heard = await listenTo(open(place).notifier)
      await tryUntilHeard(notifier, heard, 'due')
      await waitUntil('it is quiet', () => new Promise((done) => setTimeout(() => done(true), 120)), 1_000)
      heard.length = 0
      notifier.notify('due')
      notifier.notify('due')
      await notifier.close()
      await notifier.close()
      notifier.notify('events')
      await waitUntil('both words are heard', () => heard.length === 2, 5_000)
      expect(heard).toEqual(['due', 'due'])
    })

    test('options that are wrong are named, and the password is not', () => {
      expect(() => redisNotifier({ url: 'http://user:secret@host' })).toThrow(/"url" of redisNotifier/)
      expect(() => redisNotifier({ url: 'http://user:secret@host' })).not.toThrow(/secret/)
      expect(() => redisNotifier({ url: 'redis://host', prefix: 'a b' })).toThrow(/"prefix"/)
    })

    test('nothing throws while there is no Redis, and it can be closed', async () => {
      const { notifier, warnings } = open({ url: 'redis://127.0.0.1:1' })
      await notifier.listen(() => undefined)
      for (let word = 0; word < 1_000; word += 1) notifier.notify('events')
      await waitUntil('it is told', () => warnings.length > 0, 5_000)
      await notifier.close()
      expect(warnings).toHaveLength(1)
    })
  },
)

describe.skipIf(noPrivate !== undefined)(
  `a Redis that goes${noPrivate === undefined ? '' : ` (${noPrivate})`}`,
  () => {
    test('words arrive again after it was killed and started; one warning', { timeout: 60_000 }, async () => {
      const redis = await privateRedis()
      cleanUp.push(() => redis.close())
      const [speaker, listener] = [open({ url: redis.url }), open({ url: redis.url })]
      const heard = await listenTo(listener.notifier)
      await tryUntilHeard(speaker.notifier, heard, 'due')
      await redis.kill()
      await waitUntil(
        'both notice',
        () => speaker.warnings.length > 0 && listener.warnings.length > 0,
        10_000,
      )
      heard.length = 0
      speaker.notifier.notify('events')
      await redis.start()
      await waitUntil(
        'it may have missed both',
        () => heard.includes('due') && heard.includes('events'),
        20_000,
      )
      heard.length = 0
      await tryUntilHeard(speaker.notifier, heard, 'events')
      expect([speaker.warnings.length, listener.warnings.length]).toEqual([1, 1])
    })

    test('a wire that swallows everything is noticed within 15 s', { timeout: 60_000 }, async () => {
      const redis = await privateRedis()
      cleanUp.push(() => redis.close())
      const wire = await startSwallowingWire(redis.port)
      cleanUp.push(() => wire.close())
      const listener = open({ url: `redis://127.0.0.1:${String(wire.port)}` })
      const heard = await listenTo(listener.notifier)
      wire.swallow()
      const startedMs = Date.now()
      await waitUntil('it notices', () => listener.warnings.length > 0, 15_000)
      expect(Date.now() - startedMs).toBeLessThan(15_000)
      wire.carry()
      await waitUntil('it listens again', () => heard.includes('due'), 20_000)
      heard.length = 0
      await tryUntilHeard(open({ url: redis.url }).notifier, heard, 'due')
    })
  },
)
