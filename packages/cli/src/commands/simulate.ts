import { readFile } from 'node:fs/promises'
import { extname, resolve } from 'node:path'
import { InviteMeError } from '@invite-me/core/channel'
import { describeValue } from '../describe.ts'
import { exitCodes, type ExitCode } from '../exit-code.ts'
import { plainText } from '../plain-text.ts'
import type { Session } from '../session.ts'
import { localTime } from '../simulation/moments.ts'
import type { Ending, Happening, Simulated } from '../simulation/run-scenario.ts'
import { runScenario } from '../simulation/run-scenario.ts'
import { readScenario, type Fault, type Scenario } from '../simulation/scenario.ts'

/** Largest file that is read, in characters. */
const mostCharacters = 5_000_000

/** Tells what would happen in a scenario, on a clock of its own: nothing is sent, nothing is kept. */
export async function simulate(session: Session, file: string): Promise<ExitCode> {
  const scenario = readScenario(await readWritten(resolve(session.host.directory, file), file))
  const simulated = await runScenario(scenario)
  const zones = new Map(scenario.people.map(({ id, zone }) => [id, zone ?? simulated.zone]))
  const names = new Map(scenario.people.map(({ id, name }) => [id, name ?? id]))
  const view = { scenario, simulated, zones, names }
  session.output.result(documentOf(view), () => describe(view).join('\n'))
  return exitCodes.done
}

async function readWritten(path: string, file: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new InviteMeError('REQUEST_INVALID', `The scenario "${file}" cannot be read.`, {
      field: 'file',
      cause,
    })
  })
  if (text.length > mostCharacters)
    throw new InviteMeError(
      'REQUEST_INVALID',
      `The scenario "${file}" is longer than 5 million characters.`,
      {
        field: 'file',
      },
    )
  if (extname(file) !== '.json') return (await import('../read-yaml.ts')).readYaml(file, text)
  try {
    return JSON.parse(text) as unknown
  } catch (cause) {
    throw new InviteMeError('REQUEST_INVALID', `The scenario "${file}" is not JSON.`, {
      field: 'file',
      cause,
    })
  }
}

interface View {
  readonly scenario: Scenario
  readonly simulated: Simulated
  readonly zones: ReadonlyMap<string, string>
  readonly names: ReadonlyMap<string, string>
}

function documentOf({ simulated, zones }: View): object {
  const { startMs, endMs, zone, happenings, endings, tallies } = simulated
  const zoneOf = (who: string): string => zones.get(who) ?? zone
  return {
    start: new Date(startMs),
    end: new Date(endMs),
    zone,
    timeLine: happenings.map(({ who, at, text }) => ({
      at,
      local: localTime(at.getTime(), zoneOf(who)),
      zone: zoneOf(who),
      who,
      text,
    })),
    outcomes: endings.map(({ who, question, tookMs, invitation }) => ({
      who,
      question,
      state: invitation.state,
      value: invitation.value,
      via: invitation.via,
      answeredAt: invitation.answeredAt,
      tookMs,
    })),
    tallies,
  }
}

function describe(view: View): readonly string[] {
  const { scenario, simulated } = view
  const { startMs, endMs, zone, happenings, endings } = simulated
  const title = scenario.name === undefined ? [] : [plainText(scenario.name)]
  return [
    ...title,
    `from ${localTime(startMs, zone)} to ${localTime(endMs, zone)} (${zone}); nothing is sent`,
    ...scenario.faults.map((fault) => describeFault(fault, zone)),
    '',
    ...linesOf(happenings, view),
    '',
    ...endings.map((ending) => describeEnding(ending, view)),
  ]
}

function describeFault({ channel, does, from, to, zone }: Fault, usual: string): string {
  const hours =
    from === undefined && to === undefined ? 'all the time' : `${from ?? 'the start'} to ${to ?? 'the end'}`
  return `fault: ${plainText(channel)} is ${does}, ${hours} (${zone ?? usual})`
}

function linesOf(happenings: readonly Happening[], { simulated, zones, names }: View): readonly string[] {
  const width = Math.max(0, ...[...names.values()].map((name) => plainText(name).length))
  const zoneWidth = Math.max(0, ...[...zones.values()].map((zone) => zone.length))
  return happenings.map(({ who, at, text }) => {
    const zone = zones.get(who) ?? simulated.zone
    const name = plainText(names.get(who) ?? who)
    return `${localTime(at.getTime(), zone)} ${zone.padEnd(zoneWidth)}  ${name.padEnd(width)}  ${plainText(text)}`
  })
}

function describeEnding({ who, question, invitation, tookMs }: Ending, { names }: View): string {
  const { state, value, via } = invitation
  const answered =
    tookMs === null
      ? ''
      : ` ${describeValue(value)} by ${via ?? 'nobody knows what'}, after ${describeSpan(tookMs)}`
  return `${plainText(names.get(who) ?? who)}: ${state}${answered} (${plainText(question)})`
}

/** `10 h 5 min` */
function describeSpan(ms: number): string {
  const minutes = Math.floor(ms / 60_000)
  if (minutes < 1) return `${String(Math.round(ms / 1_000))} s`
  const days = Math.floor(minutes / 1_440)
  const hours = Math.floor((minutes % 1_440) / 60)
  const parts = [
    [days, 'd'],
    [hours, 'h'],
    [minutes % 60, 'min'],
  ] as const
  return parts.flatMap(([count, unit]) => (count === 0 ? [] : `${String(count)} ${unit}`)).join(' ')
}
