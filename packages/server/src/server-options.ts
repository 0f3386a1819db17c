import type { InviteMeOptions, StoreOpener, WebhookSender } from '@invite-me/core'
import type { Channel } from '@invite-me/core/channel'
import type { ServerConfigInput } from './config.ts'
import type { Logger } from './observe/logger.ts'

/** What a server is made of. */
export interface ServerOptions {
  readonly config?: ServerConfigInput
  /** Where everything is kept: `storeAt('postgres://…')` or `sqlite('invites.db')`. */
  readonly store: StoreOpener
  /** The media to use. */
  readonly channels: readonly Channel[]
  /** What the engine is told beside. */
  readonly engine?: Pick<
    InviteMeOptions,
    'portal' | 'from' | 'locale' | 'zone' | 'order' | 'policies' | 'categories' | 'lease' | 'poll'
  >
  /** Posts events to webhook endpoints; without it none can be made. */
  readonly webhooks?: WebhookSender
  /** Default: lines of JSON on standard output, as many as the config says. */
  readonly log?: Logger
  /** Told in the description of the interface. */
  readonly version?: string
}
