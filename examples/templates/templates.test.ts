import { inviteMe, type InviteMeTest } from '@invite-me/core/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { letter, templates } from './templates.ts'

let t: InviteMeTest
beforeAll(async () => {
  t = await inviteMe.test({ channels: ['email', 'twilio-sms'] })
  await t.inviteMe.templates.save('letter', letter)
  for (const [name, template] of Object.entries(templates)) await t.inviteMe.templates.save(name, template)
  const shared = { zone: 'Europe/Berlin', attributes: { city: 'Bonn' } }
  await t.inviteMe.recipients.upsert({
    ...shared,
    externalId: 'ann',
    name: 'Ann',
    locale: 'en',
    routes: { email: 'ann@guests.test' },
  })
  await t.inviteMe.recipients.upsert({
    ...shared,
    externalId: 'ben',
    name: 'Ben',
    locale: 'de',
    routes: { 'twilio-sms': '+491761' },
  })
})
afterAll(() => t.stop())

const films = [
  { title: 'Dune', minutes: 155 },
  { title: 'Alien', minutes: 117 },
]
const evening = '2026-11-27T19:00:00Z'

test.each<[string, Record<string, unknown>, string, string]>([
  [
    'welcome-link',
    { link: 'https://f.test/c/1', until: evening },
    'Hello Ann! Confirm your address until November 27, 2026 at 8:00 PM: https://f.test/c/1',
    'Adresse bestätigen: https://f.test/c/1',
  ],
  [
    'subscribed',
    { plan: 'Family', ends: '2027-01-31', price: 9.9 },
    'Thank you, Ann. Family is yours until January 31, 2027, for €9.90.',
    'Danke, Ben. Family gehört dir bis 31. Januar 2027, für 9,90 €.',
  ],
  [
    'more-than-ten-likes',
    { likes: 12, film: 'Dune' },
    'Ann, 12 people like your review of “Dune”.',
    'Ben, 12 Leute mögen deine Kritik zu „Dune“.',
  ],
  [
    'subscription-expires',
    { ends: '2026-12-04' },
    'Ann, your subscription ends on December 4, 2026. Renew it now and save 10%.',
    'Ben, dein Abo endet am 4. Dezember 2026. Verlängere jetzt und spare 10 %.',
  ],
  [
    'achievement',
    { title: 'Night owl', points: 1_500 },
    'Well done, Ann: “Night owl” and 1,500 points!',
    'Gut gemacht, Ben: „Night owl“ und 1.500 Punkte!',
  ],
  [
    'art-festival',
    { begins: '2026-12-01', artists: ['Klee', 'Marc'] },
    'From December 1, 2026 on: Klee and Marc in Bonn. Will you come?',
    'Ab 1. Dezember 2026: Klee und Marc in Bonn. Kommst du?',
  ],
  [
    'birthday',
    { gift: 'https://f.test/g/1' },
    'Happy birthday, Ann! Choose a film, it is on us: https://f.test/g/1',
    'Alles Gute zum Geburtstag, Ben! Ein Film deiner Wahl, von uns: https://f.test/g/1',
  ],
  [
    'new-films',
    { films },
    'Hello Ann,\n\n• Dune (155 min)\n• Alien (117 min)\n\nYour film service',
    'Hallo Ben,\n\n• Dune (155 Min.)\n• Alien (117 Min.)\n\nDein Filmdienst',
  ],
  [
    'weekend',
    { film: 'Alien', starts: evening },
    'Hello Ann,\n\nA quiet weekend? “Alien” begins Friday, November 27, 2026 at 8:00 PM.\n\nYour film service',
    'Hallo Ben,\n\nEin ruhiges Wochenende? „Alien“ beginnt Freitag, 27. November 2026 um 20:00.\n\nDein Filmdienst',
  ],
])('%s is sent to each in their language', async (template, variables, english, german) => {
  const before = t.outbox.length
  await t.inviteMe.send(['ann', 'ben'], { template, variables }, { urgency: 'immediate' })
  await t.advance('1s')
  const told = new Map(
    t.outbox
      .slice(before)
      .map(({ channel, message }) => [channel, message.content.text.replace(/[\u00A0\u202F]/g, ' ')]),
  )
  expect(told.get('email')).toBe(english)
  expect(told.get('twilio-sms')).toBe(german)
})

test('fewer than eleven likes are nothing to tell of', async () => {
  const content = { template: 'more-than-ten-likes', variables: { likes: 10, film: 'Dune' } }
  await expect(t.inviteMe.send('ann', content)).rejects.toThrow('it must be at least 11')
})
