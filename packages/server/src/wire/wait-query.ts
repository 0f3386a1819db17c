import { z } from '@hono/zod-openapi'
import { maxWaitMs } from '../app/wait.ts'
import { durationMsOf } from './moment.ts'

const problem = 'it is a length of time of at most 60 s, such as "30s"'

/** `?wait=30s`: how long to wait for what is not there yet; milliseconds once parsed. */
export const waitQuery = z
  .string()
  .max(20)
  .transform((text, context) => {
    const ms = durationMsOf(text)
    if (ms !== undefined && ms <= maxWaitMs) return ms
    context.addIssue({ code: 'custom', message: problem })
    return z.NEVER
  })
  .optional()
  .openapi({
    type: 'string',
    maxLength: 20,
    // What is at most 60 s; said here, since the check itself is a function.
    pattern: '^(([0-5]?[0-9]{1,4}|60000)(ms)?|([0-5]?[0-9]|60)s|[01]m|0[hdw])$',
    description: 'How long to wait for it, at most 60 s; default not at all.',
    example: '30s',
  })
