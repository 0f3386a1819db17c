import assert from 'node:assert/strict'
import type { Channel } from '../ports/channel.ts'
import {
  providerTroubles,
  type ChannelBench,
  type ProviderTrouble,
  type SampleWebhooks,
  type ScriptedProvider,
} from './channel-bench.ts'
import { acknowledgeQuestions } from './channel-questions/acknowledge.ts'
import { addressQuestions } from './channel-questions/address.ts'
import { contentQuestions } from './channel-questions/content.ts'
import { editQuestions } from './channel-questions/edit.ts'
import { findQuestions } from './channel-questions/find.ts'
import { lifeQuestions } from './channel-questions/life.ts'
import { optionQuestions } from './channel-questions/options.ts'
import { outcomeQuestions, questionOfTrouble } from './channel-questions/outcome.ts'
import { receiveQuestions } from './channel-questions/receive.ts'
import { registerQuestions, type Exceptions, type TestRegistrar } from './contract.ts'

const channelQuestions = {
  ...optionQuestions,
  ...outcomeQuestions,
  ...contentQuestions,
  ...receiveQuestions,
  ...acknowledgeQuestions,
  ...editQuestions,
  ...findQuestions,
  ...addressQuestions,
  ...lifeQuestions,
}

/** The name of something the channel contract asks. */
export type ChannelQuestion = keyof typeof channelQuestions

/** What a channel says of itself; the contract checks that it is so. */
export interface ChannelDeclaration {
  /** The provider refuses to send twice under one key: `supports.idempotent`. */
  readonly idempotent: boolean
  /** It has `receive`. */
  readonly receives: boolean
  /** It has `probe`. */
  readonly probes: boolean
  /** It has `address`. */
  readonly checksAddresses: boolean
  /** It has `acknowledge` (default false). */
  readonly acknowledges?: boolean
  /** It has `edit`, and `supports.edits` holds `question` (default false). The provider then needs `edited`. */
  readonly edits?: boolean
  /** It has `find` (default false). */
  readonly finds?: boolean
}

const noPowers = { acknowledges: false, edits: false, finds: false }

/** What the contract must know of a channel before it is made. */
export interface ChannelTerms {
  readonly declares: ChannelDeclaration
  /** An address the provider takes. */
  readonly address: string
  /** Addresses that must be refused; texts with line breaks are tried anyway. */
  readonly badAddresses?: readonly string[]
  /** A secret planted among the options; leave it out when the channel has no secret options. */
  readonly secret?: string
  /** Makings that must be refused, by the option that is wrong: `{ port: () => ntfy({ port: -1 }) }`. */
  readonly badOptions: Readonly<Record<string, () => unknown>>
  /** Requests as the provider sends them; needed when the channel receives. */
  readonly webhooks?: SampleWebhooks
}

/** How a channel is put to the contract. */
export interface ChannelContractOptions<Provider extends ScriptedProvider>
  extends TestRegistrar, ChannelTerms {
  /** Starts a provider for one question; `answer('well')` is said to it first. */
  readonly provider: () => Promise<Provider>
  /** Makes the channel against that provider, with the planted secret among its options. */
  readonly create: (provider: Provider) => Channel
  readonly exceptions?: Exceptions<ChannelQuestion>
}

/**
 * Asks a channel everything the engine and the people behind it rely on, a test each. What a channel declares not to do
 * is left out by name; any other exception needs a reason.
 *
 * @example channelContract({ test, declares, provider: startServer, create: (server) => ntfy({ server: server.url }), address: 'ann', badOptions: { server: () => ntfy({ server: 'x' }) } })
 */
export function channelContract<Provider extends ScriptedProvider>(
  options: ChannelContractOptions<Provider>,
): void {
  const { declares, provider: startProvider, create, exceptions = {}, test, skip } = options
  const all = { ...undeclared(options), ...exceptions }
  const troubles = providerTroubles.filter((trouble) => all[questionOfTrouble[trouble]] === undefined)
  const registrar = { test, ...(skip !== undefined && { skip }) }
  registerQuestions<ChannelBench>(registrar, channelQuestions, all, async (ask) => {
    const provider = await startProvider()
    provider.answer('well')
    const made: Channel[] = []
    const another = (): Channel => {
      const channel = create(provider)
      made.push(channel)
      return channel
    }
    try {
      const channel = another()
      assert.deepEqual(
        declarationOf(channel),
        { ...noPowers, ...declares },
        'the channel is what it declares',
      )
      await ask({ ...benchOf(options, troubles), provider, channel, another })
    } finally {
      await Promise.allSettled(made.map(async (channel) => channel.close?.()))
      await provider.close?.()
    }
  })
}

function benchOf(
  { address, badAddresses = [], secret, badOptions, webhooks }: ChannelTerms,
  troubles: readonly ProviderTrouble[],
): Omit<ChannelBench, 'provider' | 'channel' | 'another'> {
  return { address, badAddresses, secret, badOptions, webhooks, troubles }
}

function declarationOf(channel: Channel): Required<ChannelDeclaration> {
  return {
    idempotent: channel.supports.idempotent,
    receives: channel.receive !== undefined,
    probes: channel.probe !== undefined,
    checksAddresses: channel.address !== undefined,
    acknowledges: channel.acknowledge !== undefined,
    edits: channel.edit !== undefined && channel.supports.edits?.includes('question') === true,
    finds: channel.find !== undefined,
  }
}

/** What need not be asked because the channel says that it does not do it. */
function undeclared({ declares, secret }: ChannelTerms): Exceptions<ChannelQuestion> {
  const without = (
    questions: Readonly<Record<string, unknown>>,
    reason: string,
  ): Exceptions<ChannelQuestion> =>
    Object.fromEntries(Object.keys(questions).map((question) => [question, reason]))
  return {
    ...(!declares.receives && without(receiveQuestions, 'this channel receives nothing')),
    ...(declares.acknowledges !== true &&
      without(acknowledgeQuestions, 'this channel says nothing back at once')),
    ...(declares.edits !== true &&
      without(editQuestions, 'what this channel has sent cannot be changed any more')),
    ...(declares.finds !== true && without(findQuestions, 'the provider of this channel cannot be asked')),
    ...(!declares.checksAddresses && without(addressQuestions, 'this channel takes any address as it is')),
    ...(!declares.idempotent && {
      'a repeated message carries the key of the first': 'the provider of this channel knows no keys',
    }),
    ...(!declares.probes && {
      'a check without sending tells whether it could send': 'this channel cannot be checked without sending',
    }),
    ...(secret === undefined && {
      'no secret is in an outcome, in the log or in the channel itself': 'this channel has no secret options',
    }),
  }
}
