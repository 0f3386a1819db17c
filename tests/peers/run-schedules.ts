/**
 * Makes the runs of the schedules in STORE, by a clock that runs 600 times as fast: at BEGAN_REAL (Unix ms of this machine) it
 * showed BEGAN (Unix ms). Several such programs on one file see the same time. Goes on until it is killed.
 */
import { createInviteMe } from '@invite-me/core'
import { sqlite } from '@invite-me/core/sqlite'
import { scriptedChannel } from '@invite-me/core/testing'

const { STORE = '', BEGAN = '', BEGAN_REAL = '' } = process.env
const speed = 600

await createInviteMe({
  store: sqlite(STORE, { synchronous: 'normal' }),
  channels: [scriptedChannel({ name: 'email' })],
  clock: {
    now: () => Number(BEGAN) + (Date.now() - Number(BEGAN_REAL)) * speed,
    schedule: (delayMs, run) => {
      const timer = setTimeout(run, delayMs / speed)
      return () => {
        clearTimeout(timer)
      }
    },
  },
})
console.log('it runs')
