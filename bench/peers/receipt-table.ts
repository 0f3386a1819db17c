import { Pool } from 'pg'
import { emptyWorkspace } from '../../tests/peers/postgres-server.ts'

/** How a queue of somebody else's does one job a message: 50 callers put jobs in, and each job writes one receipt row. */
export interface PeerRun {
  readonly messages: number
  /** Callers that put jobs in at once, and jobs done at once. */
  readonly batch: number
}

/** A place where jobs of a peer write their receipts, and where its own tables go. */
export interface PeerPlace {
  readonly url: string
  readonly schema: string
  /** Writes one receipt, as a job of an app on a queue library does. */
  writeReceipt(messageId: string): Promise<void>
  /** Resolves when every receipt is written. */
  readonly done: Promise<void>
}

/** Gives a peer its place, and takes it away afterwards. @returns messages a second from the first job put in to the last receipt */
export async function measurePeer(
  { messages, batch }: PeerRun,
  begin: (
    place: PeerPlace,
  ) => Promise<{ put(messageId: string): Promise<unknown>; stop(): Promise<unknown> }>,
): Promise<number> {
  const workspace = await emptyWorkspace()
  const pool = new Pool({ connectionString: workspace.url, max: 10 })
  const table = `${workspace.schema}_receipts`
  await pool.query(
    `CREATE TABLE ${table} (id bigserial PRIMARY KEY, message_id text NOT NULL, at timestamptz NOT NULL)`,
  )
  const { promise: done, resolve } = Promise.withResolvers<void>()
  let written = 0
  const writeReceipt = async (messageId: string) => {
    await pool.query({
      name: 'receipt',
      text: `INSERT INTO ${table} (message_id, at) VALUES ($1, $2)`,
      values: [messageId, new Date()],
    })
    written += 1
    if (written === messages) resolve()
  }
  const peer = await begin({ url: workspace.url, schema: workspace.schema, writeReceipt, done })
  try {
    const start = performance.now()
    let next = 0
    const caller = async () => {
      while (next < messages) {
        next += 1
        await peer.put(`message-${next}`)
      }
    }
    await Promise.all(Array.from({ length: batch }, caller))
    await done
    return (messages * 1_000) / (performance.now() - start)
  } finally {
    await peer.stop()
    await pool.query(`DROP TABLE ${table}`)
    await pool.end()
    await workspace.remove()
  }
}
