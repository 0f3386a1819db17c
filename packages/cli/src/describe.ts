import type { Receipt } from '@invite-me/core'
import { plainText } from './plain-text.ts'
import { table } from './table.ts'

/** Says an answer's value in words: `true` is yes, `['a', 'b']` is a, b. Safe to print. */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (Array.isArray(value)) return value.map(describeValue).join(', ')
  if (typeof value === 'object') {
    if ('coming' in value && 'party' in value) {
      const party = Number(value.party)
      return party > 1 ? `${String(value.coming)}, ${party} people` : String(value.coming)
    }
    return Object.entries(value)
      .map(([name, part]) => `${plainText(name)}: ${describeValue(part)}`)
      .join(', ')
  }
  return plainText(typeof value === 'string' ? value : JSON.stringify(value))
}

/** Writes a moment as `2026-11-27 18:00:05` in the given zone, default the machine's. */
export function describeTime(moment: Date | null | undefined, zone?: string): string {
  // The Swedish order of date and time is the one of ISO 8601.
  return moment?.toLocaleString('sv-SE', zone === undefined ? {} : { timeZone: zone }) ?? ''
}

/** Draws receipts as a table, oldest first. */
export function receiptsTable(receipts: readonly Receipt[], zone?: string): string {
  return table<Receipt>(
    [
      { heading: 'time', cell: (receipt) => describeTime(receipt.at, zone) },
      { heading: 'receipt', cell: (receipt) => receipt.kind },
      { heading: 'channel', cell: (receipt) => receipt.channel },
      { heading: 'attempt', cell: (receipt) => receipt.attempt, align: 'right' },
      { heading: 'outcome', cell: (receipt) => receipt.outcome },
      { heading: 'code', cell: (receipt) => receipt.providerCode },
      {
        heading: 'detail',
        cell: (receipt) =>
          [receipt.detail, receipt.duplicatePossible ? 'possibly sent twice' : null]
            .filter((part) => part !== null)
            .join('; '),
      },
    ],
    receipts,
  )
}
