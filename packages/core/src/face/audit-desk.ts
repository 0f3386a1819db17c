import type { Audit } from './face.ts'
import { pageOf } from './recipients-desk.ts'
import { auditActSchema } from '../model/audit-entry.ts'
import { parseInput } from '../model/parse.ts'
import { readPlainObject } from '../model/plain-json.ts'
import type { World } from '../ports/world.ts'
import { newId } from '../rules/uuid.ts'

/** The engine's audit log. */
export function auditDesk(
  world: World,
  change: <Result>(work: () => Promise<Result>) => Promise<Result>,
): Audit {
  return {
    record: (entry) =>
      change(async () => {
        const { detail, ...act } = parseInput(auditActSchema, entry, {
          code: 'REQUEST_INVALID',
          what: 'The audit entry was refused',
        })
        const at = new Date(world.clock.now())
        await world.store.audit.append({
          id: newId(world),
          at,
          ...act,
          detail: readPlainObject(detail, 'detail'),
        })
      }),
    list: (page) => world.store.audit.list(pageOf(page)),
  }
}
