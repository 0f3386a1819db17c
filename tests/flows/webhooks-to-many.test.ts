import { createInviteMe, type WebhookSender } from '@invite-me/core'
import { expect, onTestFinished, test } from 'vitest'
import { startEventEndpoint } from '../peers/event-endpoint.ts'
import { waitUntil } from '../peers/wait-until.ts'
import { newWorkspace } from '../worlds/workspace.ts'

/** Ten thousand posts go over connections that are kept open, which the guard never does: a third of the time. */
const plain: WebhookSender = {
  post: async ({ url, ...post }, signal) => ({
    status: (await fetch(url, { ...post, method: 'POST', signal })).status,
  }),
}

test(
  'fifty endpoints are told of two hundred events each, none lost, five at once at most',
  { timeout: 300_000 },
  async () => {
    const endpoint = await startEventEndpoint()
    onTestFinished(() => endpoint.close())
    const store = (await newWorkspace()).store()
    const inviteMe = await createInviteMe({ store, channels: [], webhooks: plain })
    onTestFinished(() => inviteMe.stop())
    const paths = Array.from({ length: 50 }, (_, index) => `/of/${String(index)}`)
    for (const path of paths)
      await inviteMe.webhooks.create({ url: endpoint.url(path), types: ['topic.published'] })
    for (let number = 1; number <= 200; number += 1) await inviteMe.topics.publish('group:7', { number })
    await waitUntil('everything has arrived', () => endpoint.events.length >= 10_000, 280_000)
    for (const path of paths) {
      const told = endpoint.events.filter((event) => event.path === path)
      expect(new Set(told.map(({ headers }) => headers['webhook-id'])).size).toBe(200)
      expect(endpoint.mostAtOnce.get(path)).toBeLessThanOrEqual(5)
    }
    expect(endpoint.events).toHaveLength(10_000)
  },
)
