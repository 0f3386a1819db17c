import type { AnswerSpec } from '../model/answer.ts'
import type { FormField } from '../model/form-field.ts'
import type { InvitationState } from '../model/invitation.ts'
import type { AnswerTally, FieldTally, NumberTally, Tally, TallyCounts, ValueCount } from '../model/tally.ts'
import { fieldKind, mostTalliedDates, talliedFields } from '../model/tallied-field.ts'

/** Makes a tally of what was counted: every option has its count, also those nobody picked. */
export function tallyOf(messageId: string, spec: AnswerSpec, counts: TallyCounts): Tally {
  const states = { ...noStates, ...counts.states }
  return {
    messageId,
    asked: Object.values(states).reduce((sum, count) => sum + count, 0),
    states,
    answered: states.accepted + states.declined + states.answered,
    answers: answersOf(spec, counts, states),
    quorum: counts.quorum,
  }
}

const noStates: Readonly<Record<InvitationState, number>> = {
  pending: 0,
  accepted: 0,
  declined: 0,
  answered: 0,
  expired: 0,
  cancelled: 0,
  superseded: 0,
  unreachable: 0,
}

function answersOf(spec: AnswerSpec, counts: TallyCounts, states: Tally['states']): AnswerTally {
  const { values, numbers, texts } = counts
  switch (spec.type) {
    // A yes is an accepted one: who was forgotten since still counts.
    case 'yesNo':
      return { type: 'yesNo', yes: states.accepted, no: states.declined }
    case 'choice':
      return { type: 'choice', multiple: spec.multiple, options: optionCounts(spec.options, values) }
    case 'number':
      return { type: 'number', ...numberTally(numbers[0]) }
    case 'rsvp':
      return rsvpTally(values)
    case 'date':
      return dateTally(values, states.answered)
    case 'text':
      return { type: 'text', count: texts[0]?.count ?? 0 }
    case 'form':
      return {
        type: 'form',
        fields: Object.fromEntries(
          talliedFields(spec.schema).map((field) => [field.name, fieldTally(field, counts)]),
        ),
      }
  }
}

type Counted = TallyCounts['values']

function optionCounts(
  options: readonly Pick<ValueCount, 'value' | 'label'>[],
  values: Counted,
): readonly ValueCount[] {
  const counts = new Map(values.map(({ value, count }) => [value, count]))
  return options.map(({ value, label }) => ({ value, label, count: counts.get(value) ?? 0 }))
}

function numberTally(counted: Omit<NumberTally, 'mean'> | undefined): NumberTally {
  if (counted === undefined || counted.count === 0)
    return { count: 0, sum: null, min: null, max: null, mean: null }
  const { count, sum, min, max } = counted
  return { count, sum, min, max, mean: sum === null ? null : sum / count }
}

function rsvpTally(values: Counted): AnswerTally {
  const total = { yes: 0, no: 0, maybe: 0, heads: 0, maybeHeads: 0 }
  for (const { value, count } of values) {
    // Written by this engine itself.
    const { coming, party } = value as { readonly coming: 'yes' | 'no' | 'maybe'; readonly party: number }
    total[coming] += count
    if (coming === 'yes') total.heads += party * count
    if (coming === 'maybe') total.maybeHeads += party * count
  }
  return { type: 'rsvp', ...total }
}

function dateTally(values: Counted, answered: number): AnswerTally {
  const dates = values
    .map(({ value, count }) => ({ value: String(value), count }))
    .toSorted((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
  const shown = dates.reduce((sum, { count }) => sum + count, 0)
  return { type: 'date', dates, others: dates.length < mostTalliedDates ? 0 : answered - shown }
}

function fieldTally(field: FormField, { values, numbers, texts }: TallyCounts): FieldTally {
  const isOwn = (row: { readonly field: string }): boolean => row.field === field.name
  const kind = fieldKind(field)
  if (kind === 'number') return { kind, ...numberTally(numbers.find(isOwn)) }
  if (kind === 'text') return { kind, count: texts.find(isOwn)?.count ?? 0 }
  const options = field.kind === 'boolean' ? yesOrNo : field.options
  return { kind: 'options', options: optionCounts(options, values.filter(isOwn)) }
}

const yesOrNo = [
  { value: true, label: 'true' },
  { value: false, label: 'false' },
]
