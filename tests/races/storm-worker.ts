/** A process with an engine that does random things to a workspace, as fast as it can, while others do the same. */
import { createInviteMe, isInviteMeError, yesNo, type InboundFact, type SendOutcome } from '@invite-me/core'
import { inboundRequest, sampleOutcomes, scriptedChannel, seededRandom } from '@invite-me/core/testing'
import { openPlace, type StormPlace } from './storm-place.ts'

/** What it is started with, as JSON in `INVITE_ME_CHAOS_WORKER`. */
export interface StormOptions {
  readonly place: StormPlace
  readonly seed: number
  readonly operations: number
  /** Deadline of the questions that every process asks, ISO 8601. */
  readonly lastCall: string
}

/** What it says at last. */
export interface StormNews {
  /** What was refused, or put off, because the store was busy; its caller would try again. */
  readonly busy: readonly string[]
  /** Errors that were not expected; none is good. */
  readonly errors: readonly string[]
}

const options = JSON.parse(process.env['INVITE_ME_CHAOS_WORKER'] ?? '{}') as StormOptions
const random = seededRandom(options.seed)
const below = (count: number): number => Math.floor(random.fraction() * count)
const one = <Item>(items: readonly Item[]): Item | undefined => items[below(items.length)]
const people = 300
const atOnce = 8

const outcomes: readonly SendOutcome['status'][] = [
  'retryable',
  'unknown',
  'permanent_recipient',
  'retryable',
]
const channels = ['chat', 'post'].map((name) => {
  const channel = scriptedChannel({ name, supports: { edits: ['question', 'calendar'] } })
  channel.failAlways(async (_message, { idempotencyKey }) => {
    await new Promise((resolve) => setTimeout(resolve, below(20)))
    const trouble = random.fraction() < 0.15 ? one(outcomes) : undefined
    if (trouble !== undefined && trouble !== 'accepted') return sampleOutcomes[trouble]
    return { status: 'accepted', providerMessageId: idempotencyKey }
  })
  return channel
})

const errors: string[] = []
const busy: string[] = []
/** A database that is busy for too long is worth a word to the operator; nothing is lost by it. */
function tellTrouble(message: string, about?: object): void {
  const told = `${message} ${JSON.stringify(about)}`
  if (told.includes('kept it busy')) busy.push(told)
  else errors.push(told)
}
const inviteMe = await createInviteMe({
  store: openPlace(options.place),
  channels,
  poll: 50,
  policies: { retry: { firstMs: 20, mostMs: 100, tries: 6 }, circuit: { failures: 1_000 } },
  log: {
    warn: () => undefined,
    error: tellTrouble,
  },
})

let invitationIds: readonly string[] = []
let sent: readonly { readonly channel: string; readonly messageId: string; readonly address: string }[] = []
let asked: readonly string[] = []

/** What the others did is known to all. */
async function look(): Promise<void> {
  const [invitations, deliveries] = await Promise.all([
    allAfter(invitationIds.at(-60), (page) => inviteMe.invitations.list({}, page)),
    allAfter(undefined, (page) => inviteMe.deliveries.list({}, page)),
  ])
  invitationIds = invitations.map(({ id }) => id)
  sent = deliveries.slice(-150).map(({ id, plan, position, reminders }) => ({
    channel: plan[position]?.channel ?? 'chat',
    messageId: `${id}.${String(position)}.${String(reminders)}`,
    address: plan[position]?.address ?? '',
  }))
}

async function allAfter<Row extends { readonly id: string }>(
  first: string | undefined,
  list: (page: { readonly limit: number; readonly after?: string }) => Promise<readonly Row[]>,
): Promise<readonly Row[]> {
  const rows: Row[] = []
  for (let after = first; ;) {
    const page = await list({ limit: 1_000, ...(after !== undefined && { after }) })
    rows.push(...page)
    after = page.at(-1)?.id
    if (page.length < 1_000) return rows
  }
}

const soon = () => `${String(3 + below(4))}s`
const somebody = () => {
  const name = `p${String(below(people))}`
  return { name, routes: { chat: name, post: name } }
}

async function ask(): Promise<void> {
  const isAppointment = random.fraction() < 0.2
  const group = await inviteMe.ask(
    Array.from({ length: 1 + below(3) }, somebody),
    { text: 'Dinner?', ...(isAppointment && { calendar: { start: '2030-01-01T18:00:00Z' } }) },
    {
      answer: yesNo(),
      until: soon(),
      routing: random.fraction() < 0.4 ? 'all' : 'fallback',
      ...(random.fraction() < 0.3 && { remind: ['1s'] }),
    },
  )
  if (isAppointment) asked = [...asked, group.messageId]
}

/** The same key and request in every process. */
async function askAgain(): Promise<void> {
  // Later nobody is asked any more whose deadline that would be.
  if (Date.now() > Date.parse(options.lastCall) - 5_000) return ask()
  const key = `key-${String(below(40))}`
  await inviteMe.ask([{ routes: { chat: key } }], 'Again?', { answer: yesNo(), until: options.lastCall, key })
}

let facts = 0
type Draft = InboundFact extends infer Fact
  ? Fact extends InboundFact
    ? Omit<Fact, 'id' | 'at'>
    : never
  : never

/** @param id the same for every process, when it is given */
async function tell(channel: string, draft: Draft, id?: string): Promise<void> {
  const fact = { ...draft, id: id ?? `${String(options.seed)}-${String((facts += 1))}`, at: new Date() }
  const request = () => inviteMe.receive(channel, inboundRequest(channel, [fact]))
  await (random.fraction() < 0.1 ? Promise.all([request(), request()]) : request())
}

async function report(
  kind: 'delivered' | 'read' | 'failed' | 'complained' | 'withdrawn' | 'answer',
): Promise<void> {
  const about = one(sent)
  if (about === undefined) return
  const reference = { by: 'provider-message' as const, providerMessageId: about.messageId }
  const from = about.address
  const value = random.fraction() < 0.6 ? 'yes' : 'no'
  switch (kind) {
    case 'answer':
      return tell(about.channel, { kind, reference, from, input: { kind: 'option', value } })
    case 'withdrawn':
      return tell(about.channel, { kind, reference, from })
    case 'failed':
      return tell(about.channel, { kind, reference, outcome: sampleOutcomes.permanent_recipient })
    case 'complained':
    case 'delivered':
    case 'read':
      return tell(about.channel, { kind, reference }, `${kind}-${about.messageId}`)
  }
}

const operations: readonly (readonly [weight: number, work: () => Promise<unknown>])[] = [
  [25, ask],
  [4, askAgain],
  [
    15,
    async () =>
      withInvitation((id) => inviteMe.respond(id, { kind: 'option', value: one(['yes', 'no']) ?? 'no' })),
  ],
  [4, async () => withInvitation(async (id) => (await inviteMe.invitation(id)).cancel())],
  [16, () => report('answer')],
  [8, () => report('withdrawn')],
  [8, () => report('delivered')],
  [6, () => report('read')],
  [3, () => report('failed')],
  [1, () => report('complained')],
  [3, () => tell('chat', { kind: 'opted_out', address: `p${String(below(people))}` })],
  [3, () => tell('chat', { kind: 'opted_in', address: `p${String(below(people))}` })],
  [
    2,
    () =>
      tell('post', { kind: 'moved', address: `p${String(below(people))}`, to: `q${String(below(people))}` }),
  ],
  [3, async () => reschedule(one(asked.slice(-10)))],
]
const totalWeight = operations.reduce((sum, [weight]) => sum + weight, 0)

async function withInvitation(work: (id: string) => Promise<unknown>): Promise<void> {
  const id = one(invitationIds.slice(-60))
  if (id !== undefined) await work(id)
}

async function reschedule(messageId: string | undefined): Promise<void> {
  const start = `2030-01-${String(10 + below(20))}T18:00:00Z`
  if (messageId !== undefined) await inviteMe.messages.reschedule(messageId, { start })
}

function anyOperation(): () => Promise<unknown> {
  let place = below(totalWeight)
  for (const [weight, work] of operations) {
    if (place < weight) return work
    place -= weight
  }
  return ask
}

async function doOne(): Promise<void> {
  try {
    await anyOperation()()
  } catch (error) {
    if (isInviteMeError(error) && error.code === 'STORE_BUSY') busy.push(error.message)
    // A slow machine asks too late.
    else if (isInviteMeError(error) && error.field === 'options.until') return
    else errors.push(error instanceof Error ? `${error.name}: ${error.message}` : 'unknown')
  }
}

async function work(): Promise<void> {
  let left = options.operations
  const looking = setInterval(() => void look().catch(() => undefined), 1_000)
  const takeTurns = async (): Promise<void> => {
    while (left > 0) {
      left -= 1
      await doOne()
    }
  }
  await Promise.all(Array.from({ length: atOnce }, takeTurns))
  clearInterval(looking)
  process.send?.({ busy, errors } satisfies StormNews)
}

process.once('disconnect', () => {
  void inviteMe.stop({ deadlineMs: 1_000 }).finally(() => process.exit())
})
process.once('message', () => void work())
process.send?.('ready')
