/** Most bytes a posted form may have: 10,000 characters of any script and some fields around them. */
export const maxFormBytes = 64 * 1024
const maxFields = 1_000

/** A posted form, every field with all its values in order; or why it cannot be read, as the HTTP status that says so. */
export type FormRead =
  | { readonly ok: true; readonly fields: Readonly<Record<string, readonly string[]>> }
  | { readonly ok: false; readonly status: 400 | 413 | 415 }

/**
 * Reads a posted form, URL-encoded or multipart, never more than {@link maxFormBytes}. Files are dropped.
 * Any field name is only ever data: `__proto__` is a field like another.
 */
export async function readForm(request: Request): Promise<FormRead> {
  const type = request.headers.get('content-type') ?? ''
  const kind = type.split(';', 1)[0]?.trim().toLowerCase()
  if (kind !== 'application/x-www-form-urlencoded' && kind !== 'multipart/form-data')
    return { ok: false, status: 415 }
  const bytes = await readCapped(request)
  if (bytes === undefined) return { ok: false, status: 413 }
  const entries =
    kind === 'multipart/form-data'
      ? await parseMultipart(bytes, type)
      : [...new URLSearchParams(new TextDecoder().decode(bytes))]
  if (entries === undefined || entries.length > maxFields) return { ok: false, status: 400 }
  return { ok: true, fields: group(entries) }
}

/** @returns `undefined` as soon as there is more than the limit, whatever Content-Length said */
async function readCapped(request: Request): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (Number(request.headers.get('content-length') ?? 0) > maxFormBytes) return undefined
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength
    if (size > maxFormBytes) return undefined
    chunks.push(chunk)
  }
  const bytes = new Uint8Array(size)
  let offset = 0
  for (const chunk of chunks) {
    bytes.set(chunk, offset)
    offset += chunk.byteLength
  }
  return bytes
}

async function parseMultipart(
  bytes: Uint8Array<ArrayBuffer>,
  type: string,
): Promise<readonly (readonly [string, string])[] | undefined> {
  try {
    const form = await new Response(bytes, { headers: { 'content-type': type } }).formData()
    return [...form].flatMap(([name, value]) => (typeof value === 'string' ? [[name, value] as const] : []))
  } catch {
    return undefined
  }
}

function group(entries: readonly (readonly [string, string])[]): Readonly<Record<string, readonly string[]>> {
  const grouped = Map.groupBy(entries, ([name]) => name)
  return Object.fromEntries([...grouped].map(([name, same]) => [name, same.map(([, value]) => value)]))
}
