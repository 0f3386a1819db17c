import assert from 'node:assert/strict'
import { send, within, type ChannelBench } from '../channel-bench.ts'
import type { Questions } from '../contract.ts'

/** Whether a channel comes and goes without disturbing anybody. */
export const lifeQuestions = {
  'making a channel sends nothing': async ({ provider }) => {
    assert.deepEqual(await provider.received(), [])
  },

  'a check without sending tells whether it could send': async (bench) => {
    const { channel, provider, secret, troubles } = bench
    const probe = async (): Promise<boolean> => {
      assert.ok(channel.probe)
      const found = await within('probe', channel.probe(AbortSignal.timeout(2_000)))
      assert.ok(found.detail !== '' && (secret === undefined || !found.detail.includes(secret)))
      return found.ok
    }
    assert.equal(await probe(), true)
    assert.deepEqual(await provider.received(), [])
    if (!troubles.includes('not_allowed')) return
    provider.answer('not_allowed')
    assert.equal(await probe(), false)
  },

  'two channels with the same options share nothing': async (bench) => {
    const other = bench.another()
    await send(bench, bench.channel)
    await send(bench, other)
    await bench.channel.close?.()
    assert.equal((await send(bench, other)).status, 'accepted')
  },

  'a channel can be closed twice, also before it ever sent': async (bench) => {
    const unused = bench.another()
    await send(bench, bench.channel)
    for (const channel of [unused, bench.channel]) {
      await within('close', channel.close?.() ?? Promise.resolve())
      await within('close', channel.close?.() ?? Promise.resolve())
    }
  },

  'a message for a closed channel is an outcome, not a crash': async (bench) => {
    await bench.channel.close?.()
    await send(bench, bench.channel)
  },
} satisfies Questions<ChannelBench>
