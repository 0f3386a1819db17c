import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import type { SegmentFilter } from '@invite-me/core'
import { InviteMeError } from '@invite-me/core/channel'
import type { Session } from './session.ts'

/**
 * Reads a filter: JSON as it stands, the name of a file of it, or `-` for standard input. The engine checks what it says.
 *
 * @throws InviteMeError `REQUEST_INVALID` when there is no such file, or it is no JSON
 */
export async function readFilterArgument(session: Session, argument: string): Promise<SegmentFilter> {
  const json = argument.trimStart().startsWith('{') ? argument : await readSource(session, argument)
  try {
    return JSON.parse(json)
  } catch (cause) {
    throw new InviteMeError(
      'REQUEST_INVALID',
      `The filter is no JSON, such as {"attribute":"city","is":"Berlin"}: ${reasonOf(cause)}.`,
      { field: 'filter', cause },
    )
  }
}

/** Reads the name of a segment, or a filter as {@link readFilterArgument} does when it is JSON, a `.json` file or `-`. */
export async function readSegmentArgument(
  session: Session,
  argument: string,
): Promise<string | SegmentFilter> {
  const isFilter = argument === '-' || /^\s*\{/.test(argument) || argument.endsWith('.json')
  return isFilter ? readFilterArgument(session, argument) : argument
}

async function readSource({ host }: Session, argument: string): Promise<string> {
  try {
    return argument === '-'
      ? await text(host.stdin)
      : await readFile(resolve(host.directory, argument), 'utf8')
  } catch (cause) {
    throw new InviteMeError(
      'REQUEST_INVALID',
      `The filter "${argument}" cannot be read: ${reasonOf(cause)}.`,
      {
        field: 'filter',
        cause,
      },
    )
  }
}

function reasonOf(cause: unknown): string {
  if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return 'there is no such file'
  return cause instanceof Error ? cause.message : 'for an unknown reason'
}
