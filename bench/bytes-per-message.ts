/**
 * Measures what a message leaves and costs: bytes by table, processor time, memory. `node --conditions=@invite-me/source
 * bytes-per-message.ts [--save]`; `--save` writes `results/bytes-per-message.json`, from which the capacity page is computed.
 */
import { parseArgs } from 'node:util'
import { createInviteMe, yesNo, type InviteMe } from '@invite-me/core'
import { addressOf, text } from './engine-rate.ts'
import { nullChannel } from './null-channel.ts'
import { saveResult } from './save-result.ts'
import { withPostgres, withSqlite, type MeasuredWorkspace, type TableBytes } from './workspace-sizes.ts'

const messages = 20_000
const batch = 50

/** What one message of a kind left and cost, on average. */
interface MessageCost {
  readonly store: 'sqlite' | 'postgres'
  /** `sent`: a notice, sent at the first try · `answered`: a question, sent and answered. */
  readonly kind: 'sent' | 'answered'
  /** By table, indexes and dead rows included; those that grew. */
  readonly bytes: TableBytes
  /** The same without the room that dead rows take, which later rows use. */
  readonly packedBytes: TableBytes
  /** Of the process the engine is in; with SQLite the database is in it too. */
  readonly engineCpuMs: number
  /** Of the connections of Postgres; `null` with SQLite, or when it does not tell. */
  readonly databaseCpuMs: number | null
  /** Memory of the process afterwards. */
  readonly residentBytes: number
}

const stores = { sqlite: withSqlite, postgres: withPostgres } as const
const costs: MessageCost[] = []
for (const store of ['sqlite', 'postgres'] as const)
  for (const kind of ['sent', 'answered'] as const)
    costs.push({ store, kind, ...(await stores[store]((workspace) => costOf(workspace, kind))) })

for (const { store, kind, bytes, ...cost } of costs) {
  console.log(`${store}, ${kind}`, cost)
  console.table(bytes)
}
const { values } = parseArgs({ options: { save: { type: 'boolean', default: false } } })
if (values.save) await saveResult('bytes-per-message', { messages, costs })

async function costOf(
  { store, tableBytes, pack, databaseCpuMs }: MeasuredWorkspace,
  kind: MessageCost['kind'],
): Promise<Omit<MessageCost, 'store' | 'kind'>> {
  const { channel, sent } = nullChannel(batch, messages)
  const supports = { ...channel.supports, answers: ['yesNo'] as const }
  const inviteMe = await createInviteMe({ store, channels: [{ ...channel, supports }] })
  try {
    const empty = await tableBytes()
    const [databaseBefore, engineBefore] = [await databaseCpuMs(), process.cpuUsage()]
    const answers = await acceptAll(inviteMe, kind)
    await sent
    await settled(inviteMe)
    await atOnce(answers)
    const engine = process.cpuUsage(engineBefore)
    const databaseAfter = await databaseCpuMs()
    const { rss: residentBytes } = process.memoryUsage()
    const bytes = growth(empty, await tableBytes())
    await pack()
    return {
      bytes,
      packedBytes: growth(empty, await tableBytes()),
      engineCpuMs: (engine.user + engine.system) / 1_000 / messages,
      databaseCpuMs:
        databaseBefore === null || databaseAfter === null
          ? null
          : (databaseAfter - databaseBefore) / messages,
      residentBytes,
    }
  } finally {
    await inviteMe.stop()
  }
}

/** A message's share; tables that hardly grew are left out. */
function growth(before: TableBytes, after: TableBytes): TableBytes {
  const shares = Object.entries(after).map(
    ([name, size]) => [name, Math.round((size - (before[name] ?? 0)) / messages)] as const,
  )
  return Object.fromEntries(
    shares.filter(([, share]) => share >= 1).toSorted(([a], [b]) => a.localeCompare(b)),
  )
}

/** @returns what answers each of them */
async function acceptAll(
  inviteMe: InviteMe,
  kind: MessageCost['kind'],
): Promise<readonly (() => Promise<unknown>)[]> {
  const answers: (() => Promise<unknown>)[] = []
  const accept = async (number: number): Promise<void> => {
    if (kind === 'sent') await inviteMe.send(addressOf(number), text)
    else {
      const { id } = await inviteMe.ask(addressOf(number), text, { answer: yesNo() })
      answers.push(() => inviteMe.respond(id, { kind: 'value', value: true }))
    }
  }
  await atOnce(Array.from({ length: messages }, (_, index) => () => accept(index + 1)))
  return answers
}

/** Does all of it, {@link batch} at a time. */
async function atOnce(work: readonly (() => Promise<unknown>)[]): Promise<void> {
  const left = work.values()
  const caller = async () => {
    for (const one of left) await one()
  }
  await Promise.all(Array.from({ length: batch }, caller))
}

/** Until the outcome of the last send is written down. */
async function settled(inviteMe: InviteMe): Promise<void> {
  const deadline = performance.now() + 30_000
  while (performance.now() < deadline) {
    const { queued = 0, sending = 0 } = await inviteMe.deliveries.counts()
    if (queued + sending === 0) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error('Not everything was sent and written down within 30 s.')
}
