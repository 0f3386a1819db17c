import type { AskOptions, ContentInput, Next, SendOptions } from '@invite-me/core'
import { InviteMeError } from '@invite-me/core/channel'

/** The flags `ask` and `send` share, as the command line parses them. */
export interface MessageFlags {
  readonly to: readonly string[]
  readonly subject?: string
  readonly template?: string
  /** JSON. */
  readonly variables?: string
  readonly details?: string
  readonly via?: readonly string[]
  readonly next?: string
  readonly routing?: 'fallback' | 'all'
  readonly until?: string
  readonly key?: string
  readonly category?: string
  readonly from?: string
  readonly encoding?: string
  /** Milliseconds. */
  readonly patience: number
}

/**
 * Puts together what is said: a text, or a template with its variables.
 *
 * @param option name of the option that holds the text
 * @throws InviteMeError `REQUEST_INVALID` when both are given, or neither
 */
export function contentOf(
  text: string | undefined,
  { subject, details, template, variables }: MessageFlags,
  option: '--text' | '--question',
): ContentInput {
  const wrong = (message: string, field: string) => new InviteMeError('REQUEST_INVALID', message, { field })
  if (template !== undefined) {
    if (text !== undefined || subject !== undefined || details !== undefined)
      throw wrong(
        `Give ${option} or --template, not both; a template has its own subject and details.`,
        '--template',
      )
    return { template, ...(variables === undefined ? {} : { variables: readVariables(variables) }) }
  }
  if (text === undefined) throw wrong(`Say what is said: ${option} <text>, or --template <name>.`, option)
  if (variables !== undefined)
    throw wrong('Variables are for a template; name one with --template.', '--variables')
  return {
    text,
    ...(subject === undefined ? {} : { subject }),
    ...(details === undefined ? {} : { details }),
  }
}

/**
 * Reads the value of `--variables`, such as `{"city":"Bonn"}`.
 * @throws InviteMeError `REQUEST_INVALID` when it is no JSON object
 */
export function readVariables(text: string): Readonly<Record<string, unknown>> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    value = undefined
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Readonly<Record<string, unknown>>
  throw new InviteMeError(
    'REQUEST_INVALID',
    'The variables are no JSON object; write for example --variables \'{"city":"Bonn"}\'.',
    { field: '--variables' },
  )
}

/** Puts together how it is said; values are checked by the engine, which names the field. */
export function sendOptionsOf(flags: MessageFlags): SendOptions {
  const { via, next, routing, until, key, category, from } = flags
  return {
    ...(via === undefined ? {} : { via }),
    ...(next === undefined ? {} : { next: readNextOption(next) }),
    ...(routing === undefined ? {} : { routing }),
    ...(until === undefined ? {} : { until }),
    ...(key === undefined ? {} : { key }),
    ...(category === undefined ? {} : { category }),
    ...(from === undefined ? {} : { from: { name: from } }),
  }
}

const isDuration = (text: string): text is `${number}m` => /^\d{1,12}(ms|s|m|h|d|w)$/.test(text)

/**
 * Reads the value of `--next`, such as `unlessAnswered=30m`.
 *
 * @throws InviteMeError `REQUEST_INVALID` when it is not understood
 */
export function readNextOption(option: string): Next {
  if (option === 'unlessAccepted') return { unlessAccepted: true }
  const [rule = '', time = ''] = option.split('=', 2)
  if (isDuration(time)) {
    if (rule === 'unlessAnswered') return { unlessAnswered: time }
    if (rule === 'unlessSeen') return { unlessSeen: time }
    if (rule === 'unlessDelivered') return { unlessDelivered: time }
  }
  throw new InviteMeError(
    'REQUEST_INVALID',
    `"${option}" is not understood; write unlessAccepted, or unlessDelivered, unlessSeen or unlessAnswered with a time, for example unlessAnswered=30m.`,
    { field: '--next' },
  )
}

/**
 * Reads the value of `--remind`, such as `1d,2d`.
 *
 * @throws InviteMeError `REQUEST_INVALID` when one of them is no length of time
 */
export function readRemindOption(times: readonly string[]): NonNullable<AskOptions<unknown>['remind']> {
  return times.map((time) => {
    if (isDuration(time)) return time
    throw new InviteMeError(
      'REQUEST_INVALID',
      `"${time}" is not a length of time; write for example 12h or 2d.`,
      {
        field: '--remind',
      },
    )
  })
}
