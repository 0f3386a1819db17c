import type { ExitCode } from '../exit-code.ts'
import type { Session } from '../session.ts'
import { serve, type ServeFlags } from './serve.ts'

/** The flags of `worker`, as the command line parses them. */
export type WorkerFlags = Pick<ServeFlags, 'host' | 'port' | 'via' | 'version'>

/** Sends what falls due, and nothing else, until it is stopped; listens only when a port was set, and then only to tell how it is. */
export function worker(session: Session, flags: WorkerFlags): Promise<ExitCode> {
  return serve(session, { ...flags, role: ['dispatcher'], bootstrapKey: false })
}
