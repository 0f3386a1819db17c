import { z } from 'zod'
import { platformClock, platformFetch, platformRandom, type FetchFunction } from './platform.ts'
import { durationSchema, type Duration } from '../model/duration.ts'
import { parseInput } from '../model/parse.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import type { Random } from '../ports/random.ts'

/** What `connect` takes. */
export interface ConnectOptions {
  /** Where the server is: `https://invites.example.org`, with a path when it is mounted under one. */
  readonly url: string
  /**
   * An API key (`imk_…`), or in a browser a recipient's token. A function is asked before every request, so that a token can be
   * renewed before it runs out.
   */
  readonly key: string | (() => string | Promise<string>)
  /** Does the requests; default the platform's. */
  readonly fetch?: FetchFunction
  /** Longest time for one try of one request (default `'30s'`); a request that waits for something has its wait on top. */
  readonly timeout?: Duration
  /** How often a request is tried again that certainly does no harm twice; 0 to 10, default 3. */
  readonly retries?: number
  /**
   * How long waits (`answer`, `answers`, `settled`, `events`, `follow`) sit out a server that cannot be reached (default `'5m'`);
   * then they end with `SERVER_UNREACHABLE`. Listeners (`on`) never give up.
   */
  readonly patience?: Duration
  /** Where troubles of listeners are told (default: nowhere). */
  readonly log?: Log
  readonly clock?: Clock
  readonly random?: Random
}

const optionsSchema = z.strictObject({
  url: z
    .url({ protocol: /^https?$/, error: 'it must be an address such as "https://invites.example.org"' })
    .refine((url) => !/[?#]|\/\/[^/]*@/.test(url), 'it must have no "?", no "#" and no user name')
    .transform((url) => url.replace(/\/+$/, '')),
  key: z.union([
    z.string().regex(/^[\x21-\x7e]{1,8192}$/, 'it must be an API key or a token, without spaces'),
    z.custom<() => string | Promise<string>>(
      (value) => typeof value === 'function',
      'it must be a text or a function',
    ),
  ]),
  fetch: z
    .custom<FetchFunction>((value) => typeof value === 'function', 'it must be a function')
    .default(() => platformFetch),
  timeout: durationSchema.default(30_000),
  retries: z.number().int().min(0).max(10).default(3),
  patience: durationSchema.default(300_000),
  log: z.custom<Log>((value) => hasMethod(value, 'error'), 'it must have a method error').optional(),
  clock: z
    .custom<Clock>((value) => hasMethod(value, 'schedule'), 'it must have a method schedule')
    .default(platformClock),
  random: z
    .custom<Random>((value) => hasMethod(value, 'bytes'), 'it must have a method bytes')
    .default(platformRandom),
})

/** The options with defaults filled in. */
export interface ClientSettings {
  /** Without a slash at the end. */
  readonly url: string
  readonly key: ConnectOptions['key']
  readonly fetch: FetchFunction
  readonly timeoutMs: number
  readonly retries: number
  readonly patienceMs: number
  readonly log: Log
  readonly clock: Clock
  readonly random: Random
}

const silent: Log = { warn: () => undefined, error: () => undefined }

/**
 * Checks the options and fills in defaults.
 * @throws InviteMeError `OPTIONS_INVALID`, naming the field
 */
export function readConnectOptions(options: ConnectOptions): ClientSettings {
  const { timeout, patience, log, ...rest } = parseInput(optionsSchema, options, {
    code: 'OPTIONS_INVALID',
    what: 'connect',
  })
  return { ...rest, timeoutMs: timeout, patienceMs: patience, log: log ?? silent }
}

function hasMethod(value: unknown, method: string): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as Record<string, unknown>)[method] === 'function'
  )
}
