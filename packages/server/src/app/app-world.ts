import type { Clock, InviteMe, Log, Tracer } from '@invite-me/core'
import type { Live } from '../realtime/create-live.ts'
import type { Caller } from './authenticate.ts'
import type { RateLimits } from './rate-limits.ts'
import type { RecipientTokens } from './recipient-token.ts'

/** What every route of the HTTP interface works with. */
export interface AppWorld {
  readonly inviteMe: InviteMe
  readonly clock: Clock
  readonly log: Log
  readonly tracer: Pick<Tracer, 'span'> | undefined
  readonly tokens: RecipientTokens
  /** `off`: the host guards the interface itself, everybody is the owner. */
  readonly keys: 'required' | 'off'
  /** Names of the host by which it may be called then, beside `localhost` and addresses in figures. */
  readonly hosts: readonly string[]
  /** Origins whose pages may call. */
  readonly origins: readonly string[]
  readonly limits: RateLimits
  /** Live topics: sockets, streams and waits of this process. */
  readonly live: Live
  readonly maxBodyBytes: number
  /** False once the server is stopping; asked by `/readyz`. */
  readonly isReady: () => boolean
  /** Aborts when whoever waits in mode `inline` is to be answered with what is known. */
  readonly ending: AbortSignal | undefined
  /** The network address of whoever sent a request; `undefined` when it is not known. */
  readonly clientAddress: (request: Request, env: unknown) => string | undefined
}

/** What Hono carries from one step of a request to the next. */
export interface AppEnv {
  Bindings: object
  Variables: {
    requestId: string
    /** `POST /v1/messages`: the route, never the path itself, which may hold a token. */
    route: string
    caller: Caller
    /** Headers of the answer, whatever it will be, by their names as they are written. */
    answerHeaders: Record<string, string>
    /** True once the answer has them. */
    isComplete: boolean | undefined
  }
}
