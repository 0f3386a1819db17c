import { resolve } from 'node:path'
import { InviteMeError } from '../../model/error.ts'

/** Schema of a workspace on Postgres when its address names none. */
const usualSchema = 'invite_me'

/** Where a workspace is kept. */
export type WorkspaceLocation =
  | { readonly kind: 'sqlite'; readonly file: string }
  | {
      readonly kind: 'postgres'
      /** For the driver; may hold a password, so it is never shown. */
      readonly url: string
      readonly schema: string
    }

/**
 * Reads the address of a workspace: `postgres://user:password@host:5432/database?schema=invite_me` (the schema may be left
 * out), `sqlite:invites.db`, or just the path of a file.
 *
 * @param directory relative paths are meant from here
 * @throws InviteMeError `OPTIONS_INVALID`, field `store`; its message never repeats what may be a password
 */
export function readLocation(address: string, directory: string = process.cwd()): WorkspaceLocation {
  const text = address.trim()
  if (/^postgres(ql)?:\/\//i.test(text)) return readPostgres(text)
  const path = text.replace(/^sqlite:(\/\/(?=\/))?/i, '')
  const [, scheme] = /^([a-z][a-z0-9+.-]*):\/\//i.exec(path) ?? []
  if (scheme !== undefined)
    throw refuse(`there is no store for "${scheme}://"; there are postgres:// and paths of SQLite files`)
  if (path === '') throw refuse('it is empty; give the path of a SQLite file or a postgres:// address')
  return { kind: 'sqlite', file: path === ':memory:' ? path : resolve(directory, path) }
}

function readPostgres(text: string): WorkspaceLocation {
  if (!URL.canParse(text))
    throw refuse('it cannot be read as an address; encode special characters of the password, "@" as "%40"')
  const url = new URL(text)
  const schema = url.searchParams.get('schema') ?? usualSchema
  url.searchParams.delete('schema')
  if (!/^[a-z_][a-z0-9_]{0,62}$/.test(schema))
    throw refuse(
      'its schema must be lower-case letters, digits and "_", at most 63, not beginning with a digit',
    )
  return { kind: 'postgres', url: url.href, schema }
}

/** The same place in words that may be shown: `postgres://db.internal:5432/guests, schema invite_me`, or the path of the file. */
export function describeLocation(location: WorkspaceLocation): string {
  if (location.kind === 'sqlite') return location.file
  const { host, pathname } = new URL(location.url)
  return `postgres://${host}${pathname}, schema ${location.schema}`
}

function refuse(reason: string): InviteMeError {
  return new InviteMeError('OPTIONS_INVALID', `The address of the store is wrong: ${reason}.`, {
    field: 'store',
  })
}
