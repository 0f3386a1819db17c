import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { runFault, seed, type Fault } from './fault-run.ts'
import { leaseMs } from './node-patience.ts'
import { makeReadOnly } from './read-only.ts'
import { startServerWorld, type NodeName, type ServerWorld } from './server-world.ts'
import { explainNoServices, startServices, type Services } from './services.ts'

const messages = Number(process.env['INVITE_ME_CHAOS_MESSAGES'] ?? 3_000)
/** A dead dispatcher's work is taken over, and its first message sent, this long after its lease at the latest. */
const noticeMs = 5_000
const readOnlyMs = 3_000
const missing = explainNoServices()

const killing =
  (name: NodeName): Fault['strike'] =>
  (world) =>
    world.killNode(name)

const powerCut =
  (name: 'postgres' | 'rabbitmq' | 'redis'): Fault['strike'] =>
  async ({ services }) => {
    await services[name].kill()
    await services[name].start()
  }

const faults: readonly Fault[] = [
  { what: 'the API is killed', times: 5, mayDouble: false, strike: killing('api') },
  {
    what: 'a dispatcher is killed',
    times: 8,
    mayDouble: true,
    strike: (world, random) => world.killNode(random() < 0.5 ? 'dispatcher' : 'other dispatcher'),
  },
  { what: 'the scheduler is killed', times: 5, mayDouble: false, strike: killing('scheduler') },
  { what: 'Postgres is killed', times: 3, mayDouble: true, strike: powerCut('postgres') },
  { what: 'RabbitMQ is killed', times: 2, mayDouble: false, strike: powerCut('rabbitmq') },
  { what: 'Redis is killed', times: 4, mayDouble: false, strike: powerCut('redis') },
  {
    what: 'Postgres only lets itself be read for a while',
    times: 2,
    mayDouble: true,
    strike: ({ services: { postgres } }) => makeReadOnly(postgres.url, readOnlyMs),
  },
]

describe.skipIf(missing !== undefined)(
  `nothing that was accepted with 202 is lost${missing === undefined ? '' : `: ${missing}`}`,
  () => {
    let services: Services
    let world: ServerWorld | undefined

    beforeAll(async () => {
      services = await startServices()
    })
    afterEach(async () => {
      await world?.close()
    })
    afterAll(async () => {
      await services.close()
    })

    test.for(faults.map((fault, index) => ({ ...fault, workspace: `chaos_${String(index)}` })))(
      'when $what again and again under load',
      async (fault) => {
        world = await startServerWorld({ services, seed, workspace: fault.workspace })
        const { recoveries } = await runFault(world, fault, messages)
        for (const { takenOverMs } of recoveries) expect(takenOverMs).toBeLessThanOrEqual(leaseMs + noticeMs)
      },
    )
  },
)
