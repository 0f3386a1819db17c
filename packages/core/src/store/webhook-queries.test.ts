import { expect, test } from 'vitest'
import { after, sampleEndpoint, sampleSecret } from '../testing/store-samples.ts'
import { explainedDatabase } from './__fixtures__/explained-database.ts'
import { webhookStore } from './webhooks.ts'

test('nothing that is asked of webhooks walks over all postings or all events', async () => {
  const { db, steps, close } = await explainedDatabase()
  const webhooks = webhookStore({ db, run: (work) => work() }, false)
  await webhooks.insert(sampleEndpoint(1), [sampleSecret])
  const { id } = sampleEndpoint(1)
  await db
    .insertInto('outbox')
    .values({ type: 'delivery.sent', at: after(0).toISOString(), data: '{}' })
    .execute()
  steps.length = 0

  await webhooks.fanOut(100, after(0))
  await webhooks.waiting()
  const claim = { shares: new Map([[id, 5]]), now: after(1), leaseUntil: after(60_000) }
  const [claimed] = await webhooks.claimDue(claim)
  expect(claimed?.event.cursor).toBe(1)
  await webhooks.prune(after(0), 100)
  await webhooks.postings({ endpointId: id }, { limit: 10 })
  await webhooks.replay(id, { since: after(0) }, after(2))
  await webhooks.remove(id)
  close()

  expect(steps.length).toBeGreaterThan(10)
  expect(steps.filter((step) => /^SCAN (webhook_postings|outbox)/.test(step))).toEqual([])
  expect(steps.filter((step) => step.includes('TEMP B-TREE'))).toEqual([])
  expect(steps.join('\n')).toContain('webhook_postings_due')
  expect(steps.join('\n')).toContain('webhook_postings_ended')
})
