/**
 * A process with an engine and its webhook, to be killed: it asks, is answered and brings messages up to date. Given `killAt`,
 * it kills itself at the n-th time it passes a moment.
 */
import { listenOnLoopback } from '@invite-me/server/listen'
import { chatChannel, type ChatMoment } from './chat-channel.ts'
import { openChatEngine } from './chat-engine.ts'

/** What it is started with, as JSON in `INVITE_ME_CHAOS_WORKER`. */
export interface AnswerWorkerOptions {
  readonly file: string
  readonly chatPort: number
  readonly killAt?: { readonly moment: ChatMoment; readonly passes: number }
}

const options = JSON.parse(process.env['INVITE_ME_CHAOS_WORKER'] ?? '{}') as AnswerWorkerOptions

let passes = 0
const pass = (moment: ChatMoment): void => {
  if (moment !== options.killAt?.moment) return
  passes += 1
  if (passes === options.killAt.passes) process.kill(process.pid, 'SIGKILL')
}

const inviteMe = await openChatEngine({
  file: options.file,
  channel: chatChannel(options.chatPort, pass),
  dispatch: true,
})
const { url } = await listenOnLoopback(async (request) => {
  const response = await inviteMe.handleWebhook('chat', request)
  pass('after-answer')
  return response
})
process.once('disconnect', () => {
  void inviteMe.stop({ deadlineMs: 0 }).finally(() => process.exit())
})
process.send?.({ url })
