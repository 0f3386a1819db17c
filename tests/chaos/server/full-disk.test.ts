import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { waitUntil } from '../../peers/wait-until.ts'
import { HttpClients } from './clients.ts'
import { expectKept, seed } from './fault-run.ts'
import { startServerWorld, type ServerWorld } from './server-world.ts'
import { explainNoServices, startServices, type Services } from './services.ts'
import { explainNoDisk, smallDisk, type SmallDisk } from './small-disk.ts'

const messages = Math.min(Number(process.env['INVITE_ME_CHAOS_MESSAGES'] ?? 3_000), 2_000)
/** With a log of 48 MB at most, there is room for the messages while the disk is not filled. */
const diskMegabytes = 256
const settings = { max_wal_size: '48MB', min_wal_size: '32MB' }
const missing = explainNoServices() ?? (await explainNoDisk())

describe.skipIf(missing !== undefined)(
  `a disk of Postgres that is full${missing === undefined ? '' : `: ${missing}`}`,
  () => {
    let disk: SmallDisk | undefined
    let services: Services | undefined
    let world: ServerWorld | undefined

    beforeAll(async () => {
      disk = await smallDisk(diskMegabytes)
      services = await startServices({ version: 'installed', parent: disk.folder, settings })
      world = await startServerWorld({ services, seed, workspace: 'full_disk' })
    })
    afterAll(async () => {
      await world?.close()
      await services?.close()
      await disk?.close()
    })

    test('refuses what is new, loses nothing that was accepted, and all goes on when there is room', async () => {
      if (world === undefined) throw new Error('The server did not start.')
      const clients = new HttpClients(world.url)
      const begin = performance.now()
      await clients.send(0, messages / 4)
      for (const share of [2, 3]) {
        const before = refusedOf(clients)
        await disk?.fill()
        const sending = clients.send((messages * (share - 1)) / 4, (messages * share) / 4)
        const freeing = async (): Promise<void> => {
          try {
            await waitUntil('new messages are refused', () => refusedOf(clients) > before + 20, 60_000)
          } finally {
            await disk?.free()
            // Without room for its log it gives up; operators start it again.
            await services?.postgres.start()
          }
        }
        await Promise.all([sending, freeing()])
      }
      await clients.send((messages * 3) / 4, messages)
      const told = [...clients.refusals].map(([status, count]) => `${String(count)} times ${String(status)}`)
      console.log(`server chaos, a full disk: refused ${told.join(', ')}`)
      expect([...clients.refusals.keys()].filter((status) => status !== 503 && status !== 507)).toEqual([])
      const fault = { what: 'the disk of Postgres is full', times: 2, mayDouble: true }
      await expectKept(world, { fault, messages, clients, begin })
    })
  },
)

function refusedOf({ refusals }: HttpClients): number {
  return [...refusals.values()].reduce((sum, count) => sum + count, 0)
}
