import { setTimeout as wait } from 'node:timers/promises'
import { Client } from 'pg'

/** Lets every session of a Postgres server only read for a while, as an operator does before a switch to another one. */
export async function makeReadOnly(url: string, forMs: number): Promise<void> {
  await set(url, 'on')
  try {
    await wait(forMs)
  } finally {
    await set(url, 'off')
  }
}

async function set(url: string, value: 'on' | 'off'): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
  client.on('error', () => undefined)
  await client.connect()
  try {
    await client.query(`ALTER SYSTEM SET default_transaction_read_only = ${value}`)
    await client.query('SELECT pg_reload_conf()')
  } finally {
    await client.end()
  }
}
