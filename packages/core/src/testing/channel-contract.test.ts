import { z } from 'zod'
import { describe, expect, test } from 'vitest'
import { defineChannel } from '../channel.ts'
import type { Channel } from '../ports/channel.ts'
import type { ProviderTrouble, ScriptedProvider } from './channel-bench.ts'
import { channelContract, type ChannelContractOptions } from './channel-contract.ts'
import { inboundRequest } from './inbound-request.ts'
import { sampleOutcomes } from './sample-outcomes.ts'
import { scriptedChannel, type ScriptStep, type ScriptedChannel } from './scripted-channel.ts'

const steps: Readonly<Record<'well' | ProviderTrouble, ScriptStep>> = {
  well: 'accepted',
  too_many: 'rate_limited',
  unwell: 'retryable',
  cut_before: 'retryable',
  cut_after: 'unknown',
  silent: 'hang',
  no_such_address: 'permanent_recipient',
  said_stop: 'opted_out',
  not_allowed: 'permanent_config',
  bad_text: 'permanent_content',
}

/** The smallest channel that keeps to everything, made the way an outsider would. */
const pigeon = defineChannel({
  name: 'pigeon-post',
  options: z.strictObject({
    loft: z.custom<Loft>((value) => value instanceof Loft, 'give the loft'),
    ring: z.string().meta({ secret: true }),
  }),
  supports: { answers: ['yesNo'], links: true, tokens: ['respond'], reports: [], idempotent: false },
  create: ({ loft }) => {
    const inner = loft.open()
    return {
      send: async (message, context) => {
        if (context.signal.aborted) return sampleOutcomes.retryable
        const outcome = await inner.send(message, context)
        if (outcome.status === 'accepted') loft.keep(message)
        return outcome
      },
      receive: (request, context) => inner.receive?.(request, context) ?? Promise.resolve([]),
    }
  },
})

class Loft implements ScriptedProvider {
  readonly #channels: ScriptedChannel[] = []
  readonly #received: string[] = []
  #step: ScriptStep = 'accepted'

  open(): ScriptedChannel {
    const channel = scriptedChannel({ name: 'pigeon-post' })
    channel.failAlways(this.#step)
    this.#channels.push(channel)
    return channel
  }
  keep({ content, answer, to, links }: Parameters<Channel['send']>[0]): void {
    const subject = content.subject?.replaceAll(/\p{Cc}|\u2028/gu, ' ') ?? ''
    const name = to.name?.replaceAll(/\p{Cc}|\u2028/gu, ' ') ?? ''
    const labels = (answer?.actions ?? []).map(({ label }) => `[${label}]`)
    this.#received.push([name, subject, content.text, ...labels, links.respond ?? ''].join('\n'))
  }
  answer(how: 'well' | ProviderTrouble): void {
    this.#step = steps[how]
    for (const channel of this.#channels) channel.failAlways(this.#step)
  }
  received(): readonly string[] {
    return this.#received
  }
}

const contract = {
  declares: { idempotent: false, receives: true, probes: false, checksAddresses: false },
  provider: async () => new Loft(),
  create: (loft) => pigeon({ loft, ring: 'ring-4711' }),
  address: 'loft 7',
  secret: 'ring-4711',
  badOptions: { loft: () => pigeon({ loft: 'no loft' as never, ring: 'ring-4711' }) },
  webhooks: {
    genuine: () =>
      inboundRequest('pigeon-post', [{ id: '1', at: new Date(0), kind: 'opted_out', address: 'loft 7' }]),
    forged: () =>
      inboundRequest('crow-post', [{ id: '1', at: new Date(0), kind: 'opted_out', address: 'loft 7' }]),
    unknown: () =>
      inboundRequest('pigeon-post', [{ id: '2', at: new Date(0), kind: 'ignored', reason: 'rain' }]),
  },
} as const satisfies Omit<ChannelContractOptions<Loft>, 'test'>

describe('a channel that keeps to everything', () => {
  channelContract({ test, ...contract })
})

/** Runs the contract and tells which questions were answered wrongly. */
async function failuresOf(
  options: Omit<ChannelContractOptions<Loft>, 'test'>,
  only = /./,
): Promise<readonly string[]> {
  const asked: { readonly name: string; readonly run: () => Promise<void> }[] = []
  channelContract({ ...options, test: (name, run) => only.test(name) && asked.push({ name, run }) })
  const failed: string[] = []
  for (const { name, run } of asked) await run().catch(() => failed.push(name))
  return failed
}
/** The contract with a channel that differs from the good one. */
const faulty = (
  change: (channel: Channel) => Partial<Channel>,
): Omit<ChannelContractOptions<Loft>, 'test'> => ({
  ...contract,
  create: (loft) => {
    const channel = contract.create(loft)
    return { ...channel, ...change(channel) }
  },
})

describe('the contract finds', () => {
  test('an adapter that throws what its provider says', async () => {
    const failed = await failuresOf(
      faulty(({ send }) => ({
        send: async (message, context) => {
          const outcome = await send(message, context)
          if (outcome.status === 'retryable') throw new Error('503')
          return outcome
        },
      })),
    )
    expect(failed).toContain('a provider that is unwell is retryable')
  })

  test('an adapter that repeats addresses', async () => {
    const failed = await failuresOf(
      faulty(({ send }) => ({
        send: async (message, context) => {
          context.log.warn('sending', { to: message.to.address })
          return send(message, context)
        },
      })),
    )
    expect(failed).toEqual(['no address and no text is in an outcome or in the log'])
  })

  test('an adapter that shows its secret', async () => {
    const failed = await failuresOf(faulty(() => ({ ring: 'ring-4711' }) as Partial<Channel>))
    expect(failed).toEqual(['no secret is in an outcome, in the log or in the channel itself'])
  })

  test('an adapter that never gives up', async () => {
    const failed = await failuresOf(
      faulty(({ send }) => ({
        send: (message, context) => send(message, { ...context, signal: new AbortController().signal }),
      })),
      /called off/,
    )
    expect(failed).toEqual([
      'a send that is called off ends soon, as a value',
      'a send that was called off before it began sends nothing',
    ])
  })

  test('an adapter that believes everybody', async () => {
    const failed = await failuresOf(
      faulty(() => ({
        receive: async () => [{ id: '1', at: new Date(0), kind: 'opted_out', address: 'ann' }],
      })),
    )
    expect(failed).toEqual([
      'a forged webhook is refused',
      'what it has no use for is ignored',
      'a body that makes no sense is refused or ignored, never a crash',
    ])
  })

  test('an adapter that does not do what it declares', async () => {
    const failed = await failuresOf(faulty(() => ({ probe: async () => ({ ok: true, detail: 'fine' }) })))
    expect(failed.length).toBeGreaterThan(10)
  })
})

describe('exceptions', () => {
  const register = (exceptions: Readonly<Record<string, string>>): (() => void) => {
    return () => {
      channelContract({ ...contract, test: () => undefined, exceptions })
    }
  }

  test('need a reason in words', () => {
    expect(register({ 'a refused text is permanent_content': 'no' })).toThrow(/needs a reason/)
  })

  test('name a question that is asked', () => {
    expect(register({ 'is it nice?': 'nobody knows, and nobody asked' })).toThrow(
      /does not ask "is it nice\?"/,
    )
  })

  test('are shown with their reason', () => {
    const skipped: string[] = []
    const skip = (name: string, reason: string): number => skipped.push(`${name}: ${reason}`)
    channelContract({
      ...contract,
      test: () => undefined,
      skip,
      exceptions: { 'a person who said stop is opted_out': 'pigeons know no lists of refusals' },
    })
    expect(skipped).toContain('a person who said stop is opted_out: pigeons know no lists of refusals')
  })
})
