/**
 * A process that publishes the events of a workspace and is killed, by itself, when the broker has the first of them: nothing of it
 * is left to write that down. `INVITE_ME_TEST_FILE` names the SQLite file, `INVITE_ME_TEST_URL` and `INVITE_ME_TEST_PREFIX` the place
 * on the broker.
 */
import { createInviteMe } from '@invite-me/core'
import { sqlite } from '@invite-me/core/sqlite'
import { rabbitmqEvents } from '../rabbitmq-events.ts'

const log = { warn: () => undefined, error: () => undefined }
const { INVITE_ME_TEST_FILE: file = '', INVITE_ME_TEST_URL: url = '' } = process.env
const publisher = rabbitmqEvents({ url, prefix: process.env['INVITE_ME_TEST_PREFIX'] ?? '', log })

await createInviteMe({
  store: sqlite(file),
  channels: [],
  lease: '1s',
  eventPublisher: {
    ...publisher,
    publish: async (events) => {
      await publisher.publish(events)
      process.kill(process.pid, 'SIGKILL')
    },
  },
})
// An engine alone keeps no process alive; this one is ended by what it publishes, or by whoever started it.
setInterval(() => undefined, 60_000)
