import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { waitUntil } from '../../peers/wait-until.ts'
import { runFault, seed } from './fault-run.ts'
import { startServerWorld, type ServerWorld } from './server-world.ts'
import { explainNoServices, startServices, type Services } from './services.ts'

const messages = Math.min(Number(process.env['INVITE_ME_CHAOS_MESSAGES'] ?? 3_000), 2_000)
const slowMs = -150_000
const fastMs = 150_000
const missing = explainNoServices()

describe.skipIf(missing !== undefined)(
  `two machines whose clocks are five minutes apart${missing === undefined ? '' : `: ${missing}`}`,
  () => {
    let services: Services | undefined
    let world: ServerWorld

    beforeAll(async () => {
      services = await startServices()
      const skewMs = {
        api: slowMs,
        dispatcher: slowMs,
        'other dispatcher': fastMs,
        scheduler: fastMs,
      }
      world = await startServerWorld({ services, seed, workspace: 'clocks', skewMs })
    })
    afterAll(async () => {
      await world?.close()
      await services?.close()
    })

    test('steal no work from each other: nothing is lost, and nothing doubled by them', async () => {
      const fault = {
        what: 'clocks are five minutes apart',
        times: 0,
        mayDouble: false,
        strike: async () => undefined,
      }
      const { verdict } = await runFault(world, fault, messages)
      expect(verdict.unknownByCrash).toBe(0)
    })

    test('close a question at its deadline, neither minutes before nor after', async () => {
      const observer = await world.observer()
      try {
        const [soonMs, laterMs] = [Date.now() + 5_000, Date.now() + 120_000]
        const soon = await ask(world, 'soon', soonMs)
        const later = await ask(world, 'later', laterMs)
        expect([soon.status, later.status]).toEqual([202, 202])
        const states = async (): Promise<readonly string[]> => {
          const all = await observer.invitations.list({}, { limit: 1_000 })
          return [soon, later].map(
            ({ messageId }) => all.find((one) => one.messageId === messageId)?.state ?? 'none',
          )
        }
        await waitUntil('the first is over', async () => (await states())[0] === 'expired', 30_000)
        // Each process measures how far its clock is from that of Postgres, and errs by a part of the way there.
        expect(Date.now()).toBeGreaterThanOrEqual(soonMs - 500)
        expect(Date.now()).toBeLessThan(soonMs + 5_000)
        expect(await states()).toEqual(['expired', 'pending'])
      } finally {
        await observer.stop()
      }
    })

    test('refuse a deadline that has passed, even where it has not yet', async () => {
      const passed = await ask(world, 'passed', Date.now() + slowMs / 2)
      expect(passed.status).toBe(422)
    })
  },
)

interface Answered {
  readonly status: number
  readonly messageId: string | undefined
}

/** Asks over HTTP, with a deadline. */
async function ask({ url }: ServerWorld, name: string, untilMs: number): Promise<Answered> {
  const response = await fetch(`${url}/v1/invitations`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': `clocks-${name}` },
    body: JSON.stringify({
      to: { routes: { hook: `${name}@guests.test` } },
      question: 'Dinner?',
      answer: { type: 'yesNo' },
      until: new Date(untilMs).toISOString(),
    }),
    signal: AbortSignal.timeout(10_000),
  })
  const { messageId } = (await response.json()) as { readonly messageId?: string }
  return { status: response.status, messageId }
}
