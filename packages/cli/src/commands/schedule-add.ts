import type { ScheduleActionInput, ScheduleInput, To, WhenInput } from '@invite-me/core'
import { InviteMeError } from '@invite-me/core/channel'
import { nameAddressee, resolveAddressees } from '../addressees.ts'
import { readAnswerOption } from '../answer-option.ts'
import { channelNames, requireChannels } from '../configured-channels.ts'
import { describeTime } from '../describe.ts'
import { withInviteMe } from '../engine.ts'
import { exitCodes, type ExitCode } from '../exit-code.ts'
import { contentOf, readRemindOption, sendOptionsOf, type MessageFlags } from '../message-options.ts'
import { reportProblems } from '../report-message.ts'
import { settingsOf, type Session } from '../session.ts'

/** The flags of `schedule add`, as the command line parses them. */
export interface ScheduleFlags extends Omit<MessageFlags, 'to' | 'key' | 'patience'> {
  readonly cron?: string
  /** Milliseconds. */
  readonly every?: number
  readonly at?: string
  readonly rrule?: string
  readonly onAttribute?: string
  readonly start?: string
  readonly zone?: string
  readonly starts?: string
  readonly ends?: string
  readonly missed?: 'skip' | 'once' | 'all'
  /** Milliseconds. */
  readonly jitter?: number
  readonly description?: string
  readonly disabled?: boolean
  readonly to?: readonly string[]
  readonly text?: string
  readonly question?: string
  readonly answer?: string
  readonly remind?: readonly string[]
}

/** Makes a schedule, or changes the one of this name. */
export async function addSchedule(session: Session, name: string, flags: ScheduleFlags): Promise<ExitCode> {
  const when = whenOf(flags)
  const settings = await settingsOf(session)
  const channels = await requireChannels(channelNames(settings, flags.via), settings, session)
  return withInviteMe(session, { settings, channels }, async (inviteMe) => {
    const { to, imports } =
      flags.to === undefined
        ? { to: undefined, imports: [] }
        : await resolveAddressees(session, inviteMe, settings, { ...flags, to: flags.to, channels })
    const refused = reportProblems(session, imports)
    const schedule = await inviteMe.schedules
      .save({ name, when, action: actionOf(flags, to), ...timingOf(flags) })
      .catch((error: unknown) => {
        throw to === undefined ? error : nameAddressee(error, to)
      })
    session.output.result(schedule, () =>
      schedule.nextAt === null
        ? `Saved; "${name}" is disabled.`
        : `Saved; "${name}" runs next at ${describeTime(schedule.nextAt, settings.zone)}.`,
    )
    session.output.remark('Runs are made while one of these is running: invite-me serve, invite-me listen')
    return refused > 0 ? exitCodes.partly : exitCodes.done
  })
}

function whenOf({ cron, every, at, rrule, onAttribute, start, zone }: ScheduleFlags): WhenInput {
  const zoned = zone === undefined ? {} : { zone }
  const given = [cron, every, rrule, onAttribute ?? at].filter((one) => one !== undefined)
  if (given.length !== 1)
    throw refuse('Say when: exactly one of --cron, --every, --at, --rrule and --on-attribute.', 'when')
  if (cron !== undefined) return { cron, ...zoned }
  if (every !== undefined) return { every, ...(start === undefined ? {} : { from: start }) }
  if (rrule !== undefined) {
    if (start === undefined) throw refuse('A rule begins somewhere; add --start 2026-11-27T18:00.', '--start')
    return { rrule, start, ...zoned }
  }
  if (at === undefined) throw refuse('Say at what time of day: --at 10:00.', '--at')
  return onAttribute === undefined ? { at, ...zoned } : { onAttribute, at, ...zoned }
}

function timingOf(flags: ScheduleFlags): Partial<ScheduleInput> {
  const { description, starts, ends, missed, jitter, disabled } = flags
  return {
    ...(description === undefined ? {} : { description }),
    ...(starts === undefined ? {} : { starts }),
    ...(ends === undefined ? {} : { ends }),
    ...(missed === undefined ? {} : { missed }),
    ...(jitter === undefined ? {} : { jitter }),
    ...(disabled === true ? { enabled: false } : {}),
  }
}

function actionOf(flags: ScheduleFlags, to: readonly To[] | undefined): ScheduleActionInput {
  const { text, question, answer = 'yes-no', remind } = flags
  const message = { ...flags, to: [], patience: 0 }
  const options = sendOptionsOf(message)
  const addressed = to === undefined ? {} : { to }
  if (text !== undefined && question === undefined)
    return { send: { ...addressed, content: contentOf(text, message, '--text'), options } }
  if (question === undefined || text !== undefined)
    throw refuse('Say what: exactly one of --text and --question.', 'action')
  return {
    ask: {
      ...addressed,
      question: contentOf(question, message, '--question'),
      options: {
        ...options,
        answer: readAnswerOption(answer),
        ...(remind === undefined ? {} : { remind: readRemindOption(remind) }),
      },
    },
  }
}

function refuse(sentence: string, field: string): InviteMeError {
  return new InviteMeError('REQUEST_INVALID', sentence, { field })
}
