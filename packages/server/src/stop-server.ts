import type { InviteMe } from '@invite-me/core'
import type { ServerConfig } from './config.ts'
import type { PublicListening } from './listen-public.ts'
import type { Logger } from './observe/logger.ts'
import type { RunningCommands } from './queues/rabbitmq-commands.ts'
import type { Live } from './realtime/create-live.ts'

/** Longest time for answers under way, in ms; sends under way get what is left. */
const answersMs = 5_000
/** Sends get at least so long, in ms. */
const leastSendsMs = 1_000

/** What a server consists of when it stops. */
export interface StoppingServer {
  readonly config: Pick<ServerConfig, 'stopSeconds' | 'drainSeconds'>
  readonly log: Logger
  readonly inviteMe: Pick<InviteMe, 'stop'>
  readonly listening: PublicListening | undefined
  readonly live: Live | undefined
  readonly commands: RunningCommands | undefined
  /** Makes `/readyz` say 503. */
  readonly notReady: () => void
  /** Answers requests that wait. */
  readonly endWaits: () => void
}

/**
 * Stops a server so that nobody is cut off who need not be: first it says that it is no longer ready, then it takes no more
 * connections and no more commands, and answers what is under way, then the sends under way end, and in the end everything is closed.
 *
 * @throws InviteMeError `STOP_TIMEOUT` when the engine did not end in time
 */
export async function stopServer(server: StoppingServer): Promise<void> {
  const { config, log, inviteMe, listening, live, commands } = server
  const deadline = performance.now() + (config.drainSeconds + config.stopSeconds) * 1_000
  server.notReady()
  log.info('Stopping')
  if (config.drainSeconds > 0)
    await new Promise((resolve) => setTimeout(resolve, config.drainSeconds * 1_000))
  listening?.stopAccepting()
  server.endWaits()
  const forAnswersMs = Math.min(answersMs, (config.stopSeconds * 1_000) / 4)
  await Promise.all([
    live?.close({ deadlineMs: Math.min(3_000, forAnswersMs) }),
    listening?.whenIdle(forAnswersMs),
    commands?.stop(forAnswersMs),
  ])
  try {
    await inviteMe.stop({ deadlineMs: Math.max(leastSendsMs, Math.round(deadline - performance.now())) })
  } finally {
    await listening?.close()
  }
  log.info('Stopped')
}
