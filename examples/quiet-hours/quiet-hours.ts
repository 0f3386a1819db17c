import type { InviteMe } from '@invite-me/core'

/** People in three zones; one of them wants to be written to only in the evening, on days of work. */
const evening = { from: '18:00', to: '22:00' }
const guests = [
  { externalId: 'aiko', zone: 'Asia/Tokyo', routes: { telegram: 'aiko' } },
  { externalId: 'ines', zone: 'Europe/Lisbon', routes: { telegram: 'ines' } },
  {
    externalId: 'sam',
    zone: 'America/New_York',
    routes: { telegram: 'sam' },
    preferences: { window: { mon: evening, tue: evening, wed: evening, thu: evening, fri: evening } },
  },
]

/**
 * Tells three people the news, each in their own hours, and one of them a code, which comes at once whatever the hour.
 *
 * @param inviteMe an engine in this program, or one on a server: `connect` of `@invite-me/core/client`
 * @returns ids of the two messages
 */
export async function quietHours(
  inviteMe: Pick<InviteMe, 'recipients' | 'send'>,
): Promise<{ readonly news: string; readonly code: string }> {
  for (const guest of guests) await inviteMe.recipients.upsert(guest)
  const everybody = guests.map(({ externalId }) => externalId)
  const news = await inviteMe.send(everybody, 'The menu for Friday is out.', { category: 'news' })
  const code = await inviteMe.send('sam', 'Your code is 274 913.', { category: 'verification' })
  return { news: news.messageId, code: code.messageId }
}
