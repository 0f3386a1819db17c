// Testing a program that asks people
export { inviteMe, testInviteMe } from './invite-me-test.ts'
export { inboundRequest, readInboundRequest } from './inbound-request.ts'
export { sampleOutcomes } from './sample-outcomes.ts'
export { scriptedChannel } from './scripted-channel.ts'
export { seededRandom } from './seeded-random.ts'
export { virtualClock, virtualStartMs } from './virtual-clock.ts'

// Types
export type {
  AnswerOptions,
  Answerer,
  InviteMeTest,
  InviteMeTestOptions,
  LoggedTrouble,
} from './invite-me-test.ts'
export type {
  FactOptions,
  FactSubject,
  OutboxEntry,
  ScriptStep,
  ScriptedChannel,
  ScriptedChannelOptions,
} from './scripted-channel.ts'
export type { VirtualClock } from './virtual-clock.ts'
