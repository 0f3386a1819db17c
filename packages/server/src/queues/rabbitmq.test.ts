import { setTimeout as pause } from 'node:timers/promises'
import { queueContract } from '@invite-me/core/testing'
import { describe, test } from 'vitest'
import { emptyBroker, explainNoRabbitmq } from '../../../../tests/peers/rabbitmq-server.ts'
import { rabbitmq } from './rabbitmq.ts'

const reason = await explainNoRabbitmq()

describe.skipIf(reason !== undefined)(
  `the RabbitMQ queue${reason === undefined ? '' : ` (${reason})`}`,
  () => {
    queueContract({
      test,
      promises: { redelivers: true, survivesProcess: true, carriesWork: true },
      create: async () => {
        const { prefix, remove, url } = await emptyBroker()
        const open = () => rabbitmq({ url, prefix, refusedPauseMs: 100 })
        return { queue: open(), now: Date.now, pass: (ms) => pause(ms), reopen: async () => open(), remove }
      },
    })
  },
)
