import assert from 'node:assert/strict'
import type { FindResult } from '../../ports/channel.ts'
import { keptLog, sampleOutbound, send, within, type ChannelBench } from '../channel-bench.ts'
import type { Questions } from '../contract.ts'

async function find(bench: ChannelBench, text: string, since: Date): Promise<FindResult> {
  assert.ok(bench.channel.find)
  const signal = AbortSignal.timeout(4_000)
  const context = { ...keptLog().context, idempotencyKey: 'contract-find.0.0', attempt: 1, signal, since }
  return within('find', bench.channel.find(sampleOutbound(bench.address, { content: { text } }), context))
}

/** Whether a channel knows again what it may have sent. */
export const findQuestions = {
  'a message that was sent is found, under the id it was given': async (bench) => {
    const text = 'Is this one there?'
    const since = new Date(Date.now() - 1_000)
    const sent = await send(bench, bench.channel, { message: { content: { text } } })
    assert.ok(sent.status === 'accepted')
    const found = await find(bench, text, since)
    assert.equal(found.status, 'found')
    assert.ok(found.status === 'found' && found.providerMessageId === sent.providerMessageId)
  },

  'a message that was never sent is not found': async (bench) => {
    await send(bench, bench.channel, { message: { content: { text: 'Something else.' } } })
    const { status } = await find(bench, 'This one never left.', new Date(Date.now() - 60_000))
    assert.ok(status === 'absent' || status === 'unknown', `it is not ${status}`)
  },

  'a provider that cannot be asked leaves it unknown': async (bench) => {
    for (const trouble of bench.troubles.filter((one) =>
      ['unwell', 'cut_before', 'not_allowed'].includes(one),
    )) {
      bench.provider.answer(trouble)
      assert.equal((await find(bench, 'Is this one there?', new Date())).status, 'unknown', trouble)
    }
  },
} satisfies Questions<ChannelBench>
