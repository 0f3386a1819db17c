/**
 * The channel that takes the addresses of a column `phone`: the first SMS channel in use, else the first known by its name.
 *
 * @param inUse names of the channels set up, in their order
 * @param known names that may be meant too; default none
 * @returns `sms` when there is none at all
 */
export function phoneChannelAmong(inUse: readonly string[], known: readonly string[] = []): string {
  return inUse.find((name) => name === 'smpp' || isNamedSms(name)) ?? known.find(isNamedSms) ?? 'sms'
}

function isNamedSms(name: string): boolean {
  return name === 'sms' || name.endsWith('-sms')
}
