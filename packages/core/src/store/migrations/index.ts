import type { Migration } from 'kysely/migration'
import { up as foundation } from './0001-foundation.ts'

/** Every migration, in order; append only. */
export const migrations: Readonly<Record<string, Migration>> = {
  '0001-foundation': { up: foundation },
}
