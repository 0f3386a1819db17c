import { accessSync, constants, existsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { isInviteMeError, type InviteMeError } from '@invite-me/core/channel'
import type { Settings } from '../config.ts'
import { checkChannel } from '../check-channel.ts'
import { checkWaiting } from '../check-waiting.ts'
import { reportChecks, type Check } from '../checks.ts'
import { channelNames, configuredChannels } from '../configured-channels.ts'
import { withInviteMe } from '../engine.ts'
import type { ExitCode } from '../exit-code.ts'
import { readMailboxSettings } from '../inbound-settings.ts'
import { settingsOf, type Session } from '../session.ts'

/** Longest wait for the portal. */
const portalMs = 5_000

/** Looks whether everything is in order, without sending anything. */
export async function doctor(session: Session): Promise<ExitCode> {
  return reportChecks(session, await runChecks(session))
}

async function runChecks(session: Session): Promise<readonly Check[]> {
  const node: Check = { name: 'node', status: 'ok', detail: `Node ${process.versions.node}` }
  let settings: Settings
  try {
    settings = await settingsOf(session)
  } catch (error) {
    if (!isInviteMeError(error)) throw error
    return [
      node,
      { name: 'settings', status: 'broken', detail: error.message, todo: 'Correct the config file.' },
    ]
  }
  const configured = await configuredChannels(channelNames(settings), settings, session)
  return [
    node,
    ...checkSettings(settings),
    ...(await checkDatabase(session, settings)),
    ...(await Promise.all(configured.map(checkChannel))),
    ...checkMailbox(settings),
    ...(configured.length === 0 ? [noChannel] : []),
    await checkPortal(settings.portalUrl),
  ]
}

const noChannel: Check = {
  name: 'channels',
  status: 'warning',
  detail: 'none is set up',
  todo: 'Set one up in invite-me.config.yaml, or add --via log to see how it works.',
}

/** Only whether it is set as it must be: reading it would take mail out of it. */
function checkMailbox({ mailbox }: Settings): readonly Check[] {
  if (mailbox === undefined) return []
  const name = 'mailbox'
  try {
    return [
      { name, status: 'ok', detail: `set up on ${readMailboxSettings(mailbox).host}; it is not opened here` },
    ]
  } catch (error) {
    if (!isInviteMeError(error)) throw error
    return [{ name, status: 'broken', detail: error.message, todo: 'Correct its settings.' }]
  }
}

function checkSettings({ configFile, unknownVariables }: Settings): readonly Check[] {
  const detail = configFile ?? 'no config file; environment and flags only'
  if (unknownVariables.length === 0) return [{ name: 'settings', status: 'ok', detail }]
  const names = unknownVariables.join(', ')
  return [
    {
      name: 'settings',
      status: 'warning',
      detail: `nothing is set by ${names}`,
      todo: 'Check the spelling of these variables.',
    },
  ]
}

/** Opens the database, which also brings it up to date, and looks for what waits in it. Makes no file. */
async function checkDatabase(session: Session, settings: Settings): Promise<readonly Check[]> {
  const file = settings.store.kind === 'sqlite' ? checkFile(settings.db) : atPlace(settings)
  const isThere = settings.store.kind !== 'sqlite' || existsSync(settings.db)
  if (file.status === 'broken' || !isThere) return [file]
  try {
    const waiting = await withInviteMe(session, { settings }, (inviteMe) =>
      checkWaiting(inviteMe, channelNames(settings), new Date()),
    )
    return [file, ...waiting]
  } catch (error) {
    if (!isInviteMeError(error)) throw error
    return [{ name: 'database', status: 'broken', detail: error.message, todo: todoFor(error) }]
  }
}

/** Whether a server answers is found out by opening the workspace. */
function atPlace({ db }: Settings): Check {
  return { name: 'database', status: 'ok', detail: db }
}

function checkFile(db: string): Check {
  const exists = existsSync(db)
  try {
    if (exists && !statSync(db).isFile()) {
      return {
        name: 'database',
        status: 'broken',
        detail: `${db} is not a file`,
        todo: 'Name a file with --db.',
      }
    }
    accessSync(exists ? db : dirname(db), constants.R_OK | constants.W_OK)
    // SQLite writes its journal beside the file.
    accessSync(dirname(db), constants.W_OK)
    return {
      name: 'database',
      status: 'ok',
      detail: exists ? db : `${db} will be made with the first question`,
    }
  } catch {
    return {
      name: 'database',
      status: 'broken',
      detail: `${db} cannot be written`,
      todo: 'Give this user write permission for the file and its folder, or name another file with --db.',
    }
  }
}

function todoFor(error: InviteMeError): string {
  if (error.code === 'STORE_NEWER') return 'Upgrade invite-me.'
  if (error.code === 'STORE_FULL') return 'Make room on the disk.'
  return 'Restore the file from a backup, or name another with --db.'
}

async function checkPortal(url: string | undefined): Promise<Check> {
  if (url === undefined) {
    return {
      name: 'portal',
      status: 'warning',
      detail: 'no address is set, so messages carry no links to answer by',
      todo: 'Set portal.url or INVITE_ME_PORTAL_URL, or ask with --wait --portal-port.',
    }
  }
  try {
    const { status } = await fetch(url, {
      method: 'HEAD',
      redirect: 'manual',
      signal: AbortSignal.timeout(portalMs),
    })
    if (status < 500) return { name: 'portal', status: 'ok', detail: `${url} answers (${status})` }
    return {
      name: 'portal',
      status: 'warning',
      detail: `${url} answers ${status}`,
      todo: 'Look at the logs of the portal.',
    }
  } catch {
    return {
      name: 'portal',
      status: 'warning',
      detail: `${url} does not answer from here`,
      todo: 'Start the portal, or check the address: people will follow it.',
    }
  }
}
