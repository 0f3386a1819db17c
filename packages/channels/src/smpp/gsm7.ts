/** The default alphabet in the order of its codes; 0x1B leads to {@link extension} (3GPP TS 23.038 §6.2.1). */
const alphabet =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u001bÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà'
/** Characters that take two places, and the code after 0x1B (§6.2.1.1). */
const extension: readonly (readonly [string, number])[] = [
  ['\f', 0x0a],
  ['^', 0x14],
  ['{', 0x28],
  ['}', 0x29],
  ['\\', 0x2f],
  ['[', 0x3c],
  ['~', 0x3d],
  [']', 0x3e],
  ['|', 0x40],
  ['€', 0x65],
]
const escape = 0x1b

const codes: ReadonlyMap<string, readonly number[]> = new Map<string, readonly number[]>([
  ...Array.from(alphabet, (character, code): [string, readonly number[]] => [character, [code]]).filter(
    ([, [code]]) => code !== escape,
  ),
  ...extension.map(([character, code]): [string, readonly number[]] => [character, [escape, code]]),
])

/**
 * Looks a character up in GSM-7.
 * @returns one code, or two that belong together; `undefined` when the alphabet does not have it
 */
export function gsm7Codes(character: string): readonly number[] | undefined {
  return codes.get(character)
}
