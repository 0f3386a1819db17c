import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { runFault, seed } from './fault-run.ts'
import { explainNoNamespace, namespacePlace, wiredPlace, type PlaceApart } from './network.ts'
import { startServerWorld, type CalledPorts, type ServerWorld } from './server-world.ts'
import { explainNoServices, startServices, type Services } from './services.ts'

const messages = Math.min(Number(process.env['INVITE_ME_CHAOS_MESSAGES'] ?? 3_000), 2_000)
const cutMs = 20_000
const missing = explainNoServices()
const noNamespace = await explainNoNamespace()

interface Cut {
  readonly what: string
  readonly workspace: string
  readonly make: (ports: CalledPorts) => Promise<PlaceApart>
  /** Why it cannot be tried here. */
  readonly missing: string | undefined
}

const cuts: readonly Cut[] = [
  {
    what: 'the network between a dispatcher and the services is down for 20 s',
    workspace: 'cut_by_link',
    make: namespacePlace,
    missing: noNamespace,
  },
  {
    what: 'every connection between a dispatcher and the services is dead without a word for 20 s',
    workspace: 'cut_by_wire',
    make: wiredPlace,
    missing: undefined,
  },
]

describe.skipIf(missing !== undefined)(
  `nothing is lost${missing === undefined ? '' : `: ${missing}`}`,
  () => {
    let services: Services
    let world: ServerWorld | undefined
    let apart: PlaceApart | undefined

    beforeAll(async () => {
      services = await startServices()
    })
    afterEach(async () => {
      await world?.close()
      await apart?.close()
    })
    afterAll(async () => {
      await services.close()
    })

    for (const { make, missing: reason, what, workspace } of cuts)
      test.skipIf(reason !== undefined)(
        `when ${what}${reason === undefined ? '' : `: ${reason}`}`,
        async () => {
          const place = async (ports: CalledPorts) => {
            apart = await make(ports)
            return apart.place
          }
          world = await startServerWorld({ services, seed, workspace, placeOf: place })
          const strike = async (): Promise<void> => {
            await apart?.cut()
            await wait(cutMs)
            await apart?.mend()
          }
          const { verdict } = await runFault(world, { what, times: 1, mayDouble: true, strike }, messages)
          // It was cut off amid its work, which others took over.
          expect(verdict.unknownByCrash).toBeGreaterThan(0)
        },
      )
  },
)
