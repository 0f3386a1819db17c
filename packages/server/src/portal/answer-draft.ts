import type { AnswerSpec } from '@invite-me/core'

/** Values to show in a form before the person changes them, by field name as the browser posts it. */
export type AnswerDraft = Readonly<Record<string, readonly string[]>>

/** The values of one field of a draft; empty when it has none. */
export function draftValues(draft: AnswerDraft, name: string): readonly string[] {
  return Object.hasOwn(draft, name) ? (draft[name] ?? []) : []
}

/**
 * Turns a stored answer back into what a browser would have posted for it.
 *
 * @param value as an understood answer holds it; another shape gives an empty draft
 */
export function draftOf(spec: AnswerSpec, value: unknown): AnswerDraft {
  switch (spec.type) {
    case 'yesNo':
      return typeof value === 'boolean' ? { answer: [value ? 'yes' : 'no'] } : {}
    case 'rsvp': {
      if (typeof value !== 'object' || value === null) return {}
      const { coming, party }: { coming?: unknown; party?: unknown } = value
      return {
        answer: [String(coming)],
        ...(typeof party === 'number' && party > 0 && { party: [String(party)] }),
      }
    }
    case 'choice':
      return { answer: (Array.isArray(value) ? value : [value]).filter((one) => typeof one === 'string') }
    case 'text':
    case 'date':
      return typeof value === 'string' ? { answer: [value] } : {}
    case 'number':
      return typeof value === 'number' ? { answer: [String(value)] } : {}
    case 'form':
      return Object.fromEntries(flatten(value, []))
  }
}

function flatten(value: unknown, path: readonly string[]): readonly (readonly [string, readonly string[]])[] {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return [[path.join('.'), [String(value)]]]
  if (typeof value !== 'object' || value === null) return []
  if (Array.isArray(value)) return [[path.join('.'), value.map(String)]]
  return Object.entries(value).flatMap(([key, inner]) => flatten(inner, [...path, key]))
}
