import { InviteMeError, type Log } from '@invite-me/core/channel'
import type { BoundedMap } from '../../shared/bounded-map.ts'
import { handOver, type HandOverResult, type MailTaker } from '../hand-over.ts'
import type { OpenMailbox } from './mailbox-client.ts'

/** How unread mail is taken out of a mailbox. */
export interface TakeOptions {
  readonly receive: MailTaker
  readonly maxBytes: number
  readonly receiveTimeoutMs: number
  /** Tries for one mail that fails by itself. */
  readonly triesPerMail: number
  /** Where mail goes once it is taken; undefined: it stays, marked as read. */
  readonly moveTo: string | undefined
  readonly log: Log
  /** Tries that failed so far, by mail; kept over connections. */
  readonly failures: BoundedMap<string, number>
  /** Aborts when no further mail is to be begun. */
  readonly signal: AbortSignal
}

/**
 * Takes every unread mail, oldest first, one after the other. A mail is marked only after it was written down; what can
 * never be taken, and what failed too often, is marked as read and flagged, for a person to look at.
 *
 * @returns `done`, or `again` when something is left that a later round may take
 * @throws whatever the connection throws
 */
export async function takeUnseen(mailbox: OpenMailbox, options: TakeOptions): Promise<'done' | 'again'> {
  const found = await mailbox.client.search({ seen: false }, { uid: true })
  const uids = (Array.isArray(found) ? found : []).filter((uid) => typeof uid === 'number')
  let isDone = true
  for (const uid of uids.toSorted((one, other) => one - other)) {
    if (options.signal.aborted) return 'again'
    const result = await takeOne(mailbox, String(uid), options)
    if (result === 'unavailable') return 'again'
    if (result === 'failed') isDone = false
  }
  return isDone ? 'done' : 'again'
}

async function takeOne(mailbox: OpenMailbox, uid: string, options: TakeOptions): Promise<HandOverResult> {
  const { failures, log, maxBytes, triesPerMail } = options
  const mail = await mailbox.client.fetchOne(
    uid,
    // One byte more than is taken tells that there is more; the fetch does not mark it as read.
    { size: true, source: { maxLength: maxBytes + 1 } },
    { uid: true },
  )
  // Another program was faster.
  if (mail === undefined || mail === false || mail.source === undefined) return 'taken'
  const isTooLarge = mail.source.length > maxBytes || (mail.size ?? 0) > maxBytes
  const result = isTooLarge
    ? 'refused'
    : await handOver(Uint8Array.from(mail.source), {
        receive: options.receive,
        timeoutMs: options.receiveTimeoutMs,
      })
  const key = `${mailbox.uidValidity}:${uid}`
  switch (result) {
    case 'taken':
      failures.delete(key)
      await putAway(mailbox, uid, options.moveTo)
      return result
    case 'refused':
      log.warn('A mail in the mailbox cannot be taken; it is flagged.', { uid, isTooLarge })
      await mark(mailbox, uid, ['\\Seen', '\\Flagged'])
      return result
    case 'failed': {
      const tries = (failures.get(key) ?? 0) + 1
      failures.set(key, tries)
      if (tries < triesPerMail) return result
      failures.delete(key)
      log.error('A mail in the mailbox failed too often; it is flagged.', { uid, tries })
      await mark(mailbox, uid, ['\\Seen', '\\Flagged'])
      return 'refused'
    }
    case 'unavailable':
      return result
  }
}

async function putAway(mailbox: OpenMailbox, uid: string, moveTo: string | undefined): Promise<void> {
  await mark(mailbox, uid, ['\\Seen'])
  if (moveTo === undefined) return
  const move = () => mailbox.client.messageMove(uid, moveTo, { uid: true })
  if ((await move()) !== false) return
  await mailbox.client.mailboxCreate(moveTo)
  if ((await move()) === false)
    throw new InviteMeError('OPTIONS_INVALID', 'The mail cannot be moved to the folder for taken mail.', {
      field: 'moveTo',
    })
}

async function mark({ client }: OpenMailbox, uid: string, flags: string[]): Promise<void> {
  if (await client.messageFlagsAdd(uid, flags, { uid: true })) return
  throw new InviteMeError('OPTIONS_INVALID', 'Mail in the mailbox cannot be marked as read.', {
    field: 'mailbox',
  })
}
