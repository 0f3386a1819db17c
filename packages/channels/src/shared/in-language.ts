/**
 * Picks what is said in a person's language.
 *
 * @param tables by language, `pt`; `en` is there for every other one
 * @param locale BCP 47, `pt-BR`, also with `_`; only the language counts
 */
export function inLanguage<Words>(
  tables: Readonly<Record<string, Words>> & { readonly en: Words },
  locale: string,
): Words {
  const language = locale.trim().split(/[-_]/, 1)[0]?.toLowerCase() ?? ''
  return Object.hasOwn(tables, language) ? (tables[language] ?? tables.en) : tables.en
}
