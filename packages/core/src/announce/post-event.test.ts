import { describe, expect, test } from 'vitest'
import type { DomainEvent } from '../model/domain-event.ts'
import type { WebhookPost } from '../ports/webhook-post.ts'
import type { World } from '../ports/world.ts'
import { after, sampleEndpoint, sampleEvent, sampleSecret } from '../testing/store-samples.ts'
import { virtualClock } from '../testing/virtual-clock.ts'
import { eventBody, postEvent, postTimeoutMs } from './post-event.ts'

const event: DomainEvent = { ...sampleEvent(1), cursor: 7 }
const never = new AbortController().signal

describe('the body of an event', () => {
  const read = (changes: Partial<DomainEvent>): unknown => JSON.parse(eventBody({ ...event, ...changes }))

  test('holds what happened, when, and to whom', () => {
    expect(read({})).toEqual({
      type: 'delivery.sent',
      timestamp: after(1).toISOString(),
      data: {
        number: 1,
        cursor: 7,
        messageId: 'message-000001',
        deliveryId: 'delivery-000001',
        invitationId: 'invitation-000001',
        recipientId: null,
      },
    })
  })

  test('keeps its ids whatever an event says', () => {
    const data = { cursor: 1, messageId: 'another', recipientId: 'somebody' }
    expect(read({ data })).toMatchObject({
      data: { cursor: 7, messageId: 'message-000001', recipientId: null },
    })
  })

  test('holds what a host app published whole, by itself', () => {
    const data = { cursor: 'mine', text: 'line one\nline two 🦊 \u2028 </script>' }
    expect(read({ type: 'topic.published', topic: 'group:7', data })).toMatchObject({
      data: { cursor: 7, topic: 'group:7', data },
    })
  })

  test('is the same every time', () => {
    expect(eventBody(event)).toBe(eventBody(structuredClone(event)))
  })
})

describe('a post', () => {
  const troubles: unknown[] = []
  const clock = virtualClock()
  const log = { warn: () => undefined, error: (...told: readonly unknown[]) => void troubles.push(told) }
  const world = { clock, log } as unknown as World
  const send = (post: WebhookPost, callOff: AbortSignal = never) =>
    postEvent(world, post, { endpoint: sampleEndpoint(1), event, secrets: [sampleSecret] }, callOff)

  test('is signed at the moment it leaves, under the id of its event', async () => {
    const posts: Parameters<WebhookPost>[0][] = []
    const end = await send(async (post) => {
      posts.push(post)
      return { status: 200 }
    })
    expect(end).toEqual({ kind: 'answered', status: 200, retryAfterMs: undefined })
    expect(posts).toMatchObject([
      {
        url: 'https://hooks.guests.test/1',
        body: eventBody(event),
        headers: {
          'webhook-id': 'evt_7',
          'webhook-timestamp': String(clock.now() / 1_000),
          'webhook-signature': expect.stringMatching(/^v1,\S{44}$/),
        },
      },
    ])
  })

  test('that is not given up by its own function is given up by ours', async () => {
    const signals: AbortSignal[] = []
    const posting = send((_post, signal) => {
      signals.push(signal)
      return new Promise(() => undefined)
    })
    await clock.advance(postTimeoutMs - 1)
    expect(signals[0]?.aborted).toBe(false)
    await clock.advance(1)
    expect(await posting).toEqual({ kind: 'silent', reason: 'no answer within 15 s' })
    expect(signals[0]?.aborted).toBe(true)
  })

  test('that is called off counts as nothing, one that was called off before does not leave', async () => {
    const ending = new AbortController()
    const hanging: WebhookPost = () => new Promise(() => undefined)
    const posting = send(hanging, ending.signal)
    ending.abort()
    expect(await posting).toBeUndefined()
    let left = 0
    const counted: WebhookPost = async () => {
      left += 1
      return { status: 200 }
    }
    expect(await send(counted, ending.signal)).toBeUndefined()
    expect(left).toBe(0)
  })

  test('whose function throws says nothing of what it threw', async () => {
    const end = await send(() => Promise.reject(new Error('fetch of https://hooks.guests.test/1 failed')))
    expect(end).toEqual({ kind: 'silent', reason: 'the post failed' })
    expect(JSON.stringify(troubles)).not.toContain('guests.test')
  })

  test('whose reason has many lines is told in one', async () => {
    const end = await send(async () => ({ status: null, reason: `two\nlines ${'x'.repeat(500)}` }))
    expect(end).toMatchObject({ reason: expect.stringMatching(/^two lines x{190}$/) })
  })
})
