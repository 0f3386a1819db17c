import assert from 'node:assert/strict'
import type { FactResult } from '../../model/inbound-fact.ts'
import { keptLog, within, type ChannelBench } from '../channel-bench.ts'
import type { Questions } from '../contract.ts'

const feedbacks = [
  null,
  'Thank you, noted: Yes.',
  `<script>alert("x")</script> & ]]> \u2028 ${'👍'.repeat(2_000)}`,
]
const answers = ['counted', 'repeated', 'refused', 'unclear', 'ambiguous', 'late', null] as const
const results = ['recorded', 'repeated', 'unmatched', 'ignored'] as const

async function acknowledged(
  { channel, webhooks }: ChannelBench,
  told: Pick<FactResult, 'result' | 'answer' | 'feedback'>,
): Promise<Response | undefined> {
  assert.ok(webhooks && channel.receive && channel.acknowledge)
  const { context } = keptLog()
  const facts = await channel.receive(webhooks.genuine(), context)
  const handled = facts.map((fact) => ({
    fact,
    result: { id: fact.id, kind: fact.kind, invitationId: null, ...told },
  }))
  return within('acknowledge', channel.acknowledge(handled, context))
}

/** Whether the sender of a webhook gets the answer it waits for. */
export const acknowledgeQuestions = {
  'whatever became of what it received, its sender gets a good answer in time': async (bench) => {
    for (const result of results)
      for (const answer of answers)
        for (const feedback of feedbacks) {
          const response = await acknowledged(bench, { result, answer, feedback })
          assert.ok(response === undefined || response.status < 300, `status ${String(response?.status)}`)
          await response?.text()
        }
  },

  'a provider that is out of order cannot make it fail': async (bench) => {
    for (const trouble of bench.troubles.filter((one) => one !== 'silent')) {
      bench.provider.answer(trouble)
      const told = { result: 'recorded', answer: 'counted', feedback: 'Thank you.' } as const
      const response = await acknowledged(bench, told)
      assert.ok(response === undefined || response.status < 300, trouble)
    }
  },

  'with nothing to tell it still answers': async ({ channel }) => {
    assert.ok(channel.acknowledge)
    const response = await within('acknowledge', channel.acknowledge([], keptLog().context))
    assert.ok(response === undefined || response.status < 300)
  },
} satisfies Questions<ChannelBench>
