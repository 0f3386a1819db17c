// Testing a program that asks people
export { inviteMe, testInviteMe } from './invite-me-test.ts'
export { inboundRequest, readInboundRequest } from './inbound-request.ts'
export { sampleOutcomes } from './sample-outcomes.ts'
export { scriptedChannel } from './scripted-channel.ts'
export { seededRandom } from './seeded-random.ts'
export { virtualClock, virtualStartMs } from './virtual-clock.ts'

// Testing an adapter
export { channelContract } from './channel-contract.ts'
export { providerTroubles } from './channel-bench.ts'
export { queueContract } from './queue-contract.ts'
export { storeContract } from './store-contract.ts'

// Types
export type { ProviderTrouble, SampleWebhooks, ScriptedProvider } from './channel-bench.ts'
export type { ChannelContractOptions, ChannelDeclaration, ChannelQuestion } from './channel-contract.ts'
export type { Exceptions, TestRegistrar } from './contract.ts'
export type {
  AnswerOptions,
  Answerer,
  InviteMeTest,
  InviteMeTestOptions,
  LoggedTrouble,
} from './invite-me-test.ts'
export type { QueueContractOptions, QueuePlace, QueueQuestion } from './queue-contract.ts'
export type {
  FactOptions,
  FactSubject,
  OutboxEntry,
  ScriptStep,
  ScriptedChannel,
  ScriptedChannelOptions,
} from './scripted-channel.ts'
export type { StorePlace } from './store-bench.ts'
export type { StoreContractOptions, StoreQuestion } from './store-contract.ts'
export type { VirtualClock } from './virtual-clock.ts'
