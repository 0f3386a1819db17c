/**
 * Replaces what stands between two marks of a page, `<!-- gen:name -->` and `<!-- /gen:name -->`.
 *
 * @param insert places the block, marks included, in a page that has none yet
 */
export function replaceBetween(
  page: string,
  name: string,
  content: string,
  insert: (page: string, block: string) => string,
): string {
  const [open, close] = [`<!-- gen:${name} -->`, `<!-- /gen:${name} -->`]
  const block = `${open}\n\n${content}\n\n${close}`
  const [start, end] = [page.indexOf(open), page.indexOf(close)]
  if (start === -1 || end < start) return insert(page, block)
  return `${page.slice(0, start)}${block}${page.slice(end + close.length)}`
}
