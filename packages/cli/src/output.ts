import picocolors from 'picocolors'
import type { Environment } from './environment.ts'
import { jsonLine, plainText } from './plain-text.ts'
import { createProgress } from './progress.ts'
import type { TextSink } from './text-sink.ts'

/** The colours of picocolors, or functions that change nothing. */
export type Paint = ReturnType<typeof picocolors.createColors>

/** What a command says. Results go to stdout, everything else to stderr. */
export interface Output {
  readonly isJson: boolean
  readonly paint: Paint
  /** Prints a result: the value as one line of JSON, or what `human` makes of it. A stream is several results. */
  result(value: object, human: () => string): void
  /** Says something beside the result; silent with `--json`. */
  remark(text: string): void
  /** Shows how far a long step is, on a terminal only; any other output takes the bar away. `undefined` ends it. */
  progress(state: { readonly done: number; readonly total: number; readonly label: string } | undefined): void
  /** Warns; with `--json` as `{"warning":{"message":…}}` on stderr. */
  warning(message: string, fields?: Readonly<Record<string, unknown>>): void
  /** Says why the command failed; with `--json` as `{"error":{…}}` on stderr. */
  failure(error: {
    readonly code: string
    readonly message: string
    readonly field?: string | undefined
  }): void
}

/** What an {@link Output} writes to, and how. */
export interface OutputSettings {
  readonly stdout: TextSink
  readonly stderr: TextSink
  readonly environment: Environment
  readonly json: boolean
}

/** Makes the output of one command. `human` texts are printed as given: their parts must have gone through {@link plainText}. */
export function createOutput({ stdout, stderr, environment, json }: OutputSettings): Output {
  const paint = picocolors.createColors(!json && wantsColour(environment, stdout))
  const errorPaint = picocolors.createColors(!json && wantsColour(environment, stderr))
  const isWatched = !json && stderr.isTTY === true && environment['CI'] === undefined
  const bar = createProgress(stderr)
  const writeTo = (sink: TextSink, line: string): void => {
    bar.clear()
    sink.write(`${line}\n`)
  }
  return {
    isJson: json,
    paint,
    result(value, human) {
      writeTo(stdout, json ? jsonLine(value) : human())
    },
    remark(text) {
      if (!json) writeTo(stderr, text)
    },
    progress(state) {
      if (state === undefined) bar.clear()
      else if (isWatched) bar.show(state.done, state.total, plainText(state.label))
    },
    warning(message, fields = {}) {
      const line = json
        ? jsonLine({ warning: { message, ...fields } })
        : `${errorPaint.yellow('warning')} ${plainText(message)}${listFields(fields)}`
      writeTo(stderr, line)
    },
    failure({ code, message, field }) {
      const line = json
        ? jsonLine({ error: { code, message, ...(field === undefined ? {} : { field }) } })
        : `${errorPaint.red('error')} ${plainText(message)}`
      writeTo(stderr, line)
    },
  }
}

function listFields(fields: Readonly<Record<string, unknown>>): string {
  const parts = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name} ${typeof value === 'string' ? value : (JSON.stringify(value) ?? '')}`)
  return parts.length === 0 ? '' : ` (${plainText(parts.join(', '))})`
}

/** NO_COLOR wins over everything (no-color.org), then FORCE_COLOR, then whether a person watches. */
function wantsColour(environment: Environment, sink: TextSink): boolean {
  if ((environment['NO_COLOR'] ?? '') !== '') return false
  const forced = environment['FORCE_COLOR'] ?? ''
  if (forced !== '') return forced !== '0'
  return sink.isTTY === true && environment['TERM'] !== 'dumb'
}
