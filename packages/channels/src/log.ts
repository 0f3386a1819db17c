import {
  defineChannel,
  type ChannelFactory,
  type OutboundMessage,
  type SendOutcome,
} from '@invite-me/core/channel'
import { z } from 'zod'

/** What the channel writes to: `process.stdout` and every other writable stream fits. */
export interface TextOutput {
  write(text: string, done: (error?: Error | null) => void): unknown
}

const optionsSchema = z.strictObject({
  output: z
    .custom<TextOutput>((value) => typeof value === 'object' && value !== null && 'write' in value)
    .optional()
    .describe('Stream to print to; default standard output.'),
})

/**
 * Prints messages instead of sending them: for development, for trying a plan out, and as the simplest channel to read.
 * Takes any address as it is.
 *
 * @example
 * createInviteMe({ store, channels: [log({})] })
 */
export const log: ChannelFactory<typeof optionsSchema> = defineChannel({
  name: 'log',
  options: optionsSchema,
  supports: { answers: [], links: true, tokens: ['respond', 'unsubscribe'], reports: [], idempotent: false },
  create: ({ output = process.stdout }) => ({
    send: (message, { idempotencyKey, signal }) =>
      print(output, describe(message), { idempotencyKey, signal }),
  }),
})

interface PrintContext {
  readonly idempotencyKey: string
  readonly signal: AbortSignal
}

function print(
  output: TextOutput,
  text: string,
  { idempotencyKey, signal }: PrintContext,
): Promise<SendOutcome> {
  const failed: SendOutcome = {
    status: 'retryable',
    scope: 'provider',
    detail: 'The output cannot be written to.',
  }
  if (signal.aborted) return Promise.resolve(failed)
  return new Promise((resolve) => {
    // What was handed to a stream that hangs may still come out.
    const giveUp = () =>
      resolve({ status: 'unknown', scope: 'provider', detail: 'The output does not take the text.' })
    signal.addEventListener('abort', giveUp, { once: true })
    const finish = (error?: Error | null) => {
      signal.removeEventListener('abort', giveUp)
      resolve(error ? failed : { status: 'accepted', providerMessageId: idempotencyKey })
    }
    try {
      output.write(text, finish)
    } catch (error) {
      finish(error instanceof Error ? error : new Error('write failed', { cause: error }))
    }
  })
}

function describe({ answer, content, links, originator, purpose, to, until }: OutboundMessage): string {
  const name = to.name === undefined ? '' : `${to.name} `
  const lines = [
    `┌ ${purpose === 'reminder' ? 'reminder ' : ''}to ${name}<${to.address}>`,
    ...(originator === null ? [] : [`from ${originator.name}`]),
    ...(content.subject === undefined ? [] : [content.subject]),
    ...content.text.split('\n'),
    ...(answer?.actions ?? []).map(({ label, url }) => `[${label}] ${url}`),
    ...(answer !== undefined && answer.actions.length === 0 && links.respond !== undefined
      ? [`answer: ${links.respond}`]
      : []),
    ...(until === null || answer === undefined ? [] : [`until ${until.toISOString()}`]),
    ...(links.unsubscribe === undefined ? [] : [`unsubscribe: ${links.unsubscribe}`]),
  ]
  return `${lines.map(visible).join('\n│ ')}\n└\n`
}

/** Without the control characters by which a text could move the cursor or colour the terminal. */
function visible(line: string): string {
  return line.replace(/[\0-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, '\ufffd')
}
