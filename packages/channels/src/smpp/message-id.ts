import type { SmppOptions } from './options.ts'

/**
 * Writes a message id in one spelling, since some operators answer in hex and report in decimal, or with zeros before it.
 *
 * @param format how it is written here; `text` leaves it as it is
 */
export function canonicalId(id: string, format: SmppOptions['idFormat']['submit']): string {
  const text = id.trim()
  switch (format) {
    case 'text':
      return text
    case 'decimal':
      return /^\d{1,30}$/.test(text) ? BigInt(text).toString() : text
    case 'hex':
      return /^[0-9a-fA-F]{1,25}$/.test(text) ? BigInt(`0x${text}`).toString() : text
  }
}
