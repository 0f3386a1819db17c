/** Names of U+00A0 to U+00FF in HTML, in order; with the few below they are all that mail programs write by name. */
const latinNames = (
  'nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro ' +
  'para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil ' +
  'Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave ' +
  'Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml ' +
  'igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute ' +
  'thorn yuml'
).split(' ')

const entities: ReadonlyMap<string, string> = new Map([
  ...latinNames.map((name, index) => [name, String.fromCodePoint(0xa0 + index)] as const),
  ...Object.entries({
    amp: '&',
    lt: '<',
    gt: '>',
    quot: '"',
    apos: "'",
    ndash: '–',
    mdash: '—',
    hellip: '…',
  }),
  ...Object.entries({
    lsquo: '‘',
    rsquo: '’',
    ldquo: '“',
    rdquo: '”',
    bdquo: '„',
    euro: '€',
    bull: '•',
    ensp: ' ',
    emsp: ' ',
  }),
])

/** Elements nobody sees. */
const unseen = new Set(['head', 'script', 'style', 'title', 'template', 'noscript', 'svg'])
/** Elements that stand on lines of their own. */
const blocks = new Set(
  'address article aside blockquote body center dd div dl dt fieldset footer form h1 h2 h3 h4 h5 h6 header hr html li main nav ol p pre section table tbody td tfoot th thead tr ul'.split(
    ' ',
  ),
)

/**
 * Turns the HTML of a mail into plain lines, as a mail program would quote it: what stands in a `blockquote` begins with
 * `> `. Reads the input once, from front to back, whatever it holds.
 */
export function htmlToText(html: string): string {
  const writer = new LineWriter()
  let position = 0
  while (position < html.length) {
    const open = html.indexOf('<', position)
    writer.write(decodeEntities(html.slice(position, open === -1 ? html.length : open)))
    if (open === -1) break
    position = readTag(html, open, writer)
  }
  return writer.finish()
}

/** @returns where to go on reading */
function readTag(html: string, open: number, writer: LineWriter): number {
  if (html.startsWith('<!--', open)) return endOf(html, '-->', open)
  const name = /^<\/?([A-Za-z][A-Za-z0-9]{0,20})/.exec(html.slice(open, open + 24))?.[1]?.toLowerCase()
  if (name === undefined) {
    if (html[open + 1] === '!' || html[open + 1] === '?' || html[open + 1] === '/')
      return endOf(html, '>', open)
    writer.write('<')
    return open + 1
  }
  const after = endOf(html, '>', open)
  const isEnd = html[open + 1] === '/'
  if (unseen.has(name) && !isEnd) return endOfElement(html, name, after)
  if (name === 'br') writer.breakLine()
  if (blocks.has(name)) writer.startBlock(name === 'p' ? 1 : 0)
  if (name === 'blockquote') writer.quoteDepth = Math.max(0, writer.quoteDepth + (isEnd ? -1 : 1))
  return after
}

/** Position after the next `mark`; the end when there is none. */
function endOf(html: string, mark: string, from: number): number {
  const found = html.indexOf(mark, from)
  return found === -1 ? html.length : found + mark.length
}

function endOfElement(html: string, name: string, from: number): number {
  const pattern = new RegExp(`</${name}\\s*>`, 'gi')
  pattern.lastIndex = from
  return pattern.test(html) ? pattern.lastIndex : html.length
}

function decodeEntities(text: string): string {
  if (!text.includes('&')) return text
  return text.replace(
    /&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([A-Za-z][A-Za-z0-9]{1,7}));/g,
    (whole, decimal?: string, hex?: string, name?: string) => {
      if (name !== undefined) return entities.get(name) ?? whole
      const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal)
      return code > 0 && code <= 0x10_ff_ff ? String.fromCodePoint(code) : ' '
    },
  )
}

/** Collects text into lines, collapsing white space as a browser does. */
class LineWriter {
  quoteDepth = 0
  readonly #lines: string[] = []
  #pieces: string[] = []
  #hasText = false
  #endsInSpace = true

  write(text: string): void {
    let piece = text.replace(/[ \t\r\n\f]+/g, ' ')
    if (this.#endsInSpace && piece.startsWith(' ')) piece = piece.slice(1)
    if (piece === '') return
    this.#pieces.push(piece)
    this.#hasText = true
    this.#endsInSpace = piece.endsWith(' ')
  }

  breakLine(): void {
    this.#lines.push((this.quoteDepth > 0 ? '> ' : '') + this.#pieces.join(''))
    this.#pieces = []
    this.#hasText = false
    this.#endsInSpace = true
  }

  startBlock(blankLines: number): void {
    if (this.#hasText) this.breakLine()
    const last = this.#lines.at(-1)
    if (blankLines > 0 && last !== undefined && last.trim() !== '' && last.trim() !== '>') this.breakLine()
  }

  finish(): string {
    if (this.#hasText) this.breakLine()
    return this.#lines.join('\n')
  }
}
