import type { AnswerSpec } from '@invite-me/core/channel'

/** The words of ours in a message, in one language. Add a language by adding a table to `phraseTables`. */
export interface Phrases {
  /** BCP 47 tag of the table, for `lang` and for dates. */
  readonly language: string
  /** The line above a question. */
  asks(name: string): string
  /** The line above a notice. */
  writes(name: string): string
  reminderSubject(subject: string): string
  readonly reminder: string
  /** Label of the button or link that leads to the form. */
  readonly answer: string
  /** `moment` is already written in the language. */
  answerBefore(moment: string): string
  /** How to answer by replying; undefined when a reply cannot carry this type. `hasButtons` when there is another way. */
  replyHint(spec: AnswerSpec, hasButtons: boolean): string | undefined
  readonly unsubscribe: string
}

const english: Phrases = {
  language: 'en',
  asks: (name) => `${name} asks:`,
  writes: (name) => `${name} writes:`,
  reminderSubject: (subject) => `Reminder: ${subject}`,
  reminder: 'A reminder: there is no answer from you yet.',
  answer: 'Answer',
  answerBefore: (moment) => `Please answer before ${moment}.`,
  replyHint: (spec, hasButtons) => {
    const start = hasButtons ? 'Or reply to this e-mail' : 'Reply to this e-mail'
    switch (spec.type) {
      case 'yesNo':
        return `${start} with YES or NO.`
      case 'choice':
        return spec.multiple
          ? `${start} with the numbers of your choice, separated by commas.`
          : `${start} with the number of your choice.`
      case 'text':
        return `${start} with your answer.`
      case 'number':
        return `${start} with a number${englishRange(spec)}.`
      case 'date':
        return `${start} with a date such as 2026-11-27.`
      case 'rsvp':
        return `${start} with YES, NO or MAYBE and how many of you come, for example YES 2.`
      case 'form':
        return undefined
    }
  },
  unsubscribe: 'No more messages like this',
}

function englishRange({
  min,
  max,
}: {
  readonly min?: number | undefined
  readonly max?: number | undefined
}): string {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`
  if (min !== undefined) return ` of at least ${min}`
  return max === undefined ? '' : ` of at most ${max}`
}

const russian: Phrases = {
  language: 'ru',
  asks: (name) => `${name} спрашивает:`,
  writes: (name) => `${name} пишет:`,
  reminderSubject: (subject) => `Напоминание: ${subject}`,
  reminder: 'Напоминаем: вашего ответа пока нет.',
  answer: 'Ответить',
  answerBefore: (moment) => `Пожалуйста, ответьте до: ${moment}.`,
  replyHint: (spec, hasButtons) => {
    const start = hasButtons ? 'Или ответьте на это письмо' : 'Ответьте на это письмо'
    switch (spec.type) {
      case 'yesNo':
        return `${start}: ДА или НЕТ.`
      case 'choice':
        return spec.multiple
          ? `${start}: номера выбранных вариантов через запятую.`
          : `${start}: номер выбранного варианта.`
      case 'text':
        return `${start}: напишите свой ответ.`
      case 'number':
        return `${start}: число${russianRange(spec)}.`
      case 'date':
        return `${start}: дата, например 27.11.2026.`
      case 'rsvp':
        return `${start}: ДА, НЕТ или МОЖЕТ БЫТЬ и сколько вас придёт, например ДА 2.`
      case 'form':
        return undefined
    }
  },
  unsubscribe: 'Больше не присылать таких писем',
}

function russianRange({
  min,
  max,
}: {
  readonly min?: number | undefined
  readonly max?: number | undefined
}): string {
  if (min !== undefined && max !== undefined) return ` от ${min} до ${max}`
  if (min !== undefined) return ` не меньше ${min}`
  return max === undefined ? '' : ` не больше ${max}`
}

const phraseTables: Readonly<Record<string, Phrases>> = { en: english, ru: russian }

/**
 * Finds the words for a locale.
 *
 * @param locale BCP 47, `ru-RU`; only the language counts, and an unknown one gives English
 */
export function phrasesFor(locale: string): Phrases {
  const language = locale.split(/[-_]/, 1)[0]?.toLowerCase() ?? ''
  return Object.hasOwn(phraseTables, language) ? (phraseTables[language] ?? english) : english
}
