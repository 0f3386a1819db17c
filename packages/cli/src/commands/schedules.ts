import type { InviteMe, Run, Schedule, When } from '@invite-me/core'
import { InviteMeError } from '@invite-me/core/channel'
import { channelNames, requireChannels } from '../configured-channels.ts'
import { describeTime } from '../describe.ts'
import { withInviteMe } from '../engine.ts'
import { exitCodes, type ExitCode } from '../exit-code.ts'
import { listRows } from '../pages.ts'
import { settingsOf, type Session } from '../session.ts'
import { table } from '../table.ts'

/** Lists schedules, oldest first. */
export async function listSchedules(session: Session): Promise<ExitCode> {
  const { zone } = await settingsOf(session)
  return atDesk(session, async (inviteMe) => {
    const schedules = await listRows<Schedule>((page) => inviteMe.schedules.list(page))
    session.output.result({ schedules }, () =>
      schedules.length === 0
        ? 'There are no schedules; make one with: invite-me schedule add'
        : table<Schedule>(
            [
              { heading: 'name', cell: ({ name }) => name },
              { heading: 'when', cell: ({ when }) => describeWhen(when, zone) },
              { heading: 'next', cell: (one) => describeNext(one, zone) },
              { heading: 'last run', cell: ({ lastRunAt }) => describeTime(lastRunAt, zone) },
              { heading: 'runs', cell: ({ runCount }) => runCount, align: 'right' },
            ],
            schedules,
          ),
    )
  })
}

/** Shows one schedule with its newest runs. */
export async function showSchedule(session: Session, name: string): Promise<ExitCode> {
  const { zone } = await settingsOf(session)
  return atDesk(session, async ({ schedules }) => {
    const schedule = await schedules.get(name)
    if (schedule === undefined)
      throw new InviteMeError('SCHEDULE_UNKNOWN', `There is no schedule "${name}".`, { field: 'name' })
    const runs = await schedules.runs(name, { limit: 20 })
    session.output.result({ schedule, runs }, () =>
      [
        `${schedule.name}${schedule.description === null ? '' : `: ${schedule.description}`}`,
        `runs ${describeWhen(schedule.when, zone)}; next: ${describeNext(schedule, zone)}; of missed moments: ${schedule.missed}`,
        ...(runs.length === 0 ? ['It has not run.'] : [runsTable(runs, zone)]),
      ].join('\n'),
    )
  })
}

/** Goes on with a schedule, or makes it rest. */
export async function switchSchedule(
  session: Session,
  name: string,
  { isOn }: { readonly isOn: boolean },
): Promise<ExitCode> {
  const { zone } = await settingsOf(session)
  return atDesk(session, async ({ schedules }) => {
    const schedule = await (isOn ? schedules.enable(name) : schedules.disable(name))
    session.output.result(schedule, () =>
      isOn ? `Enabled; it runs next at ${describeNext(schedule, zone)}.` : 'Disabled.',
    )
  })
}

/** Removes a schedule with its runs. */
export async function removeSchedule(session: Session, name: string): Promise<ExitCode> {
  return atDesk(session, async ({ schedules }) => {
    await schedules.remove(name)
    session.output.result({ removed: name }, () => 'Removed.')
  })
}

/** Makes a run at once. */
export async function runSchedule(
  session: Session,
  name: string,
  { via }: { readonly via?: readonly string[] },
): Promise<ExitCode> {
  const settings = await settingsOf(session)
  const channels = await requireChannels(channelNames(settings, via), settings, session)
  return withInviteMe(session, { settings, channels }, async ({ schedules }) => {
    const run = await schedules.runNow(name)
    session.output.result(run, () =>
      run.messageId === null
        ? `Done; ${run.messages} ${run.messages === 1 ? 'message' : 'messages'}.`
        : `Done; message ${run.messageId}.`,
    )
    session.output.remark('It is sent while one of these is running: invite-me serve, invite-me listen')
    return run.state === 'failed' ? exitCodes.failed : exitCodes.done
  })
}

/** Tells the next moments of a schedule. */
export async function nextOfSchedule(
  session: Session,
  name: string,
  { count }: { readonly count?: number },
): Promise<ExitCode> {
  const { zone } = await settingsOf(session)
  return atDesk(session, async ({ schedules }) => {
    const next = await schedules.next(name, count)
    session.output.result({ next }, () =>
      next.length === 0
        ? 'None is still to come.'
        : next.map((moment) => describeTime(moment, zone)).join('\n'),
    )
  })
}

async function atDesk(session: Session, work: (inviteMe: InviteMe) => Promise<void>): Promise<ExitCode> {
  const settings = await settingsOf(session)
  return withInviteMe(session, { settings }, async (inviteMe) => {
    await work(inviteMe)
    return exitCodes.done
  })
}

function describeWhen(when: When, zone: string | undefined): string {
  if ('cron' in when) return `${when.cron} (${when.zone})`
  if ('everyMs' in when) return `every ${String(when.everyMs / 60_000)} min`
  if ('rrule' in when) return `${when.rrule} (${when.zone})`
  if ('onAttribute' in when) return `on ${when.onAttribute} at ${when.at}`
  return `once, ${describeTime(when.at, zone)}`
}

function describeNext({ enabled, nextAt }: Schedule, zone: string | undefined): string {
  if (!enabled) return 'disabled'
  return nextAt === null ? 'over' : describeTime(nextAt, zone)
}

function runsTable(runs: readonly Run[], zone: string | undefined): string {
  return table<Run>(
    [
      { heading: 'for', cell: ({ at }) => describeTime(at, zone) },
      { heading: 'made', cell: ({ firedAt }) => describeTime(firedAt, zone) },
      { heading: 'state', cell: ({ state, byHand }) => (byHand ? `${state}, by hand` : state) },
      { heading: 'messages', cell: ({ messages }) => messages, align: 'right' },
      { heading: 'missed', cell: ({ missed }) => missed, align: 'right' },
      { heading: 'message or error', cell: ({ messageId, error }) => error ?? messageId },
    ],
    runs,
  )
}
