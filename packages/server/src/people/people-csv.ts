import { InviteMeError } from '@invite-me/core/channel'
import type { ImportRecord, RecipientInput } from '@invite-me/core'
import { csvRecords } from './csv-records.ts'

/** How a list of people is read. */
export interface PeopleCsvOptions {
  /** Channels whose name may head a column of addresses. */
  readonly channels: readonly string[]
  /** Channel that takes the addresses of a column `phone`. */
  readonly phoneChannel: string
  /** Encoding of a file without a byte order mark; default UTF-8. */
  readonly encoding?: string
  /** Told once which columns were taken as attributes, none of them when all were known. */
  readonly onAttributes?: (columns: readonly string[]) => void
}

/** What one column holds. */
type Column =
  | { readonly kind: 'externalId' | 'name' | 'locale' | 'zone' | 'optedOut' | 'nothing' }
  | { readonly kind: 'route'; readonly channel: string }
  | { readonly kind: 'attribute'; readonly name: string }

const knownColumns: Readonly<Record<string, Column>> = {
  externalid: { kind: 'externalId' },
  id: { kind: 'externalId' },
  name: { kind: 'name' },
  email: { kind: 'route', channel: 'email' },
  mail: { kind: 'route', channel: 'email' },
  telegram: { kind: 'route', channel: 'telegram' },
  locale: { kind: 'locale' },
  language: { kind: 'locale' },
  zone: { kind: 'zone' },
  timezone: { kind: 'zone' },
  optedout: { kind: 'optedOut' },
}
const phoneColumns = ['phone', 'mobile', 'tel', 'telephone']

/**
 * Reads people from a CSV file with a line of headings: `externalId` or `id`, `name`, `email`, `telegram`, `phone`,
 * `locale`, `zone`, `opted_out`, or the name of any channel, in any order and spelling (`External ID` will do). Other
 * columns become attributes. The order of the address columns is the order in which a person is tried.
 *
 * `opted_out` holds yes or no, or the channels the person said stop on. Somebody without an id is known by their e-mail
 * address in lower case, else by their first address.
 *
 * @returns a record a line, with its line number; lines that cannot be used carry what is wrong with them
 * @throws InviteMeError `REQUEST_INVALID` when the whole file cannot be used: empty, headings that repeat or say nothing
 */
export async function* readPeopleCsv(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: PeopleCsvOptions,
): AsyncGenerator<ImportRecord & { readonly line: number }> {
  let columns: readonly Column[] | undefined
  for await (const record of csvRecords(source, options.encoding)) {
    if (columns === undefined) {
      if ('problem' in record) throw unusable(`Its line of headings cannot be read: ${record.problem}.`)
      columns = readHeadings(record.fields, options)
      options.onAttributes?.(columns.flatMap((column) => (column.kind === 'attribute' ? [column.name] : [])))
    } else if ('problem' in record) {
      yield record
    } else {
      const { line, fields } = record
      const person = readPerson(fields, columns, options)
      yield typeof person === 'string' ? { line, problem: person } : { line, recipient: person }
    }
  }
  if (columns === undefined)
    throw unusable('It is empty; its first line must name the columns, for example: name,email.')
}

function unusable(reason: string): InviteMeError {
  return new InviteMeError('REQUEST_INVALID', `The list of people cannot be used. ${reason}`, {
    field: 'file',
  })
}

function readHeadings(fields: readonly string[], options: PeopleCsvOptions): readonly Column[] {
  if (fields.some((field) => field.includes('\0'))) {
    throw unusable(
      'It is not plain text; if it is UTF-16 without a byte order mark, name the encoding utf-16le.',
    )
  }
  const columns = fields.map((field) => readHeading(field.trim(), options))
  const names = columns.map(nameOf)
  const repeated = names.find((name, index) => name !== '' && names.indexOf(name) !== index)
  if (repeated !== undefined) throw unusable(`Two of its columns mean "${repeated}"; keep one.`)
  if (!columns.some((column) => column.kind === 'route' || column.kind === 'externalId')) {
    throw unusable(
      'Its first line names no column of ids or addresses; it must have externalId, email, phone, telegram or a channel.',
    )
  }
  return columns
}

function readHeading(heading: string, { channels, phoneChannel }: PeopleCsvOptions): Column {
  if (heading === '') return { kind: 'nothing' }
  const kebab = heading.toLowerCase().replaceAll(/[\s_-]+/g, '-')
  const letters = kebab.replaceAll('-', '')
  if (channels.includes(kebab)) return { kind: 'route', channel: kebab }
  if (phoneColumns.includes(letters)) return { kind: 'route', channel: phoneChannel }
  return (
    (Object.hasOwn(knownColumns, letters) ? knownColumns[letters] : undefined) ?? {
      kind: 'attribute',
      name: heading,
    }
  )
}

function nameOf(column: Column): string {
  if (column.kind === 'route') return column.channel
  if (column.kind === 'attribute') return column.name
  return column.kind === 'nothing' ? '' : column.kind
}

/** @returns the person, or what is wrong with the line */
function readPerson(
  fields: readonly string[],
  columns: readonly Column[],
  { channels }: PeopleCsvOptions,
): RecipientInput | string {
  const surplus = fields.slice(columns.length)
  if (fields.length < columns.length || surplus.some((field) => field.trim() !== '')) {
    return `the line has ${count(fields.length, 'column')}, the headings have ${columns.length}`
  }
  if (fields.some((field) => field.includes('\ufffd'))) {
    return 'the line holds characters that are not UTF-8; save the file as UTF-8 or name its encoding'
  }
  const cells = columns
    .map((column, index) => ({ column, text: fields[index]?.trim() ?? '' }))
    .filter((cell) => cell.text !== '')
  // Names and addresses are checked by the engine; in an attribute a NUL would only be found by the database.
  if (cells.some(({ column, text }) => column.kind === 'attribute' && text.includes('\0')))
    return 'the line holds a NUL character'
  const cellOf = (kind: Column['kind']): string | undefined =>
    cells.find(({ column }) => column.kind === kind)?.text
  const addresses = cells.flatMap(({ column, text }) =>
    column.kind === 'route' ? [{ channel: column.channel, address: text }] : [],
  )
  const isOptedOut = readOptOut(cellOf('optedOut') ?? '', [...channels, ...columns.map(nameOf)])
  if (isOptedOut === undefined) {
    return 'the column opted_out holds neither yes nor no nor a list of channels'
  }
  const email = addresses.find(({ channel }) => channel === 'email')?.address.toLowerCase()
  const externalId = cellOf('externalId') ?? email ?? addresses[0]?.address
  if (externalId === undefined) return 'the line has neither an id nor an address'
  const name = cellOf('name')
  const locale = cellOf('locale')
  const zone = cellOf('zone')
  return {
    externalId,
    ...(name === undefined ? {} : { name }),
    ...(locale === undefined ? {} : { locale }),
    ...(zone === undefined ? {} : { zone }),
    attributes: Object.fromEntries(
      cells.flatMap(({ column, text }) => (column.kind === 'attribute' ? [[column.name, text]] : [])),
    ),
    routes: addresses.map((route) => ({ ...route, state: isOptedOut(route.channel) ? 'opted_out' : 'open' })),
  }
}

const yes = ['yes', 'y', 'true', '1', 'x', 'да']
const no = ['', 'no', 'n', 'false', '0', 'нет']

/** @returns whether a channel is opted out, or undefined when the cell cannot be understood */
function readOptOut(cell: string, known: readonly string[]): ((channel: string) => boolean) | undefined {
  const word = cell.toLowerCase()
  if (yes.includes(word)) return () => true
  if (no.includes(word)) return () => false
  const channels = word.split(/[\s,;|]+/).filter((channel) => channel !== '')
  // An unknown word must not pass as "no": this column keeps us from writing to somebody who said stop.
  if (!channels.every((channel) => known.includes(channel))) return undefined
  return (channel) => channels.includes(channel)
}

function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`
}
