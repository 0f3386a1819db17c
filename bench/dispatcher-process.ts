/** A dispatcher of its own for `two-dispatchers.ts`: `node dispatcher-process.ts <url> <schema>`; says how many it sent when its pipe closes. */
import { setTimeout as wait } from 'node:timers/promises'
import { createInviteMe, type Channel } from '@invite-me/core'
import { postgres } from '@invite-me/core/postgres'
import { concurrency, providerMs } from './two-dispatchers.ts'

const [url = '', schema = ''] = process.argv.slice(2)
const slow: Channel = {
  name: 'null',
  supports: { answers: [], links: false, tokens: [], reports: [], idempotent: true },
  limits: { concurrency },
  address: (raw) => ({ ok: true, address: raw }),
  send: async (_message, { idempotencyKey }) => {
    await wait(providerMs)
    return { status: 'accepted', providerMessageId: idempotencyKey }
  },
}
const inviteMe = await createInviteMe({
  store: postgres({ url, schema, connections: 4 }),
  channels: [slow],
  dispatch: false,
})
process.once('message', () => {
  inviteMe.start()
})
process.once('disconnect', () => {
  void inviteMe.stop({ deadlineMs: 0 }).finally(() => process.exit())
})
process.send?.('ready')
