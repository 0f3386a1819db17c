import { createHash, timingSafeEqual } from 'node:crypto'
import { InviteMeError } from '@invite-me/core/channel'

/** Largest webhook that is read, in bytes. */
const maxBytes = 1_048_576

/**
 * Reads the raw bytes of a webhook, at most 1 MiB.
 * @throws InviteMeError `BODY_TOO_LARGE`
 */
export async function readRawBody(
  request: Request,
  most: number = maxBytes,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of request.body ?? []) {
    size += chunk.length
    if (size > most)
      throw new InviteMeError('BODY_TOO_LARGE', `The request has more than ${String(most)} bytes.`, {
        field: 'body',
      })
    chunks.push(chunk)
  }
  const all = new Uint8Array(size)
  let at = 0
  for (const chunk of chunks) {
    all.set(chunk, at)
    at += chunk.length
  }
  return all
}

/** Compares two secrets in a time that tells nothing about them, whatever their lengths. */
export function isSameSecret(one: string, other: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(one), digest(other))
}

/** Says that a request is not genuine, the same words for every reason. */
export function refused(): InviteMeError {
  return new InviteMeError('WEBHOOK_REFUSED', 'This request does not come from the provider.')
}
