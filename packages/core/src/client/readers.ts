/** Something of an answer is not what it must be. Turned into `SERVER_UNREACHABLE` where answers are read. */
export class UnexpectedShape extends TypeError {
  readonly place: string

  /** @param place path inside the answer: `items.0.createdAt` */
  constructor(place: string, expected: string) {
    super(`"${place}" is not ${expected}`)
    this.place = place
  }
}

/** Turns a value of JSON into what the engine's types promise. @throws UnexpectedShape */
export type Reader<Value> = (value: unknown, place: string) => Value

/** Members every form of a type has; `Extract` keeps a union together. */
type MemberOf<Type> = Extract<keyof Type, string>

/** Members of a type that hold a `Date`. */
type DateMember<Type> = {
  [Member in MemberOf<Type>]-?: [Extract<Type[Member], Date>] extends [never] ? never : Member
}[MemberOf<Type>]

/**
 * Readers of a record's members. Every member with a date must have one, so that none is forgotten; the others are optional and keep
 * what came.
 */
type MemberReaders<Type> = { readonly [Member in DateMember<Type>]-?: Reader<Type[Member]> } & {
  readonly [Member in MemberOf<Type>]?: Reader<Type[Member]>
}

/**
 * Reads an object: its members by their readers, the others as they came, also those a newer server has added.
 */
export function record<Type extends object>(members: MemberReaders<Type>): Reader<Type> {
  const readers = Object.entries<Reader<unknown>>(members as Readonly<Record<string, Reader<unknown>>>)
  return (value, place) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw new UnexpectedShape(place, 'an object')
    const came = value as Readonly<Record<string, unknown>>
    const read = readers.map(([name, reader]) => [name, reader(came[name], `${place}.${name}`)] as const)
    return { ...came, ...Object.fromEntries(read.filter(([, member]) => member !== undefined)) } as Type
  }
}

/** A text. */
export const text: Reader<string> = (value, place) => {
  if (typeof value !== 'string') throw new UnexpectedShape(place, 'a text')
  return value
}

/** A number. */
export const number: Reader<number> = (value, place) => {
  if (typeof value !== 'number') throw new UnexpectedShape(place, 'a number')
  return value
}

/** True or false. */
export const boolean: Reader<boolean> = (value, place) => {
  if (typeof value !== 'boolean') throw new UnexpectedShape(place, 'true or false')
  return value
}

/** A moment: ISO 8601 text. */
export const moment: Reader<Date> = (value, place) => {
  const read = typeof value === 'string' ? new Date(value) : undefined
  if (read === undefined || Number.isNaN(read.getTime())) throw new UnexpectedShape(place, 'a moment')
  return read
}

/** One of some texts that say what else there is; others are kept, since a newer server may know more. */
export function word<Word extends string>(): Reader<Word> {
  return (value, place) => text(value, place) as Word
}

/** `null`, or what the reader reads. */
export function nullable<Value>(reader: Reader<Value>): Reader<Value | null> {
  return (value, place) => (value === null ? null : reader(value, place))
}

/** Nothing, or what the reader reads. */
export function optional<Value>(reader: Reader<Value>): Reader<Value | undefined> {
  return (value, place) => (value === undefined ? undefined : reader(value, place))
}

/** A list. */
export function list<Value>(reader: Reader<Value>): Reader<readonly Value[]> {
  return (value, place) => {
    if (!Array.isArray(value)) throw new UnexpectedShape(place, 'a list')
    return value.map((one: unknown, index) => reader(one, `${place}.${String(index)}`))
  }
}

/** A page of a list. */
export function page<Value>(reader: Reader<Value>): Reader<{ readonly items: readonly Value[] }> {
  return record<{ readonly items: readonly Value[] }>({ items: list(reader) })
}
