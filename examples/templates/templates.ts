/**
 * Nine messages a film service sends, as templates in two languages. Save them with `inviteMe.templates.save`; what makes them
 * go out (somebody signs up, a date comes, a counter passes ten) is said beside each.
 */
import type { TemplateInput } from '@invite-me/core'

/** By name. */
export const templates: Readonly<Record<string, TemplateInput>> = {
  // When somebody signs up: the address to confirm is theirs alone and works for a while.
  'welcome-link': {
    description: 'sent once, when somebody signs up',
    category: 'verification',
    texts: {
      en: {
        subject: 'Welcome, {{ name }}',
        text: 'Hello {{ name }}! Confirm your address until {{ until | date_time }}: {{ link }}',
        channels: { 'twilio-sms': { text: 'Confirm your address: {{ link }}' } },
      },
      de: {
        subject: 'Willkommen, {{ name }}',
        text: 'Hallo {{ name }}! Bestätige deine Adresse bis {{ until | date_time }}: {{ link }}',
        channels: { 'twilio-sms': { text: 'Adresse bestätigen: {{ link }}' } },
      },
    },
    variables: { link: 'text', until: 'date' },
  },

  // When a subscription was paid.
  subscribed: {
    description: 'sent when a subscription begins or goes on',
    texts: {
      en: {
        text: 'Thank you, {{ name }}. {{ plan }} is yours until {{ ends | date }}, for {{ price | currency: "EUR" }}.',
      },
      de: {
        text: 'Danke, {{ name }}. {{ plan }} gehört dir bis {{ ends | date }}, für {{ price | currency: "EUR" }}.',
      },
    },
    variables: { plan: 'text', ends: 'date', price: 'number' },
  },

  // When the likes of a review pass ten: the type itself refuses fewer.
  'more-than-ten-likes': {
    description: 'sent when a review has more than ten likes',
    texts: {
      en: {
        text: "{{ name }}, {{ likes | plural: one: '# person likes', other: '# people like' }} your review of “{{ film }}”.",
      },
      de: {
        text: "{{ name }}, {{ likes | plural: one: '# Person mag', other: '# Leute mögen' }} deine Kritik zu „{{ film }}“.",
      },
    },
    variables: { likes: { type: 'integer', minimum: 11 }, film: 'text' },
  },

  // A week before a subscription ends, with a tenth off.
  'subscription-expires': {
    description: 'sent a week before a subscription ends',
    texts: {
      en: {
        text: '{{ name }}, your subscription ends on {{ ends | date }}. Renew it now and save {{ discount | percent }}.',
      },
      de: {
        text: '{{ name }}, dein Abo endet am {{ ends | date }}. Verlängere jetzt und spare {{ discount | percent }}.',
      },
    },
    variables: { ends: 'date', discount: { type: 'number', default: 10 } },
  },

  // When somebody has reached something.
  achievement: {
    description: 'sent when somebody has reached something',
    texts: {
      en: {
        text: 'Well done, {{ name }}: “{{ title }}”{% if points %} and {{ points | number }} points{% endif %}!',
      },
      de: {
        text: 'Gut gemacht, {{ name }}: „{{ title }}“{% if points %} und {{ points | number }} Punkte{% endif %}!',
      },
    },
    variables: { title: 'text', points: 'number' },
  },

  // To everybody of a city, which is an attribute of each person.
  'art-festival': {
    description: 'sent to the people of a city',
    texts: {
      en: {
        subject: 'Art festival in {{ recipient.attributes.city }}',
        text: 'From {{ begins | date }} on: {{ artists | list }} in {{ recipient.attributes.city }}. Will you come?',
      },
      de: {
        subject: 'Kunstfest in {{ recipient.attributes.city }}',
        text: 'Ab {{ begins | date }}: {{ artists | list }} in {{ recipient.attributes.city }}. Kommst du?',
      },
    },
    variables: { begins: 'date', artists: 'list' },
  },

  // On the day of the date that is an attribute of each person.
  birthday: {
    description: 'sent on the birthday of each person',
    texts: {
      en: { text: 'Happy birthday, {{ name }}! Choose a film, it is on us: {{ gift }}' },
      de: { text: 'Alles Gute zum Geburtstag, {{ name }}! Ein Film deiner Wahl, von uns: {{ gift }}' },
    },
    variables: { gift: 'text' },
  },

  // Every Thursday.
  'new-films': {
    description: 'sent every Thursday',
    category: 'news',
    layout: 'letter',
    texts: {
      en: {
        subject: "{{ films.size | plural: one: '# new film', other: '# new films' }}",
        text: '{% for film in films %}• {{ film.title }} ({{ film.minutes }} min){% unless forloop.last %}\n{% endunless %}{% endfor %}',
      },
      de: {
        subject: "{{ films.size | plural: one: '# neuer Film', other: '# neue Filme' }}",
        text: '{% for film in films %}• {{ film.title }} ({{ film.minutes }} Min.){% unless forloop.last %}\n{% endunless %}{% endfor %}',
      },
    },
    variables: { films: 'list' },
  },

  // On Friday evening, in each person's own hours.
  weekend: {
    description: 'sent on Friday evening',
    category: 'news',
    layout: 'letter',
    texts: {
      en: { text: 'A quiet weekend? “{{ film }}” begins {{ starts | date_time: "full" }}.' },
      de: { text: 'Ein ruhiges Wochenende? „{{ film }}“ beginnt {{ starts | date_time: "full" }}.' },
    },
    variables: { film: 'text', starts: 'date' },
  },
}

/** What newsletters are put into; saved before them. */
export const letter: TemplateInput = {
  description: 'around every newsletter',
  texts: {
    en: { text: 'Hello {{ name }},\n\n{{ content }}\n\nYour film service' },
    de: { text: 'Hallo {{ name }},\n\n{{ content }}\n\nDein Filmdienst' },
  },
}
