import type { SuppressionRecord, SuppressionReport, Suppressions } from './face.ts'
import { importRecords } from './import-records.ts'
import { addressOf, pageOf } from './recipients-desk.ts'
import { parseInput } from '../model/parse.ts'
import {
  suppressionFilterSchema,
  suppressionInputSchema,
  type Suppression,
  type SuppressionFilter,
  type SuppressionInput,
} from '../model/suppression.ts'
import type { World } from '../ports/world.ts'
import { newId } from '../rules/uuid.ts'

/** Records of an import written in one transaction, and rows of an export read at once; bounds what is held in memory. */
const portion = 500

/** The engine's desk of addresses that must not be written to. */
export function suppressionsDesk(
  world: World,
  change: <Result>(work: () => Promise<Result>) => Promise<Result>,
): Suppressions {
  return {
    list: async (filter, page) => world.store.recipients.suppressions(readFilter(filter), pageOf(page)),
    import: (source) => importSuppressions(world, source, change),
    export: (filter) => everyOne(world, readFilter(filter)),
  }
}

function readFilter(filter: SuppressionFilter = {}): SuppressionFilter {
  return parseInput(suppressionFilterSchema, filter, {
    code: 'REQUEST_INVALID',
    path: 'filter',
    what: 'The filter was refused',
  })
}

async function* everyOne({ store }: World, filter: SuppressionFilter): AsyncGenerator<Suppression> {
  for (let after: string | undefined; ;) {
    const page = { limit: portion, ...(after !== undefined && { after }) }
    const some = await store.recipients.suppressions(filter, page)
    yield* some
    after = some.at(-1)?.id
    if (some.length < portion) return
  }
}

function readSuppression(world: World, input: SuppressionInput): Suppression {
  const {
    at,
    category = null,
    ...given
  } = parseInput(suppressionInputSchema, input, {
    code: 'REQUEST_INVALID',
    what: 'The suppression was refused',
  })
  const place = addressOf(world, given.channel, given.address)
  return { ...given, ...place, id: newId(world), category, at: at ?? new Date(world.clock.now()) }
}

async function importSuppressions(
  world: World,
  source: AsyncIterable<SuppressionRecord> | Iterable<SuppressionRecord>,
  change: <Result>(work: () => Promise<Result>) => Promise<Result>,
): Promise<SuppressionReport> {
  let imported = 0
  let taken = 0
  const problems = await importRecords(source, {
    portion,
    read: ({ suppression }: { readonly suppression: SuppressionInput }) =>
      readSuppression(world, suppression),
    write: async (suppressions) => {
      imported += await change(() => suppressAll(world, suppressions))
      taken += suppressions.length
    },
  })
  return { imported, repeated: taken - imported, problems }
}

/** @returns how many were not suppressed before */
function suppressAll({ store }: World, suppressions: readonly Suppression[]): Promise<number> {
  return store.transaction(
    async (parts) => {
      // In one order, whoever writes: two that write the same places wait for each other instead of both.
      const inOrder = suppressions.toSorted((one, other) => (placeKey(one) < placeKey(other) ? -1 : 1))
      const fresh = await parts.recipients.suppress(inOrder)
      for (const { channel, address, category, reason } of fresh)
        if (category === null) await parts.recipients.setRouteState({ channel, address }, routeStates[reason])
      return fresh.length
    },
    { alone: true },
  )
}

/** What becomes of the routes to an address. */
const routeStates = {
  opted_out: 'opted_out',
  complained: 'opted_out',
  bounced: 'bounced',
  manual: 'blocked',
} as const

function placeKey({ channel, address, category }: Suppression): string {
  return `${channel} ${address} ${category ?? ''}`
}
