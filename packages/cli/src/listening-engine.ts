import type { InviteMe } from '@invite-me/core'
import type { Channel } from '@invite-me/core/channel'
import { listenForAnswers, type ListenerFlags, type OpenWays } from './answer-listeners.ts'
import type { Settings } from './config.ts'
import { channelNames, requireChannels } from './configured-channels.ts'
import { withInviteMe } from './engine.ts'
import { settingsOf, type Session } from './session.ts'

/** The flags of commands that send, and may wait for answers. */
export interface ListeningFlags extends ListenerFlags {
  readonly via?: readonly string[]
}

/** What such a command works with. */
export interface ListeningWorld {
  readonly inviteMe: InviteMe
  readonly settings: Settings
  readonly channels: readonly Channel[]
  /** Address under which people answer; absent without a portal. */
  readonly portalUrl: string | undefined
  readonly ways: OpenWays
}

/**
 * Opens the engine with every channel in use, takes part in sending, and takes in answers by the ways of the flags while
 * some work is done; closes everything again, whatever happened.
 *
 * @returns what `work` returned
 */
export async function withListeningEngine<Result>(
  session: Session,
  flags: ListeningFlags,
  work: (world: ListeningWorld) => Promise<Result>,
): Promise<Result> {
  const settings = await settingsOf(session)
  const channels = await requireChannels(channelNames(settings, flags.via), settings, session)
  const listeners = await listenForAnswers(session, { settings, channels, flags })
  const portalUrl = listeners.portalUrl ?? settings.portalUrl
  try {
    const options = { settings, channels, portalUrl, dispatch: true }
    return await withInviteMe(session, options, async (inviteMe) => {
      const ways = await listeners.open(inviteMe)
      const result = await work({ inviteMe, settings, channels, portalUrl, ways })
      // Before the engine stops, so that nobody's answer meets one that takes nothing any more.
      await listeners.close()
      return result
    })
  } finally {
    await listeners.close()
  }
}
