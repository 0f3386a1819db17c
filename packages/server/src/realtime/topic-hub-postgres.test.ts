import { createInviteMe, type InviteMe } from '@invite-me/core'
import { postgres } from '@invite-me/core/postgres'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  emptyWorkspace,
  explainNoPostgres,
  type PostgresWorkspace,
} from '../../../../tests/peers/postgres-server.ts'
import { inApp } from '@invite-me/channels/in-app'
import { systemClock } from '@invite-me/core'
import { until } from './__fixtures__/until.ts'
import { TopicHub } from './topic-hub.ts'

const reason = explainNoPostgres()
const room = 64 * 1_024

describe.skipIf(reason !== undefined)(
  `a hub on Postgres, where events commit out of order ${reason ?? ''}`,
  () => {
    let workspace: PostgresWorkspace
    let engines: readonly InviteMe[]
    let hub: TopicHub

    beforeEach(async () => {
      workspace = await emptyWorkspace()
      const start = () =>
        createInviteMe({
          store: postgres({ url: workspace.url, schema: workspace.schema }),
          channels: [inApp({})],
          dispatch: false,
        })
      engines = [await start(), await start(), await start()]
      const [engine] = engines
      if (engine === undefined) return expect.fail('no engine')
      hub = new TopicHub({
        engine,
        clock: systemClock,
        log: { warn: () => undefined, error: () => undefined },
      })
    })
    afterEach(async () => {
      hub.close()
      await Promise.all(engines.map((engine) => engine.stop()))
      await workspace.remove()
    })

    it('hands out once what three processes publish at the same time, to followers who come back again and again', async () => {
      const mostOf = 120
      let follower = await hub.subscribe('group:a', { ready: () => undefined })
      const publishing = Promise.all(
        engines.flatMap((engine, writer) =>
          Array.from({ length: mostOf }, (_, number) => engine.topics.publish('group:a', { writer, number })),
        ),
      )
      const got: string[] = []
      await until('all have come', async () => {
        for (const { json } of await follower.take(room)) {
          const { writer, number } = JSON.parse(json).data
          got.push(`${writer}.${number}`)
        }
        follower.close()
        follower = await hub.subscribe('group:a', { after: follower.cursor, ready: () => undefined })
        return got.length >= engines.length * mostOf
      })
      await publishing
      expect(new Set(got).size).toBe(got.length)
      expect(got).toHaveLength(engines.length * mostOf)
    })

    it('is woken by what another process does', async () => {
      let isReady = false
      const follower = await hub.subscribe('group:a', {
        ready: () => {
          isReady = true
        },
      })
      await engines[1]?.topics.publish('group:a', { said: 'hello' })
      await until('it is ready', () => isReady)
      expect((await follower.take(room)).map(({ json }) => JSON.parse(json).data)).toEqual([
        { said: 'hello' },
      ])
    })
  },
)
