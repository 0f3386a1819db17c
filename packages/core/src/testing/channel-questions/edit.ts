import assert from 'node:assert/strict'
import type { SendOutcome } from '../../model/outcome.ts'
import type { EditReason, MessageEdit, OutboundMessage } from '../../ports/channel.ts'
import {
  keptLog,
  sampleAnswer,
  sampleOutbound,
  sampleText,
  send,
  within,
  type ChannelBench,
  type KeptLog,
  type ProviderTrouble,
} from '../channel-bench.ts'
import type { Questions } from '../contract.ts'

const answered: EditReason = { kind: 'answered', value: true, isDeclined: false, via: 'api' }
const notice = 'Answered: Yes (by another way)'

/** A message as the engine hands it over once its question is over. */
function over(message: OutboundMessage): OutboundMessage {
  const { answer, ...rest } = message
  return { ...rest, links: {}, ...(answer !== undefined && { answer: { ...answer, actions: [] } }) }
}

async function sendQuestion(bench: ChannelBench): Promise<MessageEdit> {
  const message = { answer: sampleAnswer('yesNo') }
  const outcome = await send(bench, bench.channel, { message })
  assert.ok(outcome.status === 'accepted' && outcome.providerMessageId !== undefined)
  const sent = sampleOutbound(bench.address, message)
  return { providerMessageId: outcome.providerMessageId, message: over(sent), reason: answered, notice }
}

/** Edits as the engine does; a retry comes with the key of the first try. */
async function edit(
  bench: ChannelBench,
  change: MessageEdit,
  log: KeptLog = keptLog(),
): Promise<SendOutcome> {
  assert.ok(bench.channel.edit)
  const signal = AbortSignal.timeout(4_000)
  const context = { ...log.context, idempotencyKey: 'contract-edit.1.edit-1', attempt: 0, signal }
  return within('edit', bench.channel.edit(change, context))
}

async function edited({ provider }: ChannelBench): Promise<readonly string[]> {
  assert.ok(provider.edited, 'the provider tells what was edited')
  return provider.edited()
}

/** Troubles in which a provider has certainly changed nothing. */
const refusals: readonly ProviderTrouble[] = ['too_many', 'unwell', 'cut_before', 'not_allowed']

/** Whether a message that has left can be brought up to date. */
export const editQuestions = {
  'a question that is over says so where it was sent, and loses its buttons': async (bench) => {
    const change = await sendQuestion(bench)
    assert.equal((await edit(bench, change)).status, 'accepted')
    const [text = ''] = await edited(bench)
    assert.ok(text.includes(notice), 'its end is told')
    assert.ok(text.includes(sampleText), 'the question can still be read')
    for (const { label } of sampleAnswer('yesNo').actions)
      assert.ok(!text.includes(`[${label}]`), `the button "${label}" is gone`)
  },

  'bringing a message up to date twice is doing it once': async (bench) => {
    const change = await sendQuestion(bench)
    await edit(bench, change)
    assert.equal((await edit(bench, change)).status, 'accepted')
  },

  'every reason to bring a message up to date is carried out': async (bench) => {
    const change = await sendQuestion(bench)
    for (const kind of ['expired', 'cancelled', 'updated'] as const)
      assert.equal((await edit(bench, { ...change, reason: { kind } })).status, 'accepted', kind)
  },

  'an edit in trouble is an outcome that tells nobody’s address or text': async (bench) => {
    const change = await sendQuestion(bench)
    for (const trouble of bench.troubles.filter((one) => one !== 'silent')) {
      bench.provider.answer(trouble)
      const log = keptLog()
      const outcome = await edit(bench, change, log)
      const told = JSON.stringify([outcome, log.lines])
      assert.ok(!told.includes(bench.address) && !told.includes(sampleText), trouble)
      assert.ok(bench.secret === undefined || !told.includes(bench.secret), trouble)
      if (refusals.includes(trouble))
        assert.notEqual(outcome.status, 'accepted', `${trouble}: nothing was changed`)
    }
  },
} satisfies Questions<ChannelBench>
