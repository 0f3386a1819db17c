import {
  isSupportedCountry,
  parsePhoneNumberFromString,
  type CountryCode,
  type NumberType,
} from 'libphonenumber-js/max'
import { z } from 'zod'

const numberTypes = [
  'FIXED_LINE',
  'MOBILE',
  'FIXED_LINE_OR_MOBILE',
  'PREMIUM_RATE',
  'TOLL_FREE',
  'SHARED_COST',
  'VOIP',
  'PERSONAL_NUMBER',
  'PAGER',
  'UAN',
  'VOICEMAIL',
] as const satisfies readonly NonNullable<NumberType>[]

/** What a number is for, as national numbering plans tell (libphonenumber's names). */
export type PhoneType = (typeof numberTypes)[number]

/**
 * Kinds of numbers an SMS should not go to: landlines do not show it, the others are services, cost more than a message or
 * belong to fraud. Where landlines and mobiles cannot be told apart (North America) a number passes.
 */
export const noTextTypes: readonly PhoneType[] = [
  'FIXED_LINE',
  'PREMIUM_RATE',
  'TOLL_FREE',
  'SHARED_COST',
  'PERSONAL_NUMBER',
  'PAGER',
  'UAN',
  'VOICEMAIL',
]

const country = z
  .string()
  .refine(
    (code): code is CountryCode => isSupportedCountry(code),
    'give a country as ISO 3166 writes it, such as DE',
  )

/** Options every channel with phone numbers offers; spread them into its schema. */
export const phoneOptions = {
  allowCountries: z
    .array(country)
    .min(1)
    .optional()
    .describe(
      'Countries messages may go to, such as ["DE", "AT"]; guards against fraud with far and dear numbers. Default: every country.',
    ),
  defaultCountry: country
    .optional()
    .describe('Country of numbers written without +. Default: such numbers are refused.'),
  refuseTypes: z
    .array(z.enum(numberTypes))
    .optional()
    .describe('Kinds of numbers that are refused, instead of the ones this channel refuses by itself.'),
}

/** How phone numbers are checked. */
export interface PhoneRules {
  readonly allowCountries?: readonly CountryCode[] | undefined
  readonly defaultCountry?: CountryCode | undefined
  /** Default {@link noTextTypes}. */
  readonly refuseTypes?: readonly PhoneType[] | undefined
}

/** A number in its one spelling (E.164, `+79123456789`), or why it cannot be one; the reason never repeats it. */
export type PhoneResult =
  | { readonly ok: true; readonly address: string }
  | { readonly ok: false; readonly reason: string }

/** Longest text looked at, in characters; E.164 has 15 digits at most. */
const maxLength = 60

/**
 * Makes the check a channel needs for its `address`: one number, in one spelling however it was written.
 *
 * Only the whole text is read as a number: nothing is pulled out of a sentence. Spaces, brackets, dots, dashes, `(0)` and
 * the invisible marks address books put around numbers do not matter; extensions, letters, full-width digits and lists are
 * refused. A number must lie in a range its country has assigned (libphonenumber's full data).
 *
 * @example phoneAddress({ defaultCountry: 'RU' })('8 912 345-67-89') // { ok: true, address: '+79123456789' }
 */
export function phoneAddress(rules: PhoneRules = {}): (raw: string) => PhoneResult {
  const { allowCountries, defaultCountry, refuseTypes = noTextTypes } = rules
  return (raw) => {
    const text = withoutMarks(raw)
    if (text === '') return refuse('it is empty')
    if (text.length > maxLength) return refuse(`it is longer than ${String(maxLength)} characters`)
    if (/[\uff00-\uffef]/.test(text)) return refuse('write it with ordinary digits')
    const number = parsePhoneNumberFromString(text, {
      extract: false,
      ...(defaultCountry !== undefined && { defaultCountry }),
    })
    if (number === undefined)
      return refuse(
        text.startsWith('+') || defaultCountry !== undefined
          ? 'it cannot be read as one number'
          : 'write it with + and the country’s code',
      )
    if (number.ext !== undefined) return refuse('numbers with an extension are not taken')
    if (!number.isValid()) return refuse('no country has such a number')
    const type = number.getType()
    if (type !== undefined && refuseTypes.includes(type)) return refuse(`it is ${typeNames[type]}`)
    if (
      allowCountries !== undefined &&
      (number.country === undefined || !allowCountries.includes(number.country))
    )
      return refuse('its country is not one this channel may send to')
    return { ok: true, address: number.number }
  }
}

/**
 * Whether a text without a channel's name is meant as a phone number: it begins with + and a country's code. Whether it is a
 * good one is the business of {@link phoneAddress}, which can say why not.
 */
export function looksLikePhone(text: string): boolean {
  return /^\+[\s(]*[1-9](?:[\s().\-/]*\d){6,14}[\s)]*$/.test(withoutMarks(text))
}

const typeNames: Readonly<Record<PhoneType, string>> = {
  FIXED_LINE: 'a landline',
  MOBILE: 'a mobile number',
  FIXED_LINE_OR_MOBILE: 'a landline or a mobile number',
  PREMIUM_RATE: 'a premium-rate number',
  TOLL_FREE: 'a toll-free number',
  SHARED_COST: 'a shared-cost number',
  VOIP: 'a number of Internet telephony',
  PERSONAL_NUMBER: 'a personal number that redirects at a price',
  PAGER: 'a pager',
  UAN: 'a company’s service number',
  VOICEMAIL: 'a mailbox for voice messages',
}

/** Drops spaces around a number, and the marks of writing direction that copying out of an address book adds. */
function withoutMarks(text: string): string {
  return text
    .replaceAll(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '')
    .replaceAll(/^[ \t\u00a0]+|[ \t\u00a0]+$/g, '')
}

function refuse(reason: string): PhoneResult {
  return { ok: false, reason: `not a phone number for this channel: ${reason}` }
}
