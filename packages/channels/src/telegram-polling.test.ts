import { InviteMeError, type Clock } from '@invite-me/core/channel'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startFakeBotApi, type FakeBotApi } from '../../../tests/peers/fake-bot-api.ts'
import { waitUntil } from '../../../tests/peers/wait-until.ts'
import { pollTelegram, type TelegramPoller, type TelegramPollingOptions } from './telegram-polling.ts'
import { telegram } from './telegram.ts'

const token = '123456789:AAEhBP0av28-test-token-of-nobody'
let api: FakeBotApi
let pollers: TelegramPoller[]
/** Updates that were taken, by number. */
let taken: number[]
let told: string[]

beforeEach(async () => {
  api = await startFakeBotApi()
  pollers = []
  taken = []
  told = []
})
afterEach(async () => {
  await Promise.all(pollers.map((poller) => poller.close()))
  await api.close()
})

const keep = (message: string) => void told.push(message)

/** A clock whose pauses are so many times shorter; deadlines stay as they are. */
const clockOf = (speed: number): Clock => ({
  now: () => Date.now(),
  schedule: (delayMs, run) => {
    const timer = setTimeout(run, delayMs >= 15_000 ? delayMs : delayMs / speed)
    return () => clearTimeout(timer)
  },
})
const quick = clockOf(100)

async function start(options: Partial<TelegramPollingOptions> = {}): Promise<TelegramPoller> {
  const poller = await pollTelegram({
    token,
    apiRoot: `${api.url}/`,
    receive: async (request) => {
      const { update_id: id } = (await request.json()) as { update_id: number }
      taken.push(id)
    },
    holdSeconds: 1,
    log: { warn: keep, error: keep },
    clock: quick,
    ...options,
  })
  pollers.push(poller)
  return poller
}

const update = (id: number) => ({
  update_id: id,
  message: {
    message_id: id,
    date: 1_795_320_000,
    chat: { id: 100_200_300, type: 'private' },
    from: { id: 100_200_300, is_bot: false },
    text: 'Yes',
  },
})
const nothingWaits = () => api.waiting.length === 0

describe('updates', () => {
  test('that waited while nobody polled are all taken, in their order', async () => {
    api.push(update(1), update(2), update(3))
    await start()
    await waitUntil('all are confirmed', nothingWaits, 5_000)
    expect(taken).toEqual([1, 2, 3])
    api.push(update(4))
    await waitUntil('the next one is confirmed', nothingWaits, 5_000)
    expect(taken).toEqual([1, 2, 3, 4])
  })

  test('are asked for by exactly the kinds that are used', async () => {
    api.push(update(1))
    await start()
    await waitUntil('it is confirmed', nothingWaits, 5_000)
    expect(api.callsOf('getUpdates')[0]).toEqual({
      timeout: 1,
      limit: 100,
      allowed_updates: ['message', 'edited_message', 'callback_query', 'poll_answer', 'my_chat_member'],
    })
    expect(api.callsOf('getUpdates')[1]).toMatchObject({ offset: 2 })
  })

  test('a thousand at once are taken one after the other', async () => {
    api.push(...Array.from({ length: 1_000 }, (_one, index) => update(index + 1)))
    let atOnce = 0
    let most = 0
    await start({
      receive: async () => {
        most = Math.max(most, (atOnce += 1))
        await Promise.resolve()
        taken.push(0)
        atOnce -= 1
      },
    })
    await waitUntil('all are confirmed', nothingWaits, 10_000)
    expect([taken.length, most]).toEqual([1_000, 1])
  })

  test('that were not taken are given again, before any later one, and are not confirmed meanwhile', async () => {
    api.push(update(1), update(2), update(3))
    let refusals = 3
    await start({
      receive: async (request) => {
        const { update_id: id } = (await request.json()) as { update_id: number }
        if (id === 2 && refusals > 0) {
          refusals -= 1
          expect(api.waiting.some((one) => one.update_id === 2)).toBe(true)
          throw new InviteMeError('STORE_UNAVAILABLE', 'The database is away.')
        }
        taken.push(id)
      },
    })
    await waitUntil('all are confirmed', nothingWaits, 5_000)
    expect(taken).toEqual([1, 2, 3])
    expect(told).toEqual([
      'Telegram polling: An update was not taken (STORE_UNAVAILABLE); it is given again.',
    ])
  })

  test('answered with a bad status are not taken; a bad secret loses nothing', async () => {
    api.push(update(1))
    const answers = [401, 503, 200]
    await start({ receive: async () => new Response(null, { status: answers.shift() ?? 200 }) })
    await waitUntil('it is confirmed', nothingWaits, 5_000)
    expect(answers).toEqual([])
  })

  test('too large to be taken ever are passed over', async () => {
    api.push(update(1), update(2))
    await start({
      receive: async (request) => {
        const { update_id: id } = (await request.json()) as { update_id: number }
        if (id === 1) throw new InviteMeError('BODY_TOO_LARGE', 'Too large.')
        taken.push(id)
      },
    })
    await waitUntil('all are confirmed', nothingWaits, 5_000)
    expect(taken).toEqual([2])
  })

  test('that hang are given again', async () => {
    api.push(update(1))
    let tries = 0
    await start({
      receiveTimeoutMs: 2_000,
      receive: async () => {
        tries += 1
        if (tries === 1) await new Promise(() => {})
      },
    })
    await waitUntil('it is confirmed', nothingWaits, 5_000)
    expect(tries).toBe(2)
  })

  test('are believed by the channel, which refuses everybody else', async () => {
    const channel = telegram({ token, apiRoot: api.url })
    api.push(update(1))
    const facts: unknown[] = []
    const context = { clock: { now: () => 0, schedule: () => () => {} }, log: { warn: keep, error: keep } }
    await start({
      receive: async (request) => void facts.push(...((await channel.receive?.(request, context)) ?? [])),
    })
    await waitUntil('it is confirmed', nothingWaits, 5_000)
    expect(facts).toMatchObject([{ kind: 'answer', from: '100200300' }])
  })
})

describe('trouble', () => {
  test.each([
    [
      409,
      'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running',
      /Another program fetches/,
    ],
    [
      409,
      "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook",
      /has a webhook/,
    ],
    [401, 'Unauthorized', /does not know this bot token/],
    [500, 'Internal Server Error: restart', /out of order/],
  ])('%i %s is told once, and polling goes on', async (code, description, words) => {
    for (let times = 0; times < 3; times += 1) api.refuseNext('getUpdates', { code, description })
    api.push(update(1))
    await start()
    await waitUntil('it is confirmed', nothingWaits, 5_000)
    expect(told).toHaveLength(1)
    expect(told[0]).toMatch(words)
    expect(told[0]).not.toContain(token)
  })

  test('of being too fast waits as long as Telegram says', async () => {
    const pauses: number[] = []
    api.refuseNext('getUpdates', {
      code: 429,
      description: 'Too Many Requests',
      parameters: { retry_after: 7 },
    })
    api.push(update(1))
    const schedule: Clock['schedule'] = (delayMs, run) => {
      pauses.push(delayMs)
      return quick.schedule(delayMs, run)
    }
    await start({ clock: { now: quick.now, schedule } })
    await waitUntil('it is confirmed', nothingWaits, 5_000)
    expect(pauses).toContain(7_000)
  })

  test('of the network waits longer every time, and ends when it ends', async () => {
    api.answer('cut_after')
    api.push(update(1))
    await start()
    await waitUntil('it has tried some times', () => api.calls.length >= 4, 5_000)
    expect(taken).toEqual([])
    api.answer('well')
    await waitUntil('it is confirmed', nothingWaits, 5_000)
    expect(taken).toEqual([1])
  })

  test('of a server that does not hold the call open is met with a pause', async () => {
    await start({ holdSeconds: 0 })
    await waitUntil('it has asked some times', () => api.calls.length >= 3, 5_000)
    expect(api.calls.length).toBeLessThan(20)
  })
})

describe('closing', () => {
  test('ends the question under way at once, and may be done twice', async () => {
    // A deadline that never comes: only the end of the question can end it.
    const schedule: Clock['schedule'] = (delayMs, run) =>
      delayMs === 777 ? () => undefined : quick.schedule(delayMs, run)
    const poller = await start({ holdSeconds: 50, closeTimeoutMs: 777, clock: { now: quick.now, schedule } })
    await waitUntil('it asks', () => api.calls.length === 1, 5_000)
    await poller.close()
    await poller.close()
    expect(api.calls).toHaveLength(1)
  })

  test('lets the update under way be taken, gives no further one and confirms what was taken', async () => {
    api.push(update(1), update(2))
    let finish: (() => void) | undefined
    const poller = await start({
      clock: clockOf(1),
      receive: async (request) => {
        const { update_id: id } = (await request.json()) as { update_id: number }
        await new Promise<void>((resolve) => (finish = resolve))
        taken.push(id)
      },
    })
    await waitUntil('the first is being taken', () => finish !== undefined, 5_000)
    const closing = poller.close()
    finish?.()
    await closing
    expect(taken).toEqual([1])
    expect(api.waiting).toMatchObject([{ update_id: 2 }])
  })

  test('ends within its deadline although an update hangs', async () => {
    api.push(update(1))
    let isHanging = false
    const poller = await start({
      clock: clockOf(1),
      closeTimeoutMs: 200,
      receive: async () => {
        isHanging = true
        await new Promise(() => {})
      },
    })
    await waitUntil('it hangs', () => isHanging, 5_000)
    await poller.close()
    expect(api.waiting).toHaveLength(1)
  })
})
