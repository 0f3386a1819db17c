import type { InviteMe } from '@invite-me/core'
import type { Output } from '../output.ts'

/** What a report of `status` reads from and writes to. */
export interface StatusReport {
  readonly inviteMe: InviteMe
  readonly output: Output
  /** Zone of the times shown; default the machine's. */
  readonly zone: string | undefined
  /** Most people shown; default 200, with `--json` all. */
  readonly limit: number | undefined
}
