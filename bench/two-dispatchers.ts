import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { createInviteMe, type InviteMe } from '@invite-me/core'
import { postgres } from '@invite-me/core/postgres'
import { emptyWorkspace } from '../tests/peers/postgres-server.ts'
import { addressOf, text } from './engine-rate.ts'
import { nullChannel } from './null-channel.ts'
import { compare, type Comparison } from './rounds.ts'

/** How long the provider of every dispatcher takes for a message, and how many it takes at once. */
export const providerMs = 25
/** See {@link providerMs}. */
export const concurrency = 20
const messages = 4_000
const least = 1.6

/** Two dispatchers, processes of their own, against one: a provider that takes its time, a database that is shared. */
export async function twoDispatchers(): Promise<readonly Comparison[]> {
  return [
    await compare({
      name: `Postgres, a provider of ${String(providerMs)} ms, ${String(concurrency)} at once: two dispatchers against one`,
      unit: 'messages/s',
      rounds: 3,
      ours: () => rateOf(2),
      reference: () => rateOf(1),
      goal: { words: `at least ${String(100 * least)} %`, isMet: ({ ratio }) => ratio >= least },
    }),
  ]
}

async function rateOf(dispatchers: number): Promise<number> {
  const { remove, schema, url } = await emptyWorkspace()
  const accepting = await createInviteMe({
    store: postgres({ url, schema, connections: 4 }),
    channels: [nullChannel(1, Infinity).channel],
    dispatch: false,
  })
  const children: ChildProcess[] = []
  try {
    const to = Array.from({ length: messages }, (_, index) => addressOf(index))
    await Promise.all(to.map((address) => accepting.send(address, text)))
    for (let number = 0; number < dispatchers; number += 1) children.push(await startOne(url, schema))
    const begin = performance.now()
    for (const child of children) child.send('go')
    while (!(await isAllSent(accepting))) await wait(20)
    return (messages * 1_000) / (performance.now() - begin)
  } finally {
    await Promise.all(children.map(end))
    await accepting.stop()
    await remove()
  }
}

async function startOne(url: string, schema: string): Promise<ChildProcess> {
  const child = fork(new URL('dispatcher-process.ts', import.meta.url), [url, schema], {
    execArgv: ['--conditions=@invite-me/source'],
  })
  await once(child, 'message', { signal: AbortSignal.timeout(30_000) })
  return child
}

async function isAllSent(inviteMe: InviteMe): Promise<boolean> {
  return ((await inviteMe.deliveries.counts({ state: 'sent' })).sent ?? 0) === messages
}

async function end(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit')
  child.disconnect()
  await gone
}
