/** What a header line of a quoted message names. */
export type HeaderLabel = 'from' | 'date' | 'to' | 'copy' | 'subject'

/** Lines longer than this are somebody's words, never a mark of a mail program. */
const maxMarkLength = 400

const labels: readonly (readonly [HeaderLabel, RegExp])[] = [
  ['from', label('From|Von|De|От|От кого')],
  ['date', label('Sent|Date|Gesendet|Datum|Enviado|Enviado el|Fecha|Envoyé|Envoyé le|Отправлено|Дата')],
  ['to', label('To|An|Para|À|A|Кому')],
  ['copy', label('Cc|Kopie|Copia|Копия')],
  ['subject', label('Subject|Betreff|Asunto|Objet|Тема')],
]

function label(names: string): RegExp {
  return new RegExp(`^\\*{0,2}(?:${names})\\*{0,2} ?:(?:\\*{0,2} |\\*{0,2}$)`, 'iu')
}

/** Reads `Von:`, `*From:*`, `De :` and the like at the beginning of a line. */
export function labelOf(line: string): HeaderLabel | undefined {
  const text = line.trim().slice(0, 60)
  return labels.find(([, pattern]) => pattern.test(text))?.[0]
}

/** True for "-----Original Message-----" in any language: words between two runs of hyphens. */
export function isOriginalMark(line: string): boolean {
  return line.length <= 80 && /^-{2,}\s?\p{L}[\p{L} '’`.-]{3,50}?\s?-{2,}$/u.test(line)
}

const forwardMarks =
  /^(?:Begin forwarded message|Anfang der weitergeleiteten Nachricht|Inicio del mensaje reenviado|Début du message (?:réexpédié|transféré)|Начало (?:переадресованного|пересылаемого) сообщения) ?:$/iu

/** True for the line Apple Mail writes above a forwarded message. */
export function isForwardMark(line: string): boolean {
  return line.length <= 80 && forwardMarks.test(line)
}

const devices =
  'iphone|ipad|ipod|ios|apple|mac\\b|android|samsung|galaxy|huawei|honor|xiaomi|redmi|pixel|nokia|sony|oneplus|blackberry|windows|' +
  'outlook|yahoo|gmail|google|proton|aol|gmx|web\\.de|mail\\b|mail\\.ru|myMail|yandex|spark|thunderbird|bluemail|' +
  'smartphone|handy|mobile?l?\\b|móvil|portable|phone|tablet|device|télephone|téléphone|teléfono|' +
  'яндекс|почт|мобильн|телефон|смартфон|планшет|устройств|айфон'
const deviceLines: readonly RegExp[] = [
  `^(?:sent|written) (?:from|via|using|with|by) .{0,40}?(?:${devices}).{0,60}$`,
  `^get .{0,10}(?:outlook|yahoo mail|bluemail).{0,80}$`,
  `^(?:gesendet|verschickt|gesendet mit) (?:von|mit|über|aus) .{0,40}?(?:${devices}).{0,60}$`,
  `^von (?:meine[mr]) .{0,40}?(?:${devices}).{0,30}gesendet.{0,20}$`,
  `^(?:diese nachricht wurde von meinem) .{0,60}gesendet.{0,20}$`,
  `^enviado (?:desde|con|por|a través de) .{0,40}?(?:${devices}).{0,60}$`,
  `^envoyé (?:de|depuis|à partir de|avec|par|via) .{0,40}?(?:${devices}).{0,60}$`,
  `^отправлено (?:с|со|из|через|при помощи) .{0,40}?(?:${devices}).{0,60}$`,
].map((source) => new RegExp(source, 'iu'))

/** True for a line a phone or a mail program adds by itself: "Sent from my iPhone". */
export function isDeviceLine(line: string): boolean {
  const text = line.trim()
  return text.length > 0 && text.length <= 160 && deviceLines.some((pattern) => pattern.test(text))
}

const signOffs =
  /^(?:(?:best|kind|warm|many)(?: (?:kind|warm))? (?:regards|wishes)|regards|sincerely|yours (?:sincerely|faithfully|truly)|cheers|с уважением|с наилучшими пожеланиями|всего доброго|(?:mit )?(?:freundlichen?|besten?|herzlichen?|vielen?|lieben?|schönen?) gr(?:ü|ue)(?:ß|ss)en?|mfg|lg|(?:un )?(?:cordial )?saludos?(?: cordial(?:es)?)?|atentamente|un abrazo|(?:bien )?cordialement|bien à vous|meilleures salutations|salutations distinguées)[\s,.!—–-]*$/iu

/** True for a line that holds a formula of goodbye and nothing else. */
export function isSignOff(line: string): boolean {
  const text = line.trim()
  return text.length <= 60 && signOffs.test(text)
}

const address = /[^\s<>@]+@[^\s<>@]+/
const moment = /\d{1,2}[:.h]\d{2}|\b(?:19|20)\d\d\b|\d{1,2}[./-]\d{1,2}[./-]\d{2}/

/** "… wrote:" in the five languages, recognised by how it begins. */
const anchored: readonly RegExp[] = [
  /^On\s.+\swrote\s?:$/iu,
  /^Am\s.+\sschrieb(?:en)?(?:\s.+)?:$/iu,
  /^El\s.+\sescribi(?:ó|o)\s?:$/iu,
  /^Le\s.+\sa\sécrit\s?:$/iu,
]
/** Gmail, Yandex and Mail.ru in Russian say no verb: a date, a name, an address and a colon. */
const datedSenders: readonly RegExp[] = [
  /^(?:пн|вт|ср|чт|пт|сб|вс|понедельник|вторник|среда|четверг|пятница|суббота|воскресенье)[.,]?\s.+:$/iu,
  /^\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\D.+:$/u,
  /^\d{1,2}\s(?:янв|февр?|мар|апр|мая|июн|июл|авг|сент?|окт|нояб?|дек)\S*\s.+:$/iu,
]
/** A name first, then the verb. */
const named = /^.+\s(?:wrote|schrieb|escribió|a\sécrit|написала?|написал\(а\)|пишет)(?:\s.+)?\s?:$/iu

/** How sure a line introduces a quotation: by its beginning, or only by the rest of it. */
type Introduction = 'anchored' | 'loose' | undefined

/**
 * Counts the lines that introduce a quotation, "On Sunday … wrote:"; mail programs fold it over up to three lines.
 *
 * @param lines the next lines, at most three are read
 * @param isFollowedByQuote whether a marked quotation comes after so many lines
 * @returns 0 when the first line introduces nothing
 */
export function countAttributionLines(
  lines: readonly string[],
  isFollowedByQuote: (count: number) => boolean,
): number {
  const parts = lines.slice(0, 3).map((line) => line.trim())
  for (let count = 1; count <= parts.length; count += 1) {
    const last = parts[count - 1] ?? ''
    if (last === '' || last.startsWith('>')) return 0
    if (!last.endsWith(':')) continue
    const hasQuote = isFollowedByQuote(count)
    const whole = introduce(parts.slice(0, count), hasQuote)
    if (whole === undefined) continue
    const tails = [1, 2]
      .filter((start) => start < count)
      .map((start) => introduce(parts.slice(start, count), hasQuote))
    // The answer stands right above the line that introduces the quotation and is no part of it.
    const beginsLater = tails.includes('anchored') || (whole === 'loose' && tails.includes('loose'))
    return beginsLater ? 0 : count
  }
  return 0
}

function introduce(parts: readonly string[], isFollowedByQuote: boolean): Introduction {
  const line = parts.join(' ')
  if (line.length > maxMarkLength) return undefined
  const hasAddress = address.test(line)
  const hasMoment = moment.test(line)
  if (!hasAddress && !hasMoment) return undefined
  if (anchored.some((pattern) => pattern.test(line))) return 'anchored'
  if (
    datedSenders.some((pattern) => pattern.test(line)) &&
    (hasAddress || isFollowedByQuote || named.test(line))
  )
    return 'anchored'
  // Any other language: the marks below it say what it is.
  return named.test(line) || (isFollowedByQuote && hasMoment) ? 'loose' : undefined
}
