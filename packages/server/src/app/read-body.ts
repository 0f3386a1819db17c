import { InviteMeError } from '@invite-me/core'

const utf8 = new TextDecoder('utf-8', { fatal: true })

/**
 * Reads a request's body as text, never holding more than allowed.
 *
 * @returns `''` when there is none
 * @throws InviteMeError `BODY_TOO_LARGE`; `REQUEST_INVALID` when it is not UTF-8 or breaks off
 */
export async function readBodyText(request: Request, maxBytes: number): Promise<string> {
  try {
    const bytes = await readBytes(request, maxBytes)
    return utf8.decode(bytes)
  } catch (error) {
    if (error instanceof InviteMeError) throw error
    throw new InviteMeError('REQUEST_INVALID', 'The body is not complete UTF-8 text.', {
      field: 'body',
      cause: error,
    })
  }
}

/** A body whose length is announced is read at once: Node takes no byte more than that, and its server has a short way for it. */
async function readBytes(request: Request, maxBytes: number): Promise<ArrayBuffer | Uint8Array> {
  const announced = request.headers.get('content-length')
  if (announced === null || request.headers.has('transfer-encoding')) return readPieces(request, maxBytes)
  if (Number(announced) > maxBytes) throw tooLarge(maxBytes)
  const bytes = await request.arrayBuffer()
  if (bytes.byteLength > maxBytes) throw tooLarge(maxBytes)
  return bytes
}

async function readPieces(request: Request, maxBytes: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  let length = 0
  // Leaving the loop cancels the rest, which is of no use to anybody.
  for await (const piece of request.body ?? []) {
    length += piece.byteLength
    if (length > maxBytes) throw tooLarge(maxBytes)
    pieces.push(piece)
  }
  return Buffer.concat(pieces, length)
}

function tooLarge(maxBytes: number): InviteMeError {
  return new InviteMeError('BODY_TOO_LARGE', `The body has more than ${String(maxBytes)} bytes.`, {
    field: 'body',
  })
}

/**
 * Checks what the headers say of a body.
 *
 * @param allowed media types, `application/json`
 * @returns the media type; `undefined` when there is no body
 * @throws InviteMeError `MEDIA_TYPE_UNSUPPORTED`, also for a compressed one: what it grows to is not known
 */
export function mediaTypeOf(request: Request, allowed: readonly string[]): string | undefined {
  const encoding = request.headers.get('content-encoding')?.trim().toLowerCase()
  if (encoding !== undefined && encoding !== '' && encoding !== 'identity')
    throw new InviteMeError('MEDIA_TYPE_UNSUPPORTED', 'Send the body without "Content-Encoding".', {
      field: 'header.content-encoding',
    })
  const header = request.headers.get('content-type')
  if (header === null && isWithoutBody(request)) return undefined
  const [type = '', ...parameters] = (header ?? '').split(';').map((part) => part.trim().toLowerCase())
  const charset = parameters.find((parameter) => parameter.startsWith('charset='))?.slice(8)
  const isUtf8 = charset === undefined || /^"?utf-?8"?$/.test(charset)
  if (allowed.includes(type) && isUtf8) return type
  throw new InviteMeError(
    'MEDIA_TYPE_UNSUPPORTED',
    `Send the body as ${allowed.join(' or ')} in UTF-8 and say so in "Content-Type".`,
    { field: 'header.content-type' },
  )
}

/** True when the headers announce no body. */
function isWithoutBody(request: Request): boolean {
  return request.body === null || request.headers.get('content-length') === '0'
}
