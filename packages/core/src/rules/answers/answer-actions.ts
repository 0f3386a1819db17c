import type { AnswerOption, AnswerSpec } from '../../model/answer.ts'
import { labelsFor } from './answer-labels.ts'

/**
 * Lists the ways to answer with one tap: yes and no, an option, yes/maybe/no. Each `value` is understood by `parseAnswer`
 * as `{ kind: 'option' }`.
 *
 * @returns empty for answers that need words, a form or several choices
 */
export function answerActions(spec: AnswerSpec, locale: string): readonly AnswerOption[] {
  const { yes, no, maybe } = labelsFor(locale)
  switch (spec.type) {
    case 'yesNo':
      return [
        { value: 'yes', label: yes },
        { value: 'no', label: no },
      ]
    case 'rsvp':
      return [
        { value: 'yes', label: yes },
        { value: 'maybe', label: maybe },
        { value: 'no', label: no },
      ]
    case 'choice':
      return spec.multiple ? [] : spec.options
    case 'text':
    case 'number':
    case 'date':
    case 'form':
      return []
  }
}
