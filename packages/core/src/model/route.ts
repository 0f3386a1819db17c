import { z } from 'zod'

/** A channel's name, `email` or `twilio-sms`: lower-case words joined by hyphens. */
export const channelNameSchema = z
  .string()
  .regex(
    /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/,
    'a channel name is lower-case words joined by hyphens, like "twilio-sms"',
  )
  .max(40)

/** `open` may be used · `opted_out` the person said stop · `bounced` the address is dead · `blocked` switched off by the host. */
export const routeStateSchema = z.enum(['open', 'opted_out', 'bounced', 'blocked'])
/** See {@link routeStateSchema}. */
export type RouteState = z.infer<typeof routeStateSchema>

/** One address of a recipient on one channel. Rank 1 is tried first; among equal ranks the workspace's order decides. */
export interface Route {
  readonly id: string
  readonly channel: string
  readonly address: string
  readonly rank: number
  readonly verified: boolean
  readonly state: RouteState
}
