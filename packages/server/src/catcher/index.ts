export { createCatcher } from './create-catcher.ts'
export type { Catcher, CatcherOptions, CaughtEngine } from './create-catcher.ts'
export type { CatcherAnswer, CaughtMessage, CaughtReply, ReplyOutcome } from './caught-message.ts'
export type { MediumMood, MediumName } from './medium.ts'
