import type { Log } from '@invite-me/core/channel'
import { pino, type DestinationStream, type Logger as Pino } from 'pino'
import type { RequestRecord } from '../app/watch-request.ts'
import { redactFields, redactText } from './redact.ts'

/** How much is logged: `info` also a line for each request and what the server does, `warn` and `error` only trouble. */
export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const
/** See {@link logLevels}. */
export type LogLevel = (typeof logLevels)[number]

/** The log of a server: lines of JSON. */
export interface Logger extends Log {
  /** What the server does: begins, listens, stops. */
  info(message: string, fields?: Readonly<Record<string, unknown>>): void
  /** A line for an answer of the HTTP interface; those that only ask whether we live are told at `debug`. */
  request(record: RequestRecord): void
}

/** Where lines go and how many. */
export interface LoggerOptions {
  readonly level: LogLevel
  /** Default standard output; a line is written before the call returns, so the last words of a process are not lost. */
  readonly destination?: DestinationStream
  /** In every line: `{ role: 'api' }`. */
  readonly base?: Readonly<Record<string, string>>
}

/** Routes that are asked every few seconds by machines. */
const quietRoutes = new Set(['GET /healthz', 'GET /readyz', 'GET /metrics'])

/** Makes the log of a server. Secrets and addresses are taken out of whatever it is given. */
export function createLogger({ level, destination, base = {} }: LoggerOptions): Logger {
  const options = {
    level,
    base: { ...base, pid: process.pid },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    messageKey: 'message',
  }
  const log: Pino = destination === undefined ? pino(options) : pino(options, destination)
  const write =
    (kind: 'info' | 'warn' | 'error') =>
    (message: string, fields: Readonly<Record<string, unknown>> = {}): void => {
      if (log.isLevelEnabled(kind)) log[kind](redactFields(fields), redactText(message))
    }
  return {
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    request: ({ requestId, method, route, status, durationMs, keyId }) => {
      const isQuiet = quietRoutes.has(route) && status < 500
      log[isQuiet ? 'debug' : 'info'](
        // Nothing here comes from the request unchecked; its path does not appear, since it may hold a token.
        { requestId, method, route, status, durationMs, ...(keyId !== undefined && { keyId }) },
        'request',
      )
    },
  }
}
