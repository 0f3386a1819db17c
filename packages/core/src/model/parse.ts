import type { z } from 'zod'
import { InviteMeError, type ErrorCode } from './error.ts'

/**
 * Parses what a caller wrote, or says which field is wrong and why.
 *
 * @param path name of the value itself, put before the names of its members; `''` for none
 * @throws InviteMeError with `code`, naming the field
 */
export function parseInput<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  { code, path = '', what }: { readonly code: ErrorCode; readonly path?: string; readonly what: string },
): z.output<Schema> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const { issue, path: place } = closestIssue(parsed.error.issues[0], [])
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : []
  const field = [path, ...place, ...unknown]
    .map(String)
    .filter((part) => part !== '')
    .join('.')
  const problem = unknown.length > 0 ? 'there is no such option' : (issue?.message ?? 'unknown problem')
  throw new InviteMeError(code, `${what}: ${field === '' ? '' : `"${field}" is wrong: `}${problem}.`, {
    field,
    cause: parsed.error,
  })
}

/** A problem, and where in the value it is. */
export interface IssuePlace {
  readonly issue: z.core.$ZodIssue | undefined
  readonly path: readonly PropertyKey[]
}

/**
 * Where a value may be of several shapes, the problem of the shape it came closest to: the one that failed deepest inside, and of
 * those the one with the fewest problems.
 */
export function closestIssue(issue: z.core.$ZodIssue | undefined, above: readonly PropertyKey[]): IssuePlace {
  const path = [...above, ...(issue?.path ?? [])]
  if (issue?.code !== 'invalid_union') return { issue, path }
  const places = issue.errors.map((problems) => ({
    ...closestIssue(problems[0], path),
    count: problems.length,
  }))
  const nowhere: IssuePlace & { readonly count: number } = { issue, path, count: 0 }
  return places.reduce((closest, place) => {
    const deeper = depthOf(place) - depthOf(closest)
    return deeper > 0 || (deeper === 0 && place.count < closest.count) ? place : closest
  }, nowhere)
}

/** A member that should not be there is itself the place. */
function depthOf({ issue, path }: IssuePlace): number {
  return path.length + (issue?.code === 'unrecognized_keys' ? 1 : 0)
}
