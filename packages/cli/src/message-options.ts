import type { AskOptions, Content, Next, SendOptions } from '@invite-me/core'
import { InviteMeError } from '@invite-me/core/channel'

/** The flags `ask` and `send` share, as the command line parses them. */
export interface MessageFlags {
  readonly to: readonly string[]
  readonly subject?: string
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

/** Puts together what is said. */
export function contentOf(text: string, { subject, details }: MessageFlags): Content {
  return {
    text,
    ...(subject === undefined ? {} : { subject }),
    ...(details === undefined ? {} : { details }),
  }
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
