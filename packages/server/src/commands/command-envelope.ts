import { InviteMeError } from '@invite-me/core'
import { z } from 'zod'
import { keyShape } from '../app/idempotency-key.ts'
import { checkPlainJson } from '../app/plain-json.ts'
import { readInput } from '../app/read-input.ts'

/** The version of the envelope that is read. */
const envelopeVersion = 1
/** What stands around the body of a command takes at most so much more. */
const frameBytes = 16 * 1024

const texts = z.record(z.string().max(100), z.string().max(10_000))
const envelopeSchema = z.strictObject({
  version: z.literal(envelopeVersion, {
    error: `this server reads version ${String(envelopeVersion)}`,
  }),
  command: z.string().min(1).max(100),
  key: z.string().regex(keyShape, 'it is 1 to 200 visible ASCII characters').optional(),
  params: texts.optional(),
  query: texts.optional(),
  body: z.unknown().optional(),
})

/** A command as it was put into the queue: an operation of the HTTP interface, and what a request to it would hold. */
export type CommandEnvelope = z.output<typeof envelopeSchema>

const utf8 = new TextDecoder('utf-8', { fatal: true })

/**
 * Reads the body of a message. Whoever may put messages into the queue may have written it, so nothing in it is taken for
 * granted.
 *
 * @param maxBodyBytes longest body of a request over HTTP
 * @returns the envelope, its `body` fit to be stored and not yet checked otherwise
 * @throws InviteMeError `BODY_TOO_LARGE`, `REQUEST_INVALID` naming the field
 */
export function readEnvelope(message: Uint8Array, maxBodyBytes: number): CommandEnvelope {
  const most = maxBodyBytes + frameBytes
  if (message.byteLength > most)
    throw new InviteMeError('BODY_TOO_LARGE', `The message has more than ${String(most)} bytes.`, {
      field: 'body',
    })
  const value = readJson(message)
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new InviteMeError('REQUEST_INVALID', 'The message is no JSON object.', { field: 'body' })
  // Each by itself, so that members of the body have the same names as over HTTP.
  const { body, ...frame } = value as Readonly<Record<string, unknown>>
  checkPlainJson(frame)
  checkPlainJson(body)
  return readInput(envelopeSchema, value, '')
}

function readJson(message: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(message))
  } catch (cause) {
    throw new InviteMeError('REQUEST_INVALID', 'The message is not JSON in UTF-8.', { field: 'body', cause })
  }
}

/**
 * The idempotency key of a command. Every command must have a name: the broker may hand it over twice.
 *
 * @param messageId AMQP's `message_id`; counts when neither the envelope nor the body has a key
 * @returns what `Idempotency-Key` would say; `undefined` when the body has the key
 * @throws InviteMeError `REQUEST_INVALID` for a command without any, or with two
 */
export function keyOf({ body, key }: CommandEnvelope, messageId: string | undefined): string | undefined {
  const inBody = typeof body === 'object' && body !== null && 'key' in body ? body.key : undefined
  if (key !== undefined && inBody !== undefined && key !== inBody)
    throw new InviteMeError(
      'REQUEST_INVALID',
      '"key" of the command and "key" in its body differ; give one.',
      {
        field: 'key',
      },
    )
  if (key !== undefined || inBody !== undefined) return key
  if (messageId === undefined || messageId === '')
    throw new InviteMeError(
      'REQUEST_INVALID',
      'The command has no name: give it a "key", or its message a message_id, the same whenever it is repeated.',
      { field: 'key' },
    )
  if (keyShape.test(messageId)) return messageId
  throw new InviteMeError('REQUEST_INVALID', 'The message_id is not 1 to 200 visible ASCII characters.', {
    field: 'message_id',
  })
}
