import { choice, date, number, rsvp, text, yesNo, type AnswerType } from '@invite-me/core'
import { InviteMeError } from '@invite-me/core/channel'

/**
 * Reads the value of `--answer`.
 *
 * - `yes-no`, `text`, `number`, `date`, `rsvp`
 * - `choice:A,B,C` one of them, `poll:A,B,C` several; `fish=Fish or meat` gives a value and its label
 * - `text:200` at most so many characters, `number:1..10` a range, `rsvp:4` the largest party
 *
 * @throws InviteMeError `REQUEST_INVALID` when it is none of these
 */
export function readAnswerOption(option: string): AnswerType<unknown> {
  const colon = option.indexOf(':')
  const kind = colon === -1 ? option : option.slice(0, colon)
  const detail = colon === -1 ? undefined : option.slice(colon + 1)
  switch (kind) {
    case 'yes-no':
      return yesNo()
    case 'choice':
      return choice(readOptions(kind, detail))
    case 'poll':
      return choice(readOptions(kind, detail), { multiple: true })
    case 'text':
      return text(detail === undefined ? {} : { maxLength: readNumber(kind, detail) })
    case 'number':
      return number(detail === undefined ? {} : readRange(detail))
    case 'date':
      return date()
    case 'rsvp':
      return rsvp(detail === undefined ? {} : { maxParty: readNumber(kind, detail) })
    default:
      throw refuse(
        `"${option}" is no type of answer; there are yes-no, choice:A,B, poll:A,B, text, number, date and rsvp.`,
      )
  }
}

function readOptions(
  kind: string,
  detail = '',
): readonly { readonly value: string; readonly label: string }[] {
  const options = detail
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => {
      const [value = '', label = value] = part.split(/\s*=\s*(.*)/s)
      return { value, label }
    })
  if (options.length < 2)
    throw refuse(`A ${kind} needs at least two options, for example ${kind}:Fish,Vegetarian.`)
  return options
}

function readRange(detail: string): { readonly min?: number; readonly max?: number } {
  const match = /^(.*)\.\.(.*)$/.exec(detail)
  if (match === null) throw refuse('A range of numbers looks like number:1..10, number:0.. or number:..10.')
  const [, min = '', max = ''] = match
  return {
    ...(min === '' ? {} : { min: readNumber('number', min) }),
    ...(max === '' ? {} : { max: readNumber('number', max) }),
  }
}

function readNumber(kind: string, detail: string): number {
  const value = Number(detail)
  if (detail.trim() === '' || !Number.isFinite(value)) {
    throw refuse(`"${kind}:${detail}" is not understood; after the colon comes a number.`)
  }
  return value
}

function refuse(message: string): InviteMeError {
  return new InviteMeError('REQUEST_INVALID', message, { field: '--answer' })
}
