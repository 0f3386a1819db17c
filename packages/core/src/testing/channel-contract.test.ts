import { z } from 'zod'
import { describe, expect, test } from 'vitest'
import { defineChannel } from '../channel.ts'
import type { SendOutcome } from '../model/outcome.ts'
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

/** A loft whose pigeons bring wax tablets: what was sent can be changed, looked up, and answered at once. */
class Tablets extends Loft {
  readonly #written = new Map<string, string>()
  #trouble: ProviderTrouble | undefined

  override answer(how: 'well' | ProviderTrouble): void {
    super.answer(how)
    this.#trouble = how === 'well' ? undefined : how
  }
  /** What is wrong with the next call that is no send. */
  trouble(): SendOutcome | undefined {
    return this.#trouble === undefined ? undefined : outcomes[this.#trouble]
  }
  write(id: string, text: string): void {
    this.#written.set(id, text)
  }
  find(text: string): string | undefined {
    return [...this.#written].find(([, written]) => written.includes(text))?.[0]
  }
  edited(): readonly string[] {
    return [...this.#written.values()].toReversed()
  }
}

const outcomes: Readonly<Record<ProviderTrouble, SendOutcome>> = {
  too_many: sampleOutcomes.rate_limited,
  unwell: sampleOutcomes.retryable,
  cut_before: sampleOutcomes.retryable,
  cut_after: sampleOutcomes.unknown,
  silent: sampleOutcomes.unknown,
  no_such_address: sampleOutcomes.permanent_recipient,
  said_stop: sampleOutcomes.opted_out,
  not_allowed: sampleOutcomes.permanent_config,
  bad_text: sampleOutcomes.permanent_content,
}

const textOf = ({ content, answer }: Parameters<Channel['send']>[0], notice = '') =>
  [content.text, ...(answer?.actions ?? []).map(({ label }) => `[${label}]`), notice].join('\n')

/** The good channel on tablets, with those of its powers that differ. */
function tablets(
  change: (
    powers: Required<Pick<Channel, 'edit' | 'find' | 'acknowledge'>>,
    loft: Tablets,
  ) => Partial<Channel> = () => ({}),
): Omit<ChannelContractOptions<Tablets>, 'test'> {
  return {
    ...contract,
    declares: { ...contract.declares, edits: true, finds: true, acknowledges: true },
    provider: async () => new Tablets(),
    create: (loft) => {
      const channel = contract.create(loft)
      const powers: Required<Pick<Channel, 'edit' | 'find' | 'acknowledge'>> = {
        edit: async ({ message, notice, providerMessageId }) => {
          const trouble = loft.trouble()
          if (trouble === undefined) loft.write(providerMessageId, textOf(message, notice))
          return trouble ?? { status: 'accepted' }
        },
        find: async ({ content }) => {
          if (loft.trouble() !== undefined) return { status: 'unknown' }
          const providerMessageId = loft.find(content.text)
          return providerMessageId === undefined
            ? { status: 'absent' }
            : { status: 'found', providerMessageId }
        },
        acknowledge: async (handled) => Response.json(handled.map(({ result }) => result.feedback)),
      }
      return {
        ...channel,
        supports: { ...channel.supports, edits: ['question'] },
        send: async (message, context) => {
          const outcome = await channel.send(message, context)
          if (outcome.status === 'accepted') loft.write(outcome.providerMessageId ?? '', textOf(message))
          return outcome
        },
        ...powers,
        ...change(powers, loft),
      }
    },
  }
}

describe('a channel that changes, finds and acknowledges what it sent', () => {
  channelContract({ test, ...tablets() })
})

async function tabletFailures(
  change: NonNullable<Parameters<typeof tablets>[0]>,
  only = /up to date|is over|edit in trouble|found|be asked|good answer|out of order|nothing to tell/,
): Promise<readonly string[]> {
  const asked: { readonly name: string; readonly run: () => Promise<void> }[] = []
  channelContract({ ...tablets(change), test: (name, run) => only.test(name) && asked.push({ name, run }) })
  const failed: string[] = []
  for (const { name, run } of asked) await run().catch(() => failed.push(name))
  return failed
}

const saysSo = 'a question that is over says so where it was sent, and loses its buttons'
const twice = 'bringing a message up to date twice is doing it once'
const anyReason = 'every reason to bring a message up to date is carried out'
const editTrouble = 'an edit in trouble is an outcome that tells nobody’s address or text'
const isFound = 'a message that was sent is found, under the id it was given'
const isNotFound = 'a message that was never sent is not found'
const cannotAsk = 'a provider that cannot be asked leaves it unknown'
const answersInTime = 'whatever became of what it received, its sender gets a good answer in time'
const answersInTrouble = 'a provider that is out of order cannot make it fail'
const answersNothing = 'with nothing to tell it still answers'

describe('the contract finds an edit', () => {
  test.each<[string, NonNullable<Parameters<typeof tablets>[0]>, readonly string[]]>([
    [
      'that leaves the buttons',
      ({ edit }) => ({
        edit: (change, context) => edit({ ...change, notice: `${change.notice} [Yes]` }, context),
      }),
      [saysSo],
    ],
    [
      'that does not say why',
      ({ edit }) => ({ edit: (change, context) => edit({ ...change, notice: '' }, context) }),
      [saysSo],
    ],
    [
      'that wipes the question',
      ({ edit }) => ({
        edit: (change, context) => {
          const content = { ...change.message.content, text: '' }
          return edit({ ...change, message: { ...change.message, content } }, context)
        },
      }),
      [saysSo],
    ],
    ['that does nothing', () => ({ edit: async () => ({ status: 'accepted' }) }), [saysSo, editTrouble]],
    [
      'that can be made only once',
      ({ edit }, loft) => ({
        edit: async (change, context) =>
          loft.edited().some((text) => text.includes(change.notice))
            ? { status: 'permanent_content', scope: 'message' }
            : edit(change, context),
      }),
      [twice, anyReason],
    ],
    [
      'that knows only answers',
      ({ edit }) => ({
        edit: async (change, context) =>
          change.reason.kind === 'answered' ? edit(change, context) : { status: 'unknown', scope: 'message' },
      }),
      [anyReason],
    ],
    [
      'that throws what its provider says',
      ({ edit }, loft) => ({
        edit: (change, context) => {
          if (loft.trouble() !== undefined) throw new Error('503')
          return edit(change, context)
        },
      }),
      [editTrouble],
    ],
    [
      'that tells addresses',
      ({ edit }) => ({
        edit: async (change, context) => {
          context.log.warn('changing', { to: change.message.to.address })
          return edit(change, context)
        },
      }),
      [editTrouble],
    ],
    [
      'that tells texts in its outcome',
      ({ edit }) => ({
        edit: async (change, context) => ({
          ...(await edit(change, context)),
          detail: change.message.content.text,
        }),
      }),
      [editTrouble],
    ],
  ])('%s', async (_, change, expected) => {
    expect(await tabletFailures(change)).toEqual(expected)
  })
})

describe('the contract finds a search', () => {
  test.each<[string, NonNullable<Parameters<typeof tablets>[0]>, readonly string[]]>([
    ['that finds nothing', () => ({ find: async () => ({ status: 'absent' }) }), [isFound, cannotAsk]],
    [
      'that finds another message',
      () => ({ find: async () => ({ status: 'found', providerMessageId: 'another' }) }),
      [isFound, isNotFound, cannotAsk],
    ],
    [
      'that takes silence for a no',
      ({ find }, loft) => ({
        find: async (message, context) =>
          loft.trouble() === undefined ? find(message, context) : { status: 'absent' },
      }),
      [cannotAsk],
    ],
    [
      'that throws',
      ({ find }, loft) => ({
        find: (message, context) => {
          if (loft.trouble() !== undefined) throw new Error('ECONNRESET')
          return find(message, context)
        },
      }),
      [cannotAsk],
    ],
  ])('%s', async (_, change, expected) => {
    expect(await tabletFailures(change)).toEqual(expected)
  })
})

describe('the contract finds an acknowledgement', () => {
  test.each<[string, NonNullable<Parameters<typeof tablets>[0]>, readonly string[]]>([
    [
      'that has its sender try for ever',
      () => ({ acknowledge: async () => new Response(null, { status: 500 }) }),
      [answersInTime, answersInTrouble, answersNothing],
    ],
    [
      'that counts on something to say',
      ({ acknowledge }) => ({
        acknowledge: async (handled, context) =>
          handled.every(({ result }) => (result.feedback ?? '').length > 0)
            ? acknowledge(handled, context)
            : new Response(null, { status: 400 }),
      }),
      [answersInTime],
    ],
    [
      'that counts on a fact',
      ({ acknowledge }) => ({
        acknowledge: async (handled, context) => {
          const [first] = handled
          if (first === undefined) throw new TypeError('nothing')
          return acknowledge([first], context)
        },
      }),
      [answersNothing],
    ],
    [
      'that fails with its provider',
      ({ acknowledge }, loft) => ({
        acknowledge: async (handled, context) => {
          if (loft.trouble() !== undefined) throw new Error('503')
          return acknowledge(handled, context)
        },
      }),
      [answersInTrouble],
    ],
  ])('%s', async (_, change, expected) => {
    expect(await tabletFailures(change)).toEqual(expected)
  })

  test('that never comes', async () => {
    const never = () => ({ acknowledge: () => new Promise<undefined>(() => undefined) })
    expect(await tabletFailures(never, /nothing to tell/)).toEqual([answersNothing])
  }, 10_000)
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
