import { seededRandom } from '@invite-me/core/testing'
import type { InviteMe } from '@invite-me/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { explainNoPostgres } from '../../peers/postgres-server.ts'
import { explainNoPrivateRabbitmq } from '../../peers/rabbitmq-server.ts'
import { explainNoPrivateRedis } from '../../peers/redis-server.ts'
import { waitUntil } from '../../peers/wait-until.ts'
import { CallLedger } from '../call-ledger.ts'
import { startHttpProvider, type Provider } from '../http-provider.ts'
import { startSmtpProvider } from '../smtp-provider.ts'
import { judge } from '../verdict.ts'
import { HttpClients } from './clients.ts'
import { startServerWorld, type NodeName, type ServerWorld } from './server-world.ts'

const seed = Number(process.env['INVITE_ME_CHAOS_SEED'] ?? 20_261_122)
const messages = Number(process.env['INVITE_ME_CHAOS_MESSAGES'] ?? 10_000)
const missing = explainNoPostgres('installed') ?? explainNoPrivateRabbitmq() ?? explainNoPrivateRedis()

/** One fault, done while messages are coming in. */
interface Fault {
  readonly what: string
  readonly times: number
  /** Sends a dispatcher has under way that a fault of this kind can leave in doubt. */
  readonly mayDouble: boolean
  readonly strike: (world: ServerWorld, random: () => number) => Promise<void>
}

const killing =
  (name: NodeName): Fault['strike'] =>
  (world) =>
    world.killNode(name)

const faults: readonly Fault[] = [
  { what: 'the API is killed', times: 8, mayDouble: false, strike: killing('api') },
  { what: 'a dispatcher is killed', times: 12, mayDouble: true, strike: killing('dispatcher') },
  { what: 'the scheduler is killed', times: 8, mayDouble: false, strike: killing('scheduler') },
  {
    what: 'Postgres is killed',
    times: 3,
    mayDouble: true,
    strike: async ({ services: { postgres } }) => {
      await postgres.kill()
      await postgres.start()
    },
  },
  {
    what: 'RabbitMQ is killed',
    times: 2,
    mayDouble: false,
    strike: async ({ services: { rabbitmq } }) => {
      await rabbitmq.kill()
      await rabbitmq.start()
    },
  },
  {
    what: 'Redis is killed',
    times: 6,
    mayDouble: false,
    strike: async ({ services: { redis } }) => {
      await redis.kill()
      await redis.start()
    },
  },
]

describe.skipIf(missing !== undefined)(
  `nothing that was accepted with 202 is lost${missing === undefined ? '' : `: ${missing}`}`,
  () => {
    for (const fault of faults) {
      describe(`when ${fault.what}`, () => {
        let ledger: CallLedger
        let providers: readonly Provider[]
        let world: ServerWorld

        beforeAll(async () => {
          ledger = new CallLedger(seed)
          const [http, smtp] = await Promise.all([startHttpProvider(ledger), startSmtpProvider(ledger)])
          providers = [http, smtp]
          world = await startServerWorld({ httpPort: http.port, smtpPort: smtp.port })
        })
        afterAll(async () => {
          await world.close()
          await Promise.all(providers.map((provider) => provider.close()))
        })

        test('again and again under load', async () => {
          const begin = performance.now()
          const { fraction } = seededRandom(seed)
          const clients = new HttpClients(world.url)
          let sent = 0
          for (let strike = 1; strike <= fault.times; strike += 1) {
            const goal = Math.floor((messages * strike) / (fault.times + 1))
            const sending = clients.send(sent, goal)
            sent = goal
            await waitUntil('the load has begun', () => clients.accepted.size > 0, 30_000)
            await fault.strike(world, fraction)
            await sending
          }
          await clients.send(sent, messages)
          const observer = await world.observer()
          try {
            await waitUntil('every message is final', () => isAllFinal(observer), 120_000).catch(
              () => undefined,
            )
            const { accepted } = clients
            const verdict = await judge({ inviteMe: observer, ledger, seed, accepted })
            console.log(
              `server chaos, ${fault.what} ${String(fault.times)} times: ${String(accepted.size)} accepted, ${String(clients.repeats)} asked again, ${String(verdict.failed)} failed as planned, ${String(verdict.doubles)} doubles of ${String(verdict.unknownByCrash)} unknown by crash and ${String(verdict.unknownByProvider)} by provider, lost ${String(verdict.broken.filter((one) => one.includes('LOST')).length)}, ${String(Math.round((performance.now() - begin) / 1_000))} s`,
            )
            expect(verdict.broken.slice(0, 20)).toEqual([])
            expect(accepted.size).toBe(messages)
            expect(verdict.sent + verdict.failed).toBe(messages)
            expect(verdict.doubles).toBeLessThanOrEqual(verdict.unknownByCrash + verdict.unknownByProvider)
            if (!fault.mayDouble) expect(verdict.unknownByCrash).toBe(0)
          } finally {
            await observer.stop()
          }
        })
      })
    }
  },
)

async function isAllFinal(inviteMe: InviteMe): Promise<boolean> {
  const counts = await inviteMe.deliveries.counts()
  return Object.keys(counts).every((state) => state === 'sent' || state === 'failed')
}
