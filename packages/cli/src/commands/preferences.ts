import type { Duration, PersonPreferences, PreferenceChange } from '@invite-me/core'
import { InviteMeError } from '@invite-me/core/channel'
import { describeTime } from '../describe.ts'
import { withInviteMe } from '../engine.ts'
import { exitCodes, type ExitCode } from '../exit-code.ts'
import { plainText } from '../plain-text.ts'
import { settingsOf, type Session } from '../session.ts'

/** The flags of `preferences set`, as the command line parses them. */
export interface PreferenceFlags {
  /** Channels, best first, separated by commas. */
  readonly order?: string
  /** `news`, `news@email` or `@email`, separated by commas; `none` for nothing. */
  readonly off?: string
  readonly on?: string
  /** `any`, `usual`, `09:00-21:00`, or a window in JSON. */
  readonly window?: string
  /** IANA zone; `none` forgets it. */
  readonly zone?: string
}

/** Shows what a person wants. */
export async function showPreferences(session: Session, externalId: string): Promise<ExitCode> {
  const settings = await settingsOf(session)
  return withInviteMe(session, { settings }, async (inviteMe) => {
    tell(session, externalId, await inviteMe.recipients.preferences(externalId))
    return exitCodes.done
  })
}

/** Changes what a person wants, in the parts that are named. */
export async function setPreferences(
  session: Session,
  externalId: string,
  flags: PreferenceFlags,
): Promise<ExitCode> {
  const change = readChange(flags)
  const settings = await settingsOf(session)
  return withInviteMe(session, { settings }, async (inviteMe) => {
    tell(session, externalId, await inviteMe.recipients.setPreferences(externalId, change))
    return exitCodes.done
  })
}

/** Prints the address of a person's page of preferences. */
export async function linkPreferences(
  session: Session,
  externalId: string,
  { expires }: { readonly expires?: Duration },
): Promise<ExitCode> {
  const settings = await settingsOf(session)
  const { output } = session
  return withInviteMe(session, { settings }, async (inviteMe) => {
    const options = expires === undefined ? {} : { expiresIn: expires }
    const { url, expiresAt } = await inviteMe.recipients.preferencesLink(externalId, options)
    output.result({ externalId, url, expiresAt }, () => url)
    output.remark(`It is for them alone, until ${describeTime(expiresAt, settings.zone)}.`)
    return exitCodes.done
  })
}

function readChange({ order, off, on, window, zone }: PreferenceFlags): PreferenceChange {
  if ([order, off, on, window, zone].every((flag) => flag === undefined))
    throw new InviteMeError(
      'REQUEST_INVALID',
      'Say what is to change: --order, --off, --on, --window or --zone.',
      { field: '--off' },
    )
  return {
    ...(order !== undefined && { order: listOf(order) }),
    ...(off !== undefined && { off: listOf(off).map(readSwitch) }),
    ...(on !== undefined && { on: listOf(on).map(readSwitchOn) }),
    ...(window !== undefined && { window: readWindow(window) }),
    ...(zone !== undefined && { zone: zone === 'none' ? null : zone }),
  }
}

function listOf(text: string): string[] {
  if (text.trim() === 'none') return []
  return text.split(',').map((part) => part.trim())
}

/** `news`, `news@email` or `@email`. */
function readSwitch(text: string): { readonly category?: string; readonly channel?: string } {
  const [category = '', channel] = text.split('@', 2)
  return { ...(category !== '' && { category }), ...(channel !== undefined && { channel }) }
}

function readSwitchOn(text: string): { category: string; channel?: string } {
  const { category, channel } = readSwitch(text)
  if (category === undefined)
    throw new InviteMeError('REQUEST_INVALID', `"${text}" names no category; write news, or news@email.`, {
      field: '--on',
    })
  return { category, ...(channel !== undefined && { channel }) }
}

function readWindow(text: string): Exclude<PreferenceChange['window'], undefined> {
  if (text === 'usual') return null
  if (text === 'any') return 'any'
  const [, from, to] = /^(\d\d:\d\d)-(\d\d:\d\d)$/.exec(text) ?? []
  if (from !== undefined && to !== undefined) return { from, to }
  try {
    // The engine checks what it says.
    return JSON.parse(text) as Exclude<PreferenceChange['window'], undefined>
  } catch (cause) {
    throw new InviteMeError(
      'REQUEST_INVALID',
      'Write hours as any, usual, 09:00-21:00, or JSON such as {"mon":{"from":"18:00","to":"22:00"}}.',
      { field: '--window', cause },
    )
  }
}

function tell({ output }: Session, externalId: string, wants: PersonPreferences): void {
  output.result({ externalId, preferences: wants }, () => describe(externalId, wants))
}

function describe(externalId: string, { order, off, on, window, zone }: PersonPreferences): string {
  const switches = (
    list: readonly { readonly category?: string | undefined; readonly channel?: string | undefined }[],
  ) =>
    list.length === 0
      ? 'none'
      : list
          .map(({ category = '', channel }) => (channel === undefined ? category : `${category}@${channel}`))
          .join(', ')
  return [
    plainText(externalId),
    `order:  ${order.length === 0 ? 'as usual' : order.join(', ')}`,
    `off:    ${switches(off)}`,
    `on:     ${switches(on)}`,
    `hours:  ${hoursOf(window)}`,
    `zone:   ${zone ?? 'not known'}`,
  ].join('\n')
}

function hoursOf(window: PersonPreferences['window']): string {
  if (window === undefined) return 'as usual'
  if (window === 'any') return 'any'
  return Object.entries(window)
    .map(([day, spans]) => `${day} ${spans.map(({ from, to }) => `${from}-${to}`).join(' ')}`)
    .join(', ')
}
