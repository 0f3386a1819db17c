import { createInviteMe, type InviteMe } from '@invite-me/core'
import type { Channel, Log } from '@invite-me/core/channel'
import { storeAt } from '@invite-me/core/workspace'
import type { Settings } from './config.ts'
import type { Output } from './output.ts'
import type { Session } from './session.ts'

/** How long `stop` lets sends under way finish, in milliseconds. */
const stopDeadlineMs = 10_000

/** How a command opens the engine. */
export interface EngineOptions {
  readonly settings: Settings
  readonly channels?: readonly Channel[]
  /** Address of the portal for this run; default the one of the settings. */
  readonly portalUrl?: string | undefined
  /** Takes part in sending; default false. */
  readonly dispatch?: boolean
}

/**
 * Opens the engine on the database of the settings, does some work and closes it again, whatever happened.
 *
 * @returns what `work` returned
 */
export async function withInviteMe<Result>(
  session: Session,
  { settings, channels = [], portalUrl = settings.portalUrl, dispatch = false }: EngineOptions,
  work: (inviteMe: InviteMe) => Promise<Result>,
): Promise<Result> {
  const { categories, from, locale, zone } = settings
  const inviteMe = await createInviteMe({
    store: storeAt(settings.store),
    channels,
    dispatch,
    log: logTo(session.output),
    ...(portalUrl === undefined ? {} : { portal: { url: portalUrl } }),
    ...(from === undefined ? {} : { from: { name: from } }),
    ...(locale === undefined ? {} : { locale }),
    ...(zone === undefined ? {} : { zone }),
    ...(categories === undefined ? {} : { categories }),
  })
  try {
    return await work(inviteMe)
  } finally {
    session.output.progress(undefined)
    await inviteMe.stop({ deadlineMs: stopDeadlineMs })
  }
}

/** Passes what the engine warns of to the person at the terminal. */
export function logTo(output: Output): Log {
  return {
    warn: (message, fields) => output.warning(message, fields),
    error: (message, fields) => output.warning(message, fields),
  }
}
