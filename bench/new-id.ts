import { randomBytes } from 'node:crypto'

/** A UUIDv7, like the engine's ids: the order of creation decides where a row lands in an index. */
export function newId(nowMs: number): string {
  const time = nowMs.toString(16).padStart(12, '0')
  const random = randomBytes(10).toString('hex')
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(1, 4)}-8${random.slice(5, 8)}-${random.slice(8)}`
}
