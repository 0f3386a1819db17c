import type { Audit, ChannelStatus, InviteMe, Keys } from '../face/face.ts'

/**
 * What an embedded engine has and a client has not, with the reason. Everything else of the face is here, by the same names and with
 * the same shapes, so that a program may be given either.
 */
export const omissions = {
  start: 'The server decides when it sends.',
  receive: 'Providers call the server itself, at /v1/hooks/{channel}.',
  handleWebhook: 'Providers call the server itself, at /v1/hooks/{channel}.',
  links: 'The server serves the pages behind its links, at /r/, /u/ and /p/.',
  secret: 'Secrets of a workspace never leave the server.',
  'keys.authenticate': 'A key proves itself by being used; nobody else may have its secret.',
  'audit.record': 'The server records by itself what is done through it.',
} as const
/** Names of what is left out; a dot leads into a part of the face. */
export type Omission = keyof typeof omissions

/** An engine on a server, held as if it was embedded. Made by `connect`. */
export interface InviteMeClient extends Omit<
  InviteMe,
  'start' | 'receive' | 'handleWebhook' | 'links' | 'secret' | 'keys' | 'audit' | 'channels' | 'stop'
> {
  readonly keys: Omit<Keys, 'authenticate'>
  readonly audit: Omit<Audit, 'record'>
  readonly channels: Omit<InviteMe['channels'], 'list'> & {
    /** As embedded, but a promise. */
    list(): Promise<readonly ChannelStatus[]>
  }
  /** Ends this client: waits end with `STOPPED`, listeners hear nothing more. The server goes on. */
  stop(): Promise<void>
}
