import assert from 'node:assert/strict'
import type { InboundFact } from '../../model/inbound-fact.ts'
import { isInviteMeError } from '../../model/error.ts'
import { keptLog, within, type ChannelBench, type SampleWebhooks } from '../channel-bench.ts'
import type { Questions } from '../contract.ts'

function webhooksOf({ webhooks }: ChannelBench): SampleWebhooks {
  assert.ok(webhooks, 'give the contract webhooks of the provider')
  return webhooks
}

async function receive({ channel }: ChannelBench, request: Request): Promise<readonly InboundFact[]> {
  assert.ok(channel.receive)
  return within('receive', channel.receive(request, keptLog().context))
}

/** Whether a channel believes its provider, and nobody else. */
export const receiveQuestions = {
  'a genuine webhook gives facts': async (bench) => {
    const facts = await receive(bench, webhooksOf(bench).genuine())
    assert.ok(facts.length > 0)
    for (const { id, at, kind } of facts) {
      assert.ok(id !== '' && kind !== 'ignored')
      assert.ok(at instanceof Date && !Number.isNaN(at.getTime()))
    }
  },

  'a forged webhook is refused': async (bench) => {
    await assert.rejects(
      receive(bench, webhooksOf(bench).forged()),
      (error) => isInviteMeError(error) && error.code === 'WEBHOOK_REFUSED',
    )
  },

  'the same webhook twice gives the same ids': async (bench) => {
    const { genuine } = webhooksOf(bench)
    const ids = async (): Promise<readonly string[]> => (await receive(bench, genuine())).map(({ id }) => id)
    const first = await ids()
    assert.deepEqual(await ids(), first)
    assert.equal(new Set(first).size, first.length)
  },

  'what it has no use for is ignored': async (bench) => {
    const facts = await receive(bench, webhooksOf(bench).unknown())
    assert.ok(facts.every(({ kind }) => kind === 'ignored'))
  },

  'a body that makes no sense is refused or ignored, never a crash': async (bench) => {
    const { headers, url } = webhooksOf(bench).genuine()
    const bodies = ['', '{', '[]', '\u0000'.repeat(100), 'x'.repeat(3_000_000), '{"a":'.repeat(10_000)]
    for (const body of bodies) {
      const request = new Request(url, { method: 'POST', headers, body })
      const facts = await receive(bench, request).catch((error: unknown) => {
        assert.ok(isInviteMeError(error), `an InviteMeError is expected, not ${String(error)}`)
        return []
      })
      assert.ok(facts.every(({ kind }) => kind === 'ignored'))
    }
  },
} satisfies Questions<ChannelBench>
