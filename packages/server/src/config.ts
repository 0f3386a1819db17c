import { InviteMeError } from '@invite-me/core'
import { z } from 'zod'
import { commandScopes } from './commands/command-routes.ts'
import { logLevels } from './observe/logger.ts'

/**
 * What a process does: `api` answers over HTTP · `dispatcher` sends · `scheduler` does what falls due: deadlines, reminders, the
 * work of dead processes, webhooks, handing work and events to RabbitMQ · `all` everything. Commands are taken by `api`.
 */
export const serverRoles = ['all', 'api', 'dispatcher', 'scheduler'] as const
/** See {@link serverRoles}. */
export type ServerRole = (typeof serverRoles)[number]

const origin = z
  .url({ protocol: /^https?$/, error: 'it must be an origin such as "https://app.example.org"' })
  .refine(
    (text) => URL.canParse(text) && new URL(text).origin === text,
    'it must be scheme, host and port alone',
  )
const broker = (protocol: RegExp, example: string) =>
  z
    .string()
    .refine((text) => URL.canParse(text) && protocol.test(text), `it must be an address such as ${example}`)
const whole = (least: number, most: number) => z.int().min(least).max(most)

const configSchema = z.strictObject({
  roles: z.array(z.enum(serverRoles)).min(1).default(['all']),
  host: z.string().min(1).max(255).default('127.0.0.1'),
  port: whole(0, 65_535).optional(),
  amqpUrl: broker(/^amqps?:\/\//, 'amqp://localhost:5672').optional(),
  redisUrl: broker(/^rediss?:\/\//, 'redis://localhost:6379').optional(),
  prefix: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,80}$/, 'it must be at most 80 letters, digits, ".", "_" and "-"')
    .optional(),
  commands: z.boolean().default(false),
  commandScopes: z.array(z.enum(commandScopes)).min(1).default(['send']),
  events: z.boolean().default(false),
  origins: z.array(origin).max(100).default([]),
  trustedProxies: whole(0, 10).default(0),
  metrics: z.boolean().default(true),
  docs: z.boolean().default(true),
  logLevel: z.enum(logLevels).default('info'),
  writesPerMinute: whole(1, 10_000_000).optional(),
  readsPerMinute: whole(1, 10_000_000).optional(),
  maxConnections: whole(1, 1_000_000).default(10_000),
  privateWebhooks: z.boolean().default(false),
  stopSeconds: whole(1, 3_600).default(25),
  drainSeconds: whole(0, 600).default(0),
  bootstrap: z.boolean().default(true),
  bootstrapKey: z
    .string()
    .regex(
      /^imk_[0-9a-hjkmnp-tv-z]{10}_[0-9a-hjkmnp-tv-z]{32}$/,
      'it must be spelled like a key: "imk_", 10 characters, "_", 32 characters',
    )
    .optional(),
})

/** How a server is set up, as somebody writes it; everything has a default. */
export type ServerConfigInput = z.input<typeof configSchema>

/** How a server is set up, see docs/operations/deploy.md for each member. */
export interface ServerConfig extends z.output<typeof configSchema> {
  /** Whether it answers over HTTP, beyond telling how it is. */
  readonly isApi: boolean
  readonly sends: boolean
  readonly doesChores: boolean
}

/** The names of everything that can be set. */
export const serverConfigNames: readonly string[] = Object.keys(configSchema.shape)

/** Names whose values must not be shown. */
const secretNames: readonly string[] = ['amqpUrl', 'redisUrl', 'bootstrapKey']

/**
 * Checks how a server is set up and fills in defaults.
 *
 * @throws InviteMeError `OPTIONS_INVALID`, naming the field and its value, unless that is secret
 */
export function readServerConfig(input: ServerConfigInput): ServerConfig {
  const parsed = configSchema.safeParse(input)
  if (!parsed.success) throw refuse(parsed.error, input)
  refuseWithoutBroker(parsed.data)
  const has = (role: ServerRole): boolean =>
    parsed.data.roles.includes('all') || parsed.data.roles.includes(role)
  return {
    ...parsed.data,
    isApi: has('api'),
    sends: has('dispatcher'),
    doesChores: has('scheduler'),
  }
}

function refuseWithoutBroker(config: z.output<typeof configSchema>): void {
  const field = (['commands', 'events'] as const).find((name) => config[name])
  if (field === undefined || config.amqpUrl !== undefined) return
  throw new InviteMeError(
    'OPTIONS_INVALID',
    `The server's setting "${field}" is wrong: it needs RabbitMQ, so set "amqpUrl" too.`,
    { field },
  )
}

function refuse({ issues }: z.ZodError, input: ServerConfigInput): InviteMeError {
  const [issue] = issues
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined
  const field = [...(issue?.path ?? []), ...(unknown === undefined ? [] : [unknown])].join('.')
  const [name = ''] = field.split('.')
  const value: unknown = new Map<string, unknown>(Object.entries(input)).get(name)
  const shown = unknown !== undefined || secretNames.includes(name) ? '' : ` (it is ${JSON.stringify(value)})`
  const reason = unknown === undefined ? (issue?.message ?? '') : 'there is no such setting'
  return new InviteMeError(
    'OPTIONS_INVALID',
    `The server's setting "${field}" is wrong: ${reason}${shown}.`,
    {
      field,
    },
  )
}
