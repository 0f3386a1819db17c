/**
 * A process with an engine, to be killed. Accepts over its parent's pipe and says so only when `send` or `ask` returned.
 * Given `killAt`, it kills itself at the n-th time its channel passes a moment: nothing of it is left to clean up.
 */
import { acceptPlanned, openEngine } from './engine.ts'
import { hookChannel, type Moment } from './hook-channel.ts'

/** What a worker is started with, as JSON in `INVITE_ME_CHAOS_WORKER`. */
export interface WorkerOptions {
  readonly file: string
  readonly httpPort: number
  readonly smtpPort: number
  readonly killAt?: { readonly moment: Moment; readonly passes: number }
}

/** What a worker tells its parent. */
export type WorkerNews =
  | { readonly kind: 'ready' }
  | { readonly kind: 'accepted'; readonly index: number; readonly messageId: string }
  | { readonly kind: 'refused'; readonly index: number; readonly error: string }

const options = JSON.parse(process.env['INVITE_ME_CHAOS_WORKER'] ?? '{}') as WorkerOptions
const tell = (news: WorkerNews) => process.send?.(news)

let passes = 0
const pass = (moment: Moment): void => {
  if (moment !== options.killAt?.moment) return
  passes += 1
  if (passes === options.killAt.passes) process.kill(process.pid, 'SIGKILL')
}

const inviteMe = await openEngine({
  file: options.file,
  hook: hookChannel({ port: options.httpPort, pass }),
  smtpPort: options.smtpPort,
  dispatch: true,
})

process.on('message', (index: number) => {
  acceptPlanned(inviteMe, index).then(
    (messageId) => tell({ kind: 'accepted', index, messageId }),
    (error: unknown) => tell({ kind: 'refused', index, error: String(error) }),
  )
})
process.once('disconnect', () => {
  void inviteMe.stop({ deadlineMs: 0 }).finally(() => process.exit())
})
tell({ kind: 'ready' })
