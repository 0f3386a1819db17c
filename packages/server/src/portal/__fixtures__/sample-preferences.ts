import type { Category } from '@invite-me/core'
import type { OpenPreferences } from '../preference-draft.ts'

function category(name: string, en: string, ru: string, required = false): Category {
  return { name, title: { en, ru }, default: 'on', required, urgency: required ? 'immediate' : 'window' }
}

const categories = [
  category('security', 'Security of your account', 'Безопасность аккаунта', true),
  category('invitation', 'Invitations and questions', 'Приглашения и вопросы'),
  category('reminder', 'Reminders', 'Напоминания'),
  category('news', 'News', 'Новости'),
]

/** Preferences of somebody with three media, who gets no news by e-mail and is written to in the evening. */
export function samplePreferences(changes: Partial<OpenPreferences> = {}): OpenPreferences {
  const channels = ['telegram', 'email', 'twilio-sms']
  const evening = [{ from: '18:00', to: '24:00' }]
  return {
    status: 'open',
    name: 'Ann',
    locale: 'en',
    channels: channels.map((channel) => ({ channel, isOn: true, isStopped: channel === 'twilio-sms' })),
    categories,
    choices: channels.flatMap((channel) =>
      categories.map(({ name }) => ({
        channel,
        category: name,
        isOn: !(channel === 'email' && name === 'news'),
      })),
    ),
    window: { mon: evening, sat: [{ from: '10:00', to: '12:00' }, ...evening] },
    usualWindow: { mon: [{ from: '09:00', to: '21:00' }] },
    zone: 'Europe/Berlin',
    ...changes,
  }
}
