import { z } from 'zod'
import type { Policies } from './policies.ts'
import { categorySchema } from './preference.ts'

const titleSchema = z
  .string()
  .trim()
  .min(1, 'a title must not be empty')
  .max(100)
  .regex(/^[^\p{Cc}\u2028\u2029]*$/u, 'control characters and line breaks are not allowed')

/**
 * What a host app says of a category of messages. `title`: its name for people, by language. `default`: whether people get it who
 * said nothing about it (`on`), or only those who switched it on (`off`). `required`: nobody can switch it off. `urgency`: whether
 * its messages wait for the hours of the person. What is not said is as it is built in, else on, not required, and waiting.
 */
export const categoryInputSchema = z
  .strictObject({
    title: z
      .record(
        z.string().regex(/^[a-z]{2,3}$/, 'a language is two or three letters, such as "en"'),
        titleSchema,
      )
      .optional(),
    default: z.enum(['on', 'off']).optional(),
    required: z.boolean().optional(),
    urgency: z.enum(['immediate', 'window']).optional(),
  })
  .refine((category) => !(category.required === true && category.default === 'off'), {
    path: ['default'],
    error: 'what nobody can switch off cannot be off for those who said nothing',
  })

/** Categories by their names; see {@link categoryInputSchema}. */
export const categoriesSchema = z
  .record(categorySchema, categoryInputSchema)
  .refine((all) => Object.keys(all).length <= 100, 'at most 100 categories can be described')
/** See {@link categoryInputSchema}. */
export type CategoryInput = z.input<typeof categoryInputSchema>

/** A category of messages, as the engine goes by it. */
export interface Category {
  readonly name: string
  /** Its name for people, by language; empty when nobody named it. */
  readonly title: Readonly<Record<string, string>>
  readonly default: 'on' | 'off'
  readonly required: boolean
  readonly urgency: 'immediate' | 'window'
}

/** Built in, in the order people are shown them. */
const builtInTitles: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  verification: { en: 'Codes and confirmations of your addresses', ru: 'Коды и подтверждения адресов' },
  security: { en: 'Security of your account', ru: 'Безопасность аккаунта' },
  'live-event': { en: 'Events that are taking place', ru: 'События, которые идут сейчас' },
  invitation: { en: 'Invitations and questions', ru: 'Приглашения и вопросы' },
  reminder: { en: 'Reminders', ru: 'Напоминания' },
  notice: { en: 'Notices', ru: 'Сообщения' },
  news: { en: 'News', ru: 'Новости' },
}

type CategoryLists = Pick<Policies, 'requiredCategories' | 'immediateCategories'>

/**
 * All categories that are known by name: those built in, with what the two lists of the policies say of any, and with what the
 * host app says of each, which goes before the lists.
 */
export function categoriesOf(
  given: Readonly<Record<string, z.output<typeof categoryInputSchema>>>,
  { requiredCategories, immediateCategories }: CategoryLists,
): ReadonlyMap<string, Category> {
  const names = [
    ...Object.keys(builtInTitles),
    ...requiredCategories,
    ...immediateCategories,
    ...Object.keys(given),
  ]
  return new Map(
    [...new Set(names)].map((name) => {
      const said = Object.hasOwn(given, name) ? given[name] : undefined
      return [
        name,
        {
          name,
          title: { ...(Object.hasOwn(builtInTitles, name) && builtInTitles[name]), ...said?.title },
          default: said?.default ?? 'on',
          required: said?.required ?? requiredCategories.includes(name),
          urgency: said?.urgency ?? (immediateCategories.includes(name) ? 'immediate' : 'window'),
        },
      ] as const
    }),
  )
}

/** A category by its name; one that nobody described is on, can be switched off, and waits for the hours of the person. */
export function categoryOf(categories: ReadonlyMap<string, Category>, name: string): Category {
  return categories.get(name) ?? { name, title: {}, default: 'on', required: false, urgency: 'window' }
}
