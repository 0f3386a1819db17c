import type { Migration } from 'kysely/migration'
import { up as foundation } from './0001-foundation.ts'
import { up as channels } from './0002-channels.ts'
import { up as server } from './0003-server.ts'
import { up as peopleAtScale } from './0004-people-at-scale.ts'
import { up as templates } from './0005-templates.ts'
import { up as schedules } from './0006-schedules.ts'
import { up as preferences } from './0007-preferences.ts'
import { up as tallies } from './0008-tallies.ts'
import { up as segments } from './0009-segments.ts'

/** Every migration, in order; append only. */
export const migrations: Readonly<Record<string, Migration>> = {
  '0001-foundation': { up: foundation },
  '0002-channels': { up: channels },
  '0003-server': { up: server },
  '0004-people-at-scale': { up: peopleAtScale },
  '0005-templates': { up: templates },
  '0006-schedules': { up: schedules },
  '0007-preferences': { up: preferences },
  '0008-tallies': { up: tallies },
  '0009-segments': { up: segments },
}
