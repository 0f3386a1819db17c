import type { RequestPath } from './request-path.ts'

/** How the engine calls what is in the body of a request, where it is laid out otherwise than in the call. */
export interface BodyNames {
  /** Members that are arguments, with the arguments' names: `{ question: 'content' }`. */
  readonly members: Readonly<Record<string, string>>
  /** The argument of which all the others are members: `options`. */
  readonly others: string
}

/** What a request has that its caller may know by other names. */
export interface NamedRequest {
  readonly path: RequestPath
  readonly bodyNames?: BodyNames
}

/**
 * The field a server was told of, as the caller wrote it: `until` is `options.until` again, `path.id` the argument that was put into the
 * path. Fields of headers stay as they are: no call says them.
 *
 * @param field `to.0`, `query.limit`, `path.id`, `header.authorization`, or `body` for all of it
 * @returns `''` when it was the whole input, as of the embedded engine
 */
export function fieldOfCaller(field: string, { path, bodyNames }: NamedRequest): string {
  const [first = '', ...rest] = field.split('.')
  if (field === 'body') return ''
  if (rest.length > 0) {
    if (first === 'header') return field
    if (first === 'query') return rest.join('.')
    if (first === 'path') return typeof path === 'string' ? rest.join('.') : path.argument
  }
  if (bodyNames === undefined) return field
  const { members, others } = bodyNames
  const argument = Object.hasOwn(members, first) ? members[first] : undefined
  return [...(argument === undefined ? [others, first] : [argument]), ...rest].join('.')
}
