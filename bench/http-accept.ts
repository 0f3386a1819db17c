import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import autocannon from 'autocannon'
import { compare, type Comparison } from './rounds.ts'
import { withWorkspaceFile } from './workspace-file.ts'

const connections = 50
const seconds = 5
const least = 0.7

/** Messages accepted over HTTP and on disk, against a bare Hono route that parses the same body and writes the same rows. */
export async function httpAccept(): Promise<readonly Comparison[]> {
  const against = (
    reference: 'bare-app' | 'parse-only',
    goal: Comparison['goal'],
    isMet: (ratio: number) => boolean,
  ) =>
    compare({
      name: `HTTP accept, ${String(connections)} connections: server against ${reference === 'bare-app' ? 'Hono, Zod and shared commits' : 'Hono and Zod alone'}`,
      unit: 'messages/s',
      rounds: 5,
      ours: () => rateOf('server-app'),
      reference: () => rateOf(reference),
      goal: { words: goal, isMet: ({ ratio }) => isMet(ratio) },
    })
  return [
    await against('bare-app', `at least ${String(100 * least)} %`, (ratio) => ratio >= least),
    await against('parse-only', 'none', () => true),
  ]
}

function rateOf(app: 'server-app' | 'bare-app' | 'parse-only'): Promise<number> {
  return withWorkspaceFile(async (path) => {
    const child = fork(new URL('http-apps.ts', import.meta.url), [app, path], {
      execArgv: ['--conditions=@invite-me/source'],
    })
    try {
      const [ready] = (await once(child, 'message', { signal: AbortSignal.timeout(30_000) })) as [Ready]
      return await load(ready)
    } finally {
      await end(child)
    }
  })
}

/** What a server says when it listens. */
export interface Ready {
  readonly url: string
  readonly authorization: string
}

async function load({ url, authorization }: Ready): Promise<number> {
  const result = await autocannon({
    url: `${url}/v1/messages`,
    method: 'POST',
    connections,
    duration: seconds,
    headers: { 'content-type': 'application/json', authorization },
    body: JSON.stringify({ to: 'guest@guests.test', content: 'Dinner moved to Saturday at 8.' }),
  })
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(
      `${String(result.non2xx)} refused and ${String(result.errors)} failed requests of ${String(result.requests.total)}`,
    )
  return result.requests.total / result.duration
}

async function end(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit')
  child.disconnect()
  await gone
}
