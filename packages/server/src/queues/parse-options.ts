import type { z } from 'zod'
import { InviteMeError } from '@invite-me/core'

/**
 * Parses the options of a queue or a notifier.
 *
 * @param of whose options they are, `rabbitmq`
 * @throws InviteMeError `OPTIONS_INVALID`, naming the field but not its value: a URL holds a password
 */
export function parseOptions<Schema extends z.ZodType>(
  schema: Schema,
  options: unknown,
  of: string,
): z.output<Schema> {
  const parsed = schema.safeParse(options)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined
  const field = unknown ?? issue?.path.map(String).join('.') ?? ''
  const problem = unknown === undefined ? (issue?.message ?? 'wrong') : 'not an option'
  throw new InviteMeError('OPTIONS_INVALID', `Option "${field}" of ${of} is wrong: ${problem}.`, { field })
}
