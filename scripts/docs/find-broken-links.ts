import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

/**
 * Finds links of one page that lead nowhere.
 *
 * @param page path from the root
 * @returns `page:line sentence` for each; links to other sites are taken as good
 */
export function findBrokenLinks(root: string, page: string): readonly string[] {
  const lines = withoutCode(readFileSync(join(root, page), 'utf8')).split('\n')
  return lines.flatMap((line, index) =>
    linksOf(line)
      .filter((link) => !/^[a-z]+:/i.test(link) && !isGood(root, page, link))
      .map((link) => `${page}:${index + 1} The link "${link}" leads nowhere.`),
  )
}

/** Blanks fenced blocks and inline code, keeping the line numbers. */
function withoutCode(text: string): string {
  const blank = (code: string): string => code.replace(/[^\n]/g, ' ')
  return text.replace(/^```[\s\S]*?^```/gm, blank).replace(/`[^`\n]+`/g, blank)
}

function linksOf(line: string): readonly string[] {
  const inline = [...line.matchAll(/\]\(\s*<?([^)\s>]+)>?[^)]*\)/g)]
  const references = [...line.matchAll(/^\s*\[[^\]]+\]:\s+<?(\S+?)>?(\s|$)/g)]
  const attributes = [...line.matchAll(/<(?:img|a|source)\b[^>]*?\b(?:src|href|srcset)="([^"]+)"/g)]
  return [...inline, ...references, ...attributes].map(([, link = '']) => link)
}

function isGood(root: string, page: string, link: string): boolean {
  const [path = '', anchor] = decodeURI(link).split('#')
  const target =
    path === '' ? page : path.startsWith('/') ? path.slice(1) : normalize(join(dirname(page), path))
  const absolute = join(root, target)
  if (target.startsWith('..') || !existsSync(absolute)) return false
  if (anchor === undefined || anchor === '' || !target.endsWith('.md') || statSync(absolute).isDirectory())
    return true
  return anchorsOf(readFileSync(absolute, 'utf8')).has(anchor)
}

/** Anchors as GitHub makes them from headings, and those set by hand. */
function anchorsOf(text: string): ReadonlySet<string> {
  const anchors = new Set<string>()
  const seen = new Map<string, number>()
  for (const [, heading = ''] of text.replace(/^```[\s\S]*?^```/gm, '').matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)) {
    const plain = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    const slug = plain
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-')
    const times = seen.get(slug) ?? 0
    seen.set(slug, times + 1)
    anchors.add(times === 0 ? slug : `${slug}-${times}`)
  }
  for (const [, id = ''] of text.matchAll(/\b(?:id|name)="([^"]+)"/g)) anchors.add(id)
  return anchors
}
