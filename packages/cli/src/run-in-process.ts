import { Readable } from 'node:stream'
import type { Environment } from './environment.ts'
import { runProgram } from './program.ts'
import type { TextSink } from './text-sink.ts'

/** Where and with what a command runs. */
export interface RunOptions {
  /** Absolute path of the folder it runs in. */
  readonly directory: string
  readonly environment?: Environment
  /** Standard input. */
  readonly input?: string
}

/** What a command ended with. */
export interface CommandEnd {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** A command at work in this process. */
export interface RunningCommand {
  /** What it has printed so far. */
  stdout(): string
  stderr(): string
  /** The documents it has printed so far, with `--json`. */
  documents(): readonly Readonly<Record<string, unknown>>[]
  readonly ended: Promise<CommandEnd>
  /** Asks it to end, as Ctrl-C does. */
  stop(): Promise<CommandEnd>
}

/** Runs a command as somebody would who has no terminal; for tests. */
export function runInProcess(argv: readonly string[], options: RunOptions): RunningCommand {
  const { directory, environment = {}, input } = options
  const stopping = new AbortController()
  const texts = { stdout: '', stderr: '' }
  const ended = runProgram(argv, {
    stdin: Readable.from(input === undefined ? [] : [Buffer.from(input)]),
    stdout: sinkOf((text) => (texts.stdout += text)),
    stderr: sinkOf((text) => (texts.stderr += text)),
    environment,
    directory,
    stop: stopping.signal,
  }).then((code) => ({ code, ...texts }))
  return {
    stdout: () => texts.stdout,
    stderr: () => texts.stderr,
    documents: () =>
      texts.stdout
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line)),
    ended,
    stop: () => {
      stopping.abort('signal')
      return ended
    },
  }
}

function sinkOf(keep: (text: string) => unknown): TextSink {
  return {
    write: (text, done) => {
      keep(text)
      done?.()
    },
  }
}
