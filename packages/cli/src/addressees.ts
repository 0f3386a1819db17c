import { statSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import type { ImportProblem, ImportRecord, InviteMe, To } from '@invite-me/core'
import { InviteMeError, isInviteMeError, type Channel } from '@invite-me/core/channel'
import { readPeopleCsv } from '@invite-me/server/people'
import type { Settings } from './config.ts'
import { knownChannelNames, phoneChannel } from './configured-channels.ts'
import { impossibleAddresses } from './impossible-addresses.ts'
import { openBytes } from './open-bytes.ts'
import type { Session } from './session.ts'

/** What became of one list of people. */
export interface PeopleImport {
  /** File name without its folder, or `-` for standard input. */
  readonly file: string
  /** ids of those who are stored now, each once, in the order of the file. */
  readonly externalIds: readonly string[]
  readonly imported: number
  readonly repeated: number
  readonly problems: readonly ImportProblem[]
  /** What is strange about lines that were taken, such as an address that cannot be one. */
  readonly warnings: readonly ImportProblem[]
}

/** Which list is read, and what is known about addresses. */
export interface ImportOptions {
  /** Path, or `-` for standard input. */
  readonly file: string
  readonly encoding?: string | undefined
  /** Channels that tell whether an address can be one. */
  readonly channels: readonly Channel[]
}

/** Warnings that are kept one by one; more of them say nothing new. */
const mostWarnings = 10_000

/**
 * Stores the people of a CSV file; lines that cannot be used cost only themselves.
 *
 * @throws InviteMeError `REQUEST_INVALID` when the file cannot be read or is no list of people
 */
export async function importPeople(
  session: Session,
  inviteMe: InviteMe,
  settings: Settings,
  { file, encoding, channels }: ImportOptions,
): Promise<PeopleImport> {
  const { output } = session
  const name = file === '-' ? 'standard input' : basename(file)
  const linesOf = new Map<string, number[]>()
  const warnings: ImportProblem[] = []
  let read = 0
  const records = readPeopleCsv(openBytes(session, file, { what: 'list of people', field: '--to' }), {
    channels: knownChannelNames(settings),
    phoneChannel: phoneChannel(settings),
    ...(encoding === undefined ? {} : { encoding }),
    onAttributes: (columns) => {
      if (columns.length > 0) output.remark(`Columns kept as attributes: ${columns.join(', ')}`)
    },
  })
  async function* remembered(): AsyncGenerator<ImportRecord> {
    for await (const record of records) {
      read += 1
      if ('recipient' in record) {
        const id = record.recipient.externalId.trim()
        linesOf.set(id, [...(linesOf.get(id) ?? []), record.line])
        const strange = impossibleAddresses(record.line, record.recipient, channels)
        if (warnings.length < mostWarnings) warnings.push(...strange)
      }
      if (read % 500 === 0) output.progress({ done: 0, total: 0, label: `${read} lines of ${name} read` })
      yield record
    }
  }
  const report = await inviteMe.recipients.import(remembered())
  output.progress(undefined)
  const refused = new Set(report.problems.map((problem) => problem.line))
  return {
    file: file === '-' ? file : name,
    externalIds: [...linesOf].flatMap(([id, lines]) =>
      lines.every((line) => refused.has(line)) ? [] : [id],
    ),
    imported: report.imported,
    repeated: report.repeated,
    problems: report.problems,
    warnings: warnings.filter(({ line }) => !refused.has(line)),
  }
}

/** Whom a message goes to. */
export interface Addressees {
  /** Known people and bare addresses, each once, in the order given. */
  readonly to: readonly To[]
  readonly imports: readonly PeopleImport[]
}

/** How the values of `--to` are read. */
export interface AddresseeOptions {
  readonly to: readonly string[]
  readonly encoding?: string | undefined
  /** The channels in use. */
  readonly channels: readonly Channel[]
}

/**
 * Turns the values of `--to` into addressees; the people of CSV files are stored on the way. A value is a file when it is
 * `-`, ends in .csv or .tsv, or names an existing file; otherwise an externalId, a bare address, or `channel:address`.
 *
 * @throws InviteMeError `REQUEST_INVALID` when nobody is left
 */
export async function resolveAddressees(
  session: Session,
  inviteMe: InviteMe,
  settings: Settings,
  { to: values, encoding, channels }: AddresseeOptions,
): Promise<Addressees> {
  const to = new Map<string, To>()
  const imports: PeopleImport[] = []
  for (const value of values) {
    if (isFile(value, session.host.directory)) {
      const people = await importPeople(session, inviteMe, settings, { file: value, encoding, channels })
      imports.push(people)
      for (const externalId of people.externalIds) to.set(externalId, externalId)
    } else {
      to.set(value, await readAddressee(value, inviteMe, channels))
    }
  }
  if (to.size > 0) return { to: [...to.values()], imports }
  const problems = imports.flatMap((people) => people.problems).length
  const reason = problems === 0 ? 'the list is empty' : `all ${problems} lines were refused`
  throw new InviteMeError('REQUEST_INVALID', `There is nobody to write to: ${reason}.`, { field: '--to' })
}

/** Channels that take any text as an address, such as `log`, recognise none; so they are told that this is one. */
async function readAddressee(value: string, inviteMe: InviteMe, channels: readonly Channel[]): Promise<To> {
  const [, channel = '', address = ''] = /^([a-z0-9-]+):(.+)$/s.exec(value) ?? []
  if (channels.some(({ name }) => name === channel)) return { routes: { [channel]: address } }
  const takesAnything = channels.length > 0 && channels.every((candidate) => candidate.address === undefined)
  if (!takesAnything || (await inviteMe.recipients.get(value)) !== undefined) return value
  return { routes: Object.fromEntries(channels.map(({ name }) => [name, value])) }
}

/** Names the value of `--to` the engine stumbled over, which it knows by its number only. */
export function nameAddressee(error: unknown, to: readonly To[]): unknown {
  if (!isInviteMeError(error) || error.code !== 'RECIPIENT_UNKNOWN') return error
  const entry = to[Number(/^to\.(\d+)$/.exec(error.field ?? '')?.[1])]
  if (typeof entry !== 'string') return error
  return new InviteMeError(
    'RECIPIENT_UNKNOWN',
    `"${entry}" is nobody's id, and no channel in use knows it as an address; see the people with: invite-me recipients list`,
    { field: '--to', cause: error },
  )
}

function isFile(value: string, directory: string): boolean {
  if (value === '-' || /\.(csv|tsv)$/i.test(value)) return true
  return statSync(resolve(directory, value), { throwIfNoEntry: false })?.isFile() ?? false
}
