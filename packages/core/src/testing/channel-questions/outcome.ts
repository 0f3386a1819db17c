import assert from 'node:assert/strict'
import type { SendOutcome } from '../../model/outcome.ts'
import {
  keptLog,
  sampleText,
  send,
  within,
  type ChannelBench,
  type ProviderTrouble,
} from '../channel-bench.ts'
import type { Questions } from '../contract.ts'

/** A provider that never answers is called off soon; any other may take its time. */
const deadline = (trouble: ProviderTrouble): AbortSignal =>
  AbortSignal.timeout(trouble === 'silent' ? 300 : 4_000)

async function meet(bench: ChannelBench, trouble: ProviderTrouble): Promise<SendOutcome> {
  bench.provider.answer(trouble)
  return send(bench, bench.channel, { signal: deadline(trouble) })
}

async function expectClass(
  bench: ChannelBench,
  trouble: ProviderTrouble,
  classes: readonly SendOutcome['status'][],
): Promise<void> {
  const { status } = await meet(bench, trouble)
  assert.ok(classes.includes(status), `${classes.join(' or ')} is expected, not ${status}`)
}

/** Whether a channel tells what became of a message. */
export const outcomeQuestions = {
  'an accepted message has an id of its own': async (bench) => {
    const [one, other] = [await send(bench, bench.channel), await send(bench, bench.channel)]
    assert.ok(one.status === 'accepted' && other.status === 'accepted')
    assert.ok(one.providerMessageId !== undefined && one.providerMessageId !== '')
    assert.notEqual(one.providerMessageId, other.providerMessageId)
    assert.equal((await bench.provider.received()).length, 2)
  },

  'a provider that wants a pause is rate_limited, with the pause in milliseconds': async (bench) => {
    const outcome = await meet(bench, 'too_many')
    assert.equal(outcome.status, 'rate_limited')
    assert.ok(Number.isFinite(outcome.retryAfterMs) && outcome.retryAfterMs >= 1)
  },

  'a provider that is unwell is retryable': (bench) => expectClass(bench, 'unwell', ['retryable']),

  'a connection cut before the message left is retryable': (bench) =>
    expectClass(bench, 'cut_before', ['retryable']),

  'a connection cut after the message left is unknown': (bench) =>
    // Where the provider knows the key, sending again does no harm.
    expectClass(
      bench,
      'cut_after',
      bench.channel.supports.idempotent ? ['unknown', 'retryable'] : ['unknown'],
    ),

  'a provider that never answers is unknown, or retryable when nothing left': (bench) =>
    expectClass(bench, 'silent', ['unknown', 'retryable']),

  'a dead address is permanent_recipient': async (bench) => {
    const outcome = await meet(bench, 'no_such_address')
    assert.equal(outcome.status, 'permanent_recipient')
    assert.equal(outcome.scope, 'recipient')
  },

  'a person who said stop is opted_out': async (bench) => {
    const outcome = await meet(bench, 'said_stop')
    assert.equal(outcome.status, 'opted_out')
    assert.equal(outcome.scope, 'recipient')
  },

  'wrong credentials are permanent_config, and blame nobody’s address': async (bench) => {
    const outcome = await meet(bench, 'not_allowed')
    assert.equal(outcome.status, 'permanent_config')
    assert.ok(outcome.scope === 'sender' || outcome.scope === 'provider')
  },

  'a refused text is permanent_content': (bench) => expectClass(bench, 'bad_text', ['permanent_content']),

  'a provider that is well again is used again': async (bench) => {
    for (const trouble of bench.troubles) {
      await meet(bench, trouble)
      bench.provider.answer('well')
      assert.equal((await send(bench, bench.channel)).status, 'accepted', `after ${trouble}`)
    }
  },

  'a repeated message carries the key of the first': async (bench) => {
    const key = 'contract-repeated.0.0'
    const outcomes = [await send(bench, bench.channel, { key }), await send(bench, bench.channel, { key })]
    assert.ok(outcomes.every(({ status }) => status === 'accepted'))
    const received = await bench.provider.received()
    assert.ok(received.every((text) => text.includes(key)))
    const [one, other] = outcomes
    assert.deepEqual(one, other)
  },

  'a send that is called off ends soon, as a value': async (bench) => {
    if (bench.troubles.includes('silent')) bench.provider.answer('silent')
    const controller = new AbortController()
    const sending = send(bench, bench.channel, { signal: controller.signal })
    setTimeout(() => {
      controller.abort(new DOMException('The deadline of this attempt has passed.', 'TimeoutError'))
    }, 50)
    const { status } = await within('a send that was called off', sending, 1_500)
    assert.ok(['accepted', 'unknown', 'retryable'].includes(status), `it is not ${status}`)
  },

  'a send that was called off before it began sends nothing': async (bench) => {
    const { status } = await send(bench, bench.channel, { signal: AbortSignal.abort() })
    assert.equal(status, 'retryable')
    assert.deepEqual(await bench.provider.received(), [])
  },

  'twenty sends at once have an outcome each': async (bench) => {
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => send(bench, bench.channel)))
    const ids = outcomes.flatMap((outcome) =>
      outcome.status === 'accepted' ? outcome.providerMessageId : [],
    )
    assert.equal(new Set(ids).size, 20)
    assert.equal((await bench.provider.received()).length, 20)
  },

  'no address and no text is in an outcome or in the log': async (bench) => {
    await forEveryTrouble(bench, (told) => {
      assert.ok(!told.includes(bench.address), 'the address is not repeated')
      assert.ok(!told.includes(sampleText), 'the text is not repeated')
    })
  },

  'no secret is in an outcome, in the log or in the channel itself': async (bench) => {
    const { secret = '' } = bench
    assert.ok(!JSON.stringify(bench.channel).includes(secret), 'the channel does not show its secret')
    await forEveryTrouble(bench, (told) => {
      assert.ok(!told.includes(secret), 'the secret is not repeated')
    })
  },
} satisfies Questions<ChannelBench>

/** Sends once in every trouble and looks at everything the channel then said. */
async function forEveryTrouble(bench: ChannelBench, check: (told: string) => void): Promise<void> {
  for (const trouble of bench.troubles) {
    bench.provider.answer(trouble)
    const log = keptLog()
    const outcome = await send(bench, bench.channel, { log, signal: deadline(trouble) })
    check(JSON.stringify([outcome, log.lines]))
  }
}

/** The question that shows a trouble; an exception to it says that the provider cannot have it. */
export const questionOfTrouble = {
  too_many: 'a provider that wants a pause is rate_limited, with the pause in milliseconds',
  unwell: 'a provider that is unwell is retryable',
  cut_before: 'a connection cut before the message left is retryable',
  cut_after: 'a connection cut after the message left is unknown',
  silent: 'a provider that never answers is unknown, or retryable when nothing left',
  no_such_address: 'a dead address is permanent_recipient',
  said_stop: 'a person who said stop is opted_out',
  not_allowed: 'wrong credentials are permanent_config, and blame nobody’s address',
  bad_text: 'a refused text is permanent_content',
} as const satisfies Readonly<Record<ProviderTrouble, keyof typeof outcomeQuestions>>
