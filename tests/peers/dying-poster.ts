/**
 * A process that posts the webhooks of a workspace and is killed, by itself, when its first post has been taken: nothing of it is
 * left to write that down. `INVITE_ME_TEST_FILE` names the SQLite file.
 */
import { createInviteMe } from '@invite-me/core'
import { sqlite } from '@invite-me/core/sqlite'
import { webhookSender } from '../../packages/server/src/webhook-post.ts'

const { post } = webhookSender({ allowPrivate: true })

await createInviteMe({
  store: sqlite(process.env['INVITE_ME_TEST_FILE'] ?? ''),
  channels: [],
  webhooks: {
    post: async (given, signal) => {
      const result = await post(given, signal)
      if (result.status !== null) process.kill(process.pid, 'SIGKILL')
      return result
    },
  },
})
// An engine alone keeps no process alive; this one is ended by its post, or by whoever started it.
setInterval(() => undefined, 60_000)
