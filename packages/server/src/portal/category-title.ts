import type { Category } from '@invite-me/core'
import type { PageLanguage } from './texts.ts'

/** How a category is called on a page: in its language, else in English, else in whatever it has, else by its name. */
export function categoryTitle({ name, title }: Category, { locale }: PageLanguage): string {
  const language = locale.split('-', 1)[0] ?? ''
  return title[language] ?? title['en'] ?? Object.values(title)[0] ?? name
}
