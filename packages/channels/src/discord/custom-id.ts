/** What a component of ours does when somebody uses it; travels in its `custom_id`. */
export type ComponentUse =
  /** A button that is an answer. */
  | { readonly does: 'press'; readonly token: string; readonly value: string }
  /** A list of which one is picked; a question with many options has several pages of it. */
  | { readonly does: 'pick'; readonly token: string; readonly page: number }
  | { readonly does: 'pick-several'; readonly token: string }
  /** A button that opens a window to write in; `isLong` for more than one line. */
  | { readonly does: 'open'; readonly token: string; readonly isLong: boolean }
  /** That window. */
  | { readonly does: 'write'; readonly token: string }

/**
 * Writes a `custom_id`: at most 100 characters (docs.discord.com, "Custom ID"), of which a token takes 26 and an option's value
 * up to 64.
 */
export function writeCustomId(use: ComponentUse): string {
  switch (use.does) {
    case 'press':
      return `press ${use.token} ${use.value}`
    case 'pick':
      return `pick ${use.token} ${String(use.page)}`
    case 'open':
      return `open ${use.token} ${use.isLong ? 'long' : 'short'}`
    case 'pick-several':
    case 'write':
      return `${use.does} ${use.token}`
  }
}

/** Reads it back; `undefined` when it is none of ours. */
export function readCustomId(text: string): ComponentUse | undefined {
  const [, does = '', token = '', rest = ''] = /^(\S+) (\S+)(?: (.*))?$/su.exec(text) ?? []
  if (token === '') return undefined
  switch (does) {
    case 'press':
      return rest === '' ? undefined : { does, token, value: rest }
    case 'pick':
      return { does, token, page: Number(rest) }
    case 'open':
      return { does, token, isLong: rest === 'long' }
    case 'pick-several':
    case 'write':
      return { does, token }
    default:
      return undefined
  }
}
