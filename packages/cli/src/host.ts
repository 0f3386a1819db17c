import { readEnvironment, type Environment } from './environment.ts'
import type { TextSink } from './text-sink.ts'

/** The process as commands see it; tests bring their own. */
export interface Host {
  readonly stdin: NodeJS.ReadableStream & AsyncIterable<Uint8Array> & { readonly isTTY?: boolean }
  readonly stdout: TextSink
  readonly stderr: TextSink
  readonly environment: Environment
  /** Absolute path relative file names are meant from. */
  readonly directory: string
  /** Aborts when the person wants the command to end; its reason is a {@link StopRequest}. */
  readonly stop: AbortSignal
}

/** Why a command should end: a signal, or nobody reads its output any more. */
export type StopRequest = 'signal' | 'output closed'

/**
 * Makes the host of the real process and listens for its end: the first SIGINT or SIGTERM asks the command to finish, a
 * second one ends the process at once with exit code 130.
 */
export function createProcessHost(): Host {
  const stop = new AbortController()
  const end = (request: StopRequest): void => {
    stop.abort(request)
  }
  const onSignal = (): void => {
    if (stop.signal.aborted) process.exit(130)
    end('signal')
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  for (const sink of [process.stdout, process.stderr]) {
    // `invite-me status | head` closes the pipe early; every later write fails, which is no reason to die loudly.
    sink.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') throw error
      end('output closed')
    })
  }
  return {
    // Late: opening standard input takes time that most commands need not spend.
    get stdin() {
      return process.stdin
    },
    stdout: process.stdout,
    stderr: process.stderr,
    environment: readEnvironment(),
    directory: process.cwd(),
    stop: stop.signal,
  }
}
