import { sqlite } from '@invite-me/core/sqlite'
import { createInviteMe, type Receipt } from '@invite-me/core'
import { InviteMeError, type Channel } from '@invite-me/core/channel'
import { requireChannels } from '../configured-channels.ts'
import { logTo } from '../engine.ts'
import { exitCodes, type ExitCode } from '../exit-code.ts'
import { settingsOf, type Session } from '../session.ts'

/** The flags of `channels test`, as the command line parses them. */
export interface ChannelTestFlags {
  readonly to: string
  readonly text: string
  readonly patience: number
}

/**
 * Sends one message by one channel to the address on the line and to nobody else, without touching the database. What is
 * tried again later elsewhere fails here.
 */
export async function testChannel(
  session: Session,
  name: string,
  flags: ChannelTestFlags,
): Promise<ExitCode> {
  const settings = await settingsOf(session)
  const [channel] = await requireChannels([name], settings, session)
  if (channel === undefined)
    throw new InviteMeError('CHANNEL_UNKNOWN', `There is no channel "${name}".`, { field: 'channel' })
  refuseImpossible(channel, flags.to)
  const { output } = session
  const receipt = await sendOne(session, channel, flags)
  const isAccepted = receipt?.kind === 'accepted'
  const { kind = 'waiting', providerCode = null, providerMessageId = null, detail = null } = receipt ?? {}
  output.result(
    { channel: name, outcome: receipt?.outcome ?? kind, providerCode, providerMessageId, detail },
    () => {
      const code = providerCode === null ? '' : ` (${providerCode})`
      return isAccepted
        ? `${output.paint.green('✓')} ${name} accepted it${detail === null ? '' : `: ${detail}`}`
        : `${output.paint.red('✗')} ${name}: ${detail ?? receipt?.outcome ?? 'no answer in time'}${code}`
    },
  )
  return isAccepted ? exitCodes.done : exitCodes.failed
}

function refuseImpossible(channel: Channel, to: string): void {
  const checked = channel.address?.(to)
  if (checked === undefined || checked.ok) return
  throw new InviteMeError(
    'ADDRESS_INVALID',
    `--to cannot be an address of "${channel.name}": ${checked.reason}.`,
    {
      field: '--to',
    },
  )
}

/** @returns how the first try ended; `undefined` when it did not in time */
async function sendOne(
  session: Session,
  channel: Channel,
  { to, text, patience }: ChannelTestFlags,
): Promise<Receipt | undefined> {
  const once = { tries: 1 }
  const inviteMe = await createInviteMe({
    store: sqlite(':memory:'),
    channels: [channel],
    policies: { retry: once },
    log: logTo(session.output),
  })
  try {
    const sent = await inviteMe.send({ routes: { [channel.name]: to } }, text, {
      until: `${String(patience)}ms`,
    })
    const signal = AbortSignal.any([session.host.stop, AbortSignal.timeout(patience)])
    await sent.settled({ signal }).catch((error: unknown) => {
      if (!(error instanceof InviteMeError) || error.code !== 'WAIT_ABORTED') throw error
    })
    const receipts = await inviteMe.receipts.list({ messageId: sent.messageId })
    return receipts.find(({ attempt }) => attempt !== null)
  } finally {
    await inviteMe.stop({ deadlineMs: 1_000 })
  }
}
