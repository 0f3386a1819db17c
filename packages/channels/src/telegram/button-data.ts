import { createHmac } from 'node:crypto'
import { isSameSecret } from '../shared/webhook.ts'

/**
 * What a button sends back: the token of the message, a signature, and which answer it is.
 *
 * Anybody in a group can read the buttons' data, and a changed Telegram program can send any data in the name of any message
 * (Bot API 10.1, `CallbackQuery.data`). So each button is signed for the one person it was made for, or for everybody: the
 * bot's token is the key, and no state is needed to tell whose button it was.
 */
export interface ButtonData {
  readonly replyToken: string
  readonly signature: string
  /** An option's value, or its number from 1 where the value is too long for a button. */
  readonly answer:
    | { readonly kind: 'value'; readonly value: string }
    | { readonly kind: 'number'; readonly number: number }
}

/** Most bytes of `callback_data` (Bot API 10.1, `InlineKeyboardButton`, seen 2026-11-22). */
const maxBytes = 64
/** Characters of a signature: 48 bits, against which a guess has to be made at Telegram's pace. */
const signatureLength = 8

const spelling = /^([A-Za-z0-9_-]{16,48}):([A-Za-z0-9_-]{8})(?:=(.{1,64})|#([1-9]\d{0,2}))$/su

/** Who made the buttons, and for whom. */
export interface ButtonMaker {
  readonly botToken: string
  readonly replyToken: string
  /** The only person who may press; absent: everybody in the chat. */
  readonly user: number | undefined
}

/**
 * Writes the data of a message's buttons, in order.
 *
 * @param values options' values; when one is too long for a button, all buttons carry their numbers
 * @param canBeNumbered whether a number can only mean a place in the list
 * @returns `undefined` when the values do not fit and numbers would not do
 */
export function buttonData(
  maker: ButtonMaker,
  values: readonly string[],
  canBeNumbered: boolean,
): readonly string[] | undefined {
  const start = `${maker.replyToken}:${signatureOf(maker)}`
  const fits = (data: string) => Buffer.byteLength(data) <= maxBytes
  const byValue = values.map((value) => `${start}=${value}`)
  if (byValue.every(fits)) return byValue
  const byNumber = values.map((_value, index) => `${start}#${String(index + 1)}`)
  return canBeNumbered && byNumber.every(fits) ? byNumber : undefined
}

/** Reads what a button sent; `undefined` when it is none of ours. */
export function readButtonData(data: string): ButtonData | undefined {
  const [, replyToken, signature, value, number] = spelling.exec(data) ?? []
  if (replyToken === undefined || signature === undefined) return undefined
  const answer =
    value === undefined
      ? ({ kind: 'number', number: Number(number) } as const)
      : ({ kind: 'value', value } as const)
  return { replyToken, signature, answer }
}

/** Whether a button was made for this person, or for everybody. */
export function isForUser({ replyToken, signature }: ButtonData, botToken: string, user: number): boolean {
  return [user, undefined].some((one) =>
    isSameSecret(signature, signatureOf({ botToken, replyToken, user: one })),
  )
}

function signatureOf({ botToken, replyToken, user }: ButtonMaker): string {
  return createHmac('sha256', botToken)
    .update(`button ${replyToken} ${user === undefined ? 'everybody' : String(user)}`)
    .digest('base64url')
    .slice(0, signatureLength)
}
