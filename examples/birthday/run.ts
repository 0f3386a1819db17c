/**
 * Wishes people a happy birthday by e-mail, at ten in the morning where they live, until it is ended with Ctrl-C.
 *
 * Set SMTP_URL to your mail server and FROM to a sender it takes; put people of your own into birthday.ts.
 */
import { email } from '@invite-me/channels/email'
import { createInviteMe } from '@invite-me/core'
import { sqlite } from '@invite-me/core/sqlite'
import { wishHappyBirthday } from './birthday.ts'

const { SMTP_URL = 'smtp://localhost:25', FROM = 'team@people.test' } = process.env

const inviteMe = await createInviteMe({
  store: sqlite('birthday.db'),
  channels: [email({ smtp: SMTP_URL, from: FROM })],
})
await wishHappyBirthday(inviteMe)
console.log('Everybody is wished a happy birthday from now on.')
const end = setInterval(() => undefined, 60_000)
process.once('SIGINT', () => {
  clearInterval(end)
  void inviteMe.stop()
})
