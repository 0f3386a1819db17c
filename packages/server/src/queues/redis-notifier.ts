import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { systemClock, type Clock, type Log, type Notice, type Notifier } from '@invite-me/core'
import { Redis } from 'ioredis'
import { z } from 'zod'
import { atMost } from './deadline.ts'
import { parseOptions } from './parse-options.ts'

/** How processes wake each other by Redis. */
export interface RedisNotifierOptions {
  /** `redis://user:password@host:6379/0`, or `rediss://…` */
  readonly url: string
  /** Begins the name of the channel (default `invite-me`); a workspace each. */
  readonly prefix?: string
  /** Where an outage is told (default: nowhere). */
  readonly log?: Log
  readonly clock?: Clock
  /** A number from 0 to below 1, to spread reconnects (default `Math.random`). */
  readonly fraction?: () => number
}

const optionsSchema = z.strictObject({
  url: z.string().refine(isRedisUrl, 'must be a URL that begins with redis:// or rediss://'),
  prefix: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,100}$/, 'must be 1 to 100 letters, digits, dots, hyphens and underscores')
    .default('invite-me'),
})

function isRedisUrl(text: string): boolean {
  return /^rediss?:\/\//.test(text) && URL.canParse(text)
}

const notices: readonly Notice[] = ['due', 'events']
/** Words of a kind are told at once when it was quiet, and then at most this often. */
const coalesceMs = 50
/** A connection is asked for a sign of life this often, and given up when it sends none for as long. */
const silenceMs = 5_000
/** First and longest pause between two tries to connect. */
const firstPauseMs = 100
const longestPauseMs = 5_000
/** Longest wait for the good-bye. */
const goodbyeMs = 1_000

const silent: Log = { warn: () => undefined, error: () => undefined }

/**
 * Wakes processes on the same store by Redis (5 or later) publish and subscribe. Nothing is kept there, and Redis need not be there:
 * without it everybody looks by himself, a little later.
 *
 * @throws InviteMeError `OPTIONS_INVALID`, naming the field; never the URL, which holds a password
 * @example createInviteMe({ store, channels, notifier: redisNotifier({ url: 'redis://localhost' }) })
 */
export function redisNotifier(options: RedisNotifierOptions): Notifier {
  const { clock = systemClock, fraction = Math.random, log = silent, ...rest } = options
  const { prefix, url } = parseOptions(optionsSchema, rest, 'redisNotifier')
  return new RedisNotifier({ clock, fraction, log, url, topic: `${prefix}.notices` })
}

interface NotifierWorld {
  readonly url: string
  readonly topic: string
  readonly clock: Clock
  readonly log: Log
  readonly fraction: () => number
}

class RedisNotifier implements Notifier {
  readonly #world: NotifierWorld
  /** Own words come back too, and are known by this. */
  readonly #id = randomUUID()
  readonly #handlers = new Set<(notice: Notice) => void>()
  /** Words told in the last moment, and whether there was another since. */
  readonly #recent = new Map<Notice, { hasMore: boolean; readonly callOff: () => void }>()
  /** Words that could not be told; they are, once there is a connection. */
  readonly #owed = new Set<Notice>()
  readonly #down = new Set<Redis>()
  readonly #timers = new Map<Redis, () => void>()
  // Redis lets a connection that listens say nothing, so there are two, each made when it is needed.
  #speaker: Redis | undefined
  #listener: Redis | undefined
  #closing: Promise<void> | undefined

  constructor(world: NotifierWorld) {
    this.#world = world
  }

  notify(notice: Notice): void {
    if (this.#closing !== undefined) return
    const recent = this.#recent.get(notice)
    if (recent === undefined) this.#tell(notice)
    else recent.hasMore = true
  }

  async listen(handle: (notice: Notice) => void): Promise<() => Promise<void>> {
    // Wrapped, so that one function given twice is two listeners.
    const handler = (notice: Notice): void => handle(notice)
    this.#handlers.add(handler)
    if (this.#closing === undefined) this.#listener ??= this.#connect((redis) => this.#subscribe(redis))
    return async () => {
      this.#handlers.delete(handler)
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    this.#handlers.clear()
    for (const [notice, { callOff, hasMore }] of this.#recent) {
      callOff()
      if (hasMore) this.#publish(notice)
    }
    await Promise.all([this.#speaker, this.#listener].map((redis) => this.#end(redis)))
  }

  #tell(notice: Notice): void {
    this.#publish(notice)
    const callOff = this.#world.clock.schedule(
      coalesceMs,
      () => {
        const hasMore = this.#recent.get(notice)?.hasMore === true
        this.#recent.delete(notice)
        if (hasMore) this.#tell(notice)
      },
      { keepAlive: false },
    )
    this.#recent.set(notice, { hasMore: false, callOff })
  }

  #publish(notice: Notice): void {
    this.#speaker ??= this.#connect(() => {
      const owed = [...this.#owed]
      this.#owed.clear()
      for (const one of owed) this.#publish(one)
    })
    if (this.#speaker.status !== 'ready') {
      this.#owed.add(notice)
      return
    }
    this.#speaker.publish(this.#world.topic, `${this.#id} ${notice}`).catch(() => this.#owed.add(notice))
  }

  #subscribe(redis: Redis): void {
    redis.subscribe(this.#world.topic).then(
      // Since the last word, or since `listen`, others may have told something.
      () => {
        for (const notice of notices) this.#hear(notice)
      },
      (error: unknown) => {
        this.#tellOutage(redis, error)
        redis.disconnect(true)
      },
    )
  }

  #hear(notice: Notice): void {
    for (const handle of this.#handlers) {
      try {
        handle(notice)
      } catch (error) {
        this.#world.log.error('Whoever was woken by another process failed', {
          notice,
          error: error instanceof Error ? error.message : 'unknown',
        })
      }
    }
  }

  #connect(onReady: (redis: Redis) => void): Redis {
    const redis = new Redis(this.#world.url, {
      lazyConnect: true,
      // Words wait here by kind, not in a queue that grows.
      enableOfflineQueue: false,
      autoResubscribe: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: null,
      connectTimeout: silenceMs,
      commandTimeout: silenceMs,
      socketTimeout: silenceMs,
      // The third protocol begins with a question that older servers and some proxies refuse.
      protocol: 2,
      retryStrategy: (times) => this.#pauseMs(times),
    })
    redis.on('ready', () => {
      this.#down.delete(redis)
      this.#keepAsking(redis)
      onReady(redis)
    })
    redis.on('message', (_topic: string, words: string) => {
      const notice = notices.find((one) => words.endsWith(` ${one}`))
      if (notice !== undefined && words !== `${this.#id} ${notice}`) this.#hear(notice)
    })
    redis.on('error', (error: unknown) => this.#tellOutage(redis, error))
    redis.on('close', () => this.#tellOutage(redis, new Error('the connection was closed')))
    // Some troubles end its own tries.
    redis.on('end', () =>
      this.#wait(redis, longestPauseMs, () => void redis.connect().catch(() => undefined)),
    )
    redis.connect().catch(() => undefined)
    return redis
  }

  #pauseMs(times: number): number {
    const pauseMs = Math.min(firstPauseMs * 2 ** (times - 1), longestPauseMs)
    return pauseMs / 2 + (this.#world.fraction() * pauseMs) / 2
  }

  /** On a dead wire nothing says that it is dead; a question without an answer does. */
  #keepAsking(redis: Redis): void {
    this.#wait(redis, silenceMs, () => {
      if (redis.status !== 'ready') return
      redis.ping().catch(() => undefined)
      this.#keepAsking(redis)
    })
  }

  #wait(redis: Redis, ms: number, run: () => void): void {
    if (this.#closing !== undefined) return
    this.#timers.get(redis)?.()
    this.#timers.set(redis, this.#world.clock.schedule(ms, run, { keepAlive: false }))
  }

  #tellOutage(redis: Redis, error: unknown): void {
    if (this.#closing !== undefined) return
    if (this.#down.size === 0)
      this.#world.log.warn('Redis cannot be used; other processes look by themselves until it can', {
        error: error instanceof Error ? error.message : 'unknown',
      })
    this.#down.add(redis)
  }

  async #end(redis: Redis | undefined): Promise<void> {
    if (redis === undefined) return
    this.#timers.get(redis)?.()
    const isConnected = redis.status !== 'end' && redis.status !== 'reconnecting'
    const ended = once(redis, 'end')
    redis.disconnect()
    if (isConnected) await atMost(this.#world.clock, goodbyeMs, ended)
  }
}
