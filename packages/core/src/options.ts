import { z } from 'zod'
import { categoriesOf, categoriesSchema, type CategoryInput } from './model/category.ts'
import { durationSchema } from './model/duration.ts'
import { originatorSchema, type Originator } from './model/message.ts'
import { parseInput } from './model/parse.ts'
import { policiesSchema, type PoliciesInput } from './model/policies.ts'
import { zoneSchema } from './model/recipient.ts'
import { channelNameSchema } from './model/route.ts'
import { reservedVariables } from './model/template-variable.ts'
import type { Channel } from './ports/channel.ts'
import type { Clock } from './ports/clock.ts'
import type { EventPublisher } from './ports/event-publisher.ts'
import type { Log } from './ports/log.ts'
import type { Notifier } from './ports/notifier.ts'
import type { Queue } from './ports/queue.ts'
import type { Random } from './ports/random.ts'
import type { StoreOpener } from './ports/store.ts'
import type { TemplateResolver } from './ports/template-resolver.ts'
import type { Tracer } from './ports/tracer.ts'
import type { WebhookSender } from './ports/webhook-post.ts'
import type { Settings } from './ports/world.ts'
import { systemClock, systemRandom, untraced } from './system.ts'

/** What `createInviteMe` takes. Only `store` and `channels` must be given. */
export interface InviteMeOptions {
  /** Where everything is kept: `sqlite('invites.db')`. Opened by the engine and closed by `stop`. */
  readonly store: StoreOpener
  /** The media to use. Their order is the workspace's order for people who ranked none. */
  readonly channels: readonly Channel[]
  /** Wakes dispatchers; default a queue within this process. */
  readonly queue?: Queue
  /** Order of channels by name; default the order of `channels`. */
  readonly order?: readonly string[]
  /** Where people reach the portal from outside: `{ url: 'https://rsvp.example.org' }`. Without it messages carry no links. */
  readonly portal?: { readonly url: string }
  /** Who asks when a message does not say. */
  readonly from?: Originator
  /** BCP 47 of texts for people without a locale (default `en`). */
  readonly locale?: string
  /** IANA zone in which a deadline without an offset is read; default the machine's. */
  readonly zone?: string
  readonly policies?: PoliciesInput
  /**
   * Categories of messages beside those built in, or what is different about these: `{ news: { title: { en: 'News' }, default: 'off' } }`.
   * What is said here goes before `policies.requiredCategories` and `policies.immediateCategories`.
   */
  readonly categories?: Readonly<Record<string, CategoryInput>>
  /**
   * What this process does of the work (default all): `send` calls the channels, `chores` does what falls due (deadlines,
   * reminders, the work of dead processes, webhooks, handing work to a broker). `false`: accepts and records only, until
   * `start` is called.
   */
  readonly dispatch?: boolean | { readonly send: boolean; readonly chores: boolean }
  /** Wakes other processes on the same store; default what the store itself has. */
  readonly notifier?: Notifier
  /** Follows messages through processes; default nothing is traced. */
  readonly tracer?: Tracer
  /** Posts events to the endpoints of `webhooks`; without it none can be made. */
  readonly webhooks?: WebhookSender
  /** Hands every event on, to a message broker; processes that do no chores leave it alone. Closed by `stop`. */
  readonly eventPublisher?: EventPublisher
  /** Looks up what other systems know about people, for templates that name it. */
  readonly resolver?: TemplateResolver
  /** How long a worker keeps what it took without a sign of life (default 15 s, 1 s to 10 min). */
  readonly lease?: number | string
  /** Longest time between two looks into the store (default 1 s, 10 ms to 1 min). */
  readonly poll?: number | string
  readonly clock?: Clock
  readonly random?: Random
  /** Where troubles are told (default: nowhere). */
  readonly log?: Log
}

const silent: Log = { warn: () => undefined, error: () => undefined }

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null
const opener = z.custom<StoreOpener>(
  (value) => isObject(value) && typeof (value as Partial<StoreOpener>).open === 'function',
  "store must be what sqlite('file.db') returns",
)
const whole = z.number().int().min(1)
const limitsSchema = z
  .object({
    concurrency: whole.optional(),
    rate: z.object({ count: whole, perMs: whole }).optional(),
    timeoutMs: whole.optional(),
  })
  .optional()
const channel = z
  .custom<Channel>(
    (value) =>
      isObject(value) &&
      typeof (value as Partial<Channel>).send === 'function' &&
      isObject((value as Partial<Channel>).supports),
    'a channel has a name, supports and send; did you forget to call it, as in email({...})?',
  )
  .refine(
    ({ limits }) => limitsSchema.safeParse(limits).success,
    'its limits must be whole numbers of at least 1',
  )
  .refine(
    (value) => channelNameSchema.safeParse(value.name).success,
    'its name must be lower-case words joined by hyphens',
  )
const port = <Port>(...methods: readonly (keyof Port & string)[]) =>
  z.custom<Port>(
    (value) =>
      isObject(value) &&
      methods.every((method) => typeof (value as Record<string, unknown>)[method] === 'function'),
    `it must have ${methods.length === 1 ? 'a method' : 'the methods'} ${methods.join(', ')}`,
  )

const resolverSchema = z.object({
  fields: z
    .array(
      z
        .string()
        .max(200)
        .regex(/^[A-Za-z][A-Za-z0-9_]*(\.[A-Za-z][A-Za-z0-9_]*){0,4}$/),
    )
    .min(1)
    .max(100)
    .refine((fields) => !fields.some((field) => reservedVariables.includes(field.split('.', 1)[0] ?? ''))),
  timeoutMs: whole.max(60_000).optional(),
  batch: whole.max(10_000).optional(),
  onFailure: z.enum(['refuse', 'without']).optional(),
})

const optionsSchema = z.strictObject({
  store: opener,
  channels: z
    .array(channel)
    .refine(
      (channels) => new Set(channels.map(({ name }) => name)).size === channels.length,
      'two channels have the same name',
    ),
  queue: port<Queue>('publish').optional(),
  order: z.array(channelNameSchema).optional(),
  portal: z
    .strictObject({
      url: z
        .url({ protocol: /^https?$/, error: 'it must be an address such as "https://rsvp.example.org"' })
        .transform((url) => url.replace(/\/+$/, '')),
    })
    .optional(),
  from: originatorSchema.optional(),
  locale: z.string().min(2).max(35).default('en'),
  zone: zoneSchema.optional(),
  policies: policiesSchema.prefault({}),
  categories: categoriesSchema.prefault({}),
  dispatch: z
    .union([z.boolean(), z.strictObject({ send: z.boolean(), chores: z.boolean() })])
    .default(true)
    .transform((part) =>
      typeof part === 'boolean' ? { send: true, chores: true, begins: part } : { ...part, begins: true },
    ),
  notifier: port<Notifier>('notify').optional(),
  tracer: port<Tracer>('isOn', 'current', 'span').default(untraced),
  webhooks: z
    .custom<WebhookSender>(
      (value) =>
        isObject(value) &&
        typeof (value as Partial<WebhookSender>).post === 'function' &&
        ['undefined', 'function'].includes(typeof (value as Partial<WebhookSender>).check),
      'it must have a function post, and check when given is one',
    )
    .optional(),
  eventPublisher: port<EventPublisher>('publish').optional(),
  resolver: z
    .custom<TemplateResolver>(
      (value) => isObject(value) && typeof (value as Partial<TemplateResolver>).resolve === 'function',
      'it must have fields and a function resolve',
    )
    .refine(
      (value) => resolverSchema.safeParse(value).success,
      'its fields must be names such as "order.total", timeoutMs 1 to 60,000, batch 1 to 10,000, onFailure "refuse" or "without"',
    )
    .optional(),
  lease: durationSchema.pipe(z.number().min(1_000).max(600_000)).default(15_000),
  poll: durationSchema.pipe(z.number().min(10).max(60_000)).default(1_000),
  // By a function: Zod hands out copies of default values, and a copy is not known as the machine's clock.
  clock: port<Clock>('schedule').default(() => systemClock),
  random: port<Random>('bytes').default(systemRandom),
  log: port<Log>('error').default(silent),
})

/** What a process does of the work; see `InviteMeOptions.dispatch`. */
export interface DispatchRoles {
  readonly send: boolean
  readonly chores: boolean
  /** False when it waits for `start`. */
  readonly begins: boolean
}

/** The options with defaults filled in; frozen. */
export interface ResolvedOptions {
  readonly settings: Settings
  readonly store: StoreOpener
  readonly queue: Queue | undefined
  readonly channels: readonly Channel[]
  readonly dispatch: DispatchRoles
  readonly notifier: Notifier | undefined
  readonly tracer: Tracer
  readonly webhooks: WebhookSender | undefined
  readonly eventPublisher: EventPublisher | undefined
  readonly resolver: TemplateResolver | undefined
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
}

/**
 * Checks the options and fills in defaults. The only home of defaults.
 * @throws InviteMeError `OPTIONS_INVALID`, naming the field
 */
export function resolveOptions(options: InviteMeOptions): ResolvedOptions {
  const parsed = parseInput(optionsSchema, options, { code: 'OPTIONS_INVALID', what: 'createInviteMe' })
  const {
    store,
    queue,
    channels,
    dispatch,
    notifier,
    tracer,
    webhooks,
    eventPublisher,
    resolver,
    clock,
    random,
    log,
    ...rest
  } = parsed
  return Object.freeze({
    store,
    queue,
    channels,
    dispatch,
    notifier,
    tracer,
    webhooks,
    eventPublisher,
    resolver,
    clock,
    random,
    log,
    settings: Object.freeze({
      policies: rest.policies,
      categories: categoriesOf(rest.categories, rest.policies),
      order: rest.order ?? channels.map(({ name }) => name),
      from: rest.from ?? null,
      locale: rest.locale,
      zone: rest.zone ?? null,
      portalUrl: rest.portal?.url ?? null,
      leaseMs: rest.lease,
      pollMs: rest.poll,
    }),
  })
}
