import type { InviteMe } from '@invite-me/core'

/** People as another program may know them: a birthday with its year or without one, and the zone they live in. */
export const people = [
  { externalId: 'ann', name: 'Ann', zone: 'Europe/Lisbon', birthday: '1990-05-17', email: 'ann@people.test' },
  { externalId: 'bob', name: 'Bob', zone: 'Asia/Kathmandu', birthday: '--05-17', email: 'bob@people.test' },
  {
    externalId: 'cid',
    name: 'Cid',
    zone: 'America/New_York',
    birthday: '2000-02-29',
    email: 'cid@people.test',
  },
] as const

/**
 * Lets everybody be wished a happy birthday at ten in the morning where they live. May be called whenever the program starts: people
 * are brought up to date, and saving the schedule as it is changes nothing.
 */
export async function wishHappyBirthday(inviteMe: InviteMe): Promise<void> {
  for (const { birthday, email, ...person } of people)
    await inviteMe.recipients.upsert({ ...person, attributes: { birthday }, routes: { email } })
  await inviteMe.schedules.save({
    name: 'birthdays',
    description: 'a wish on the morning of the day',
    when: { onAttribute: 'birthday', at: '10:00', zone: 'Europe/Lisbon' },
    action: {
      send: {
        content: { subject: 'Happy birthday!', text: 'All the best from all of us.' },
        options: { category: 'greeting' },
      },
    },
  })
}
