import {
  isInviteMeError,
  yesNo,
  type InvitationResult,
  type InviteMe,
  type Receipt,
  type RecipientInput,
} from '@invite-me/core'
import { describeTime, receiptsTable } from './describe.ts'
import { listRows } from './pages.ts'
import { plainLines, plainText } from './plain-text.ts'
import type { Session } from './session.ts'

/** Who is asked by `try`: you, on all fake media. */
export const tryPerson: RecipientInput = {
  externalId: 'you',
  name: 'You',
  routes: { sms: '+15550100', telegram: 'you', email: 'you@guests.test' },
}

/** How a round is played. */
export interface RoundOptions {
  readonly question: string
  /** True when nobody is there to answer. */
  readonly isAlone: boolean
}

/** Asks once, waits for the answer and shows all that is known about it. Ends early when the person wants to end. */
export async function playRound(
  session: Session,
  inviteMe: InviteMe,
  { question, isAlone }: RoundOptions,
): Promise<void> {
  const { output, host } = session
  const { paint } = output
  const invitation = await inviteMe.ask('you', question, { answer: yesNo(), next: { unlessAnswered: '30m' } })
  if (!isAlone) {
    output.remark(`\n${paint.bold(plainText(question))}`)
    output.remark(
      'Open the page and answer on the fake phone. Or, from another terminal: invite-me clock advance 30m',
    )
  }
  let result: InvitationResult<boolean>
  try {
    result = await invitation.answer({ signal: host.stop })
  } catch (error) {
    if (host.stop.aborted && isInviteMeError(error)) return
    throw error
  }
  const why = await invitation.why()
  const receipts = await listRows<Receipt>((page) =>
    inviteMe.receipts.list({ invitationId: invitation.id }, page),
  )
  const document = {
    type: 'answer',
    invitationId: invitation.id,
    to: invitation.to,
    result,
    receipts,
    why: why.split('\n'),
  }
  output.result(document, () =>
    [
      '',
      `${paint.green('✓')} ${paint.bold(plainText(question))} ${describeResult(result)}`,
      '',
      receiptsTable(receipts),
      '',
      paint.bold('Why'),
      plainLines(why),
      '',
      paint.bold('The same in your program'),
      paint.cyan(program),
      '',
    ].join('\n'),
  )
  if (!isAlone)
    output.remark('See it fall back: run `invite-me break sms` in another terminal, then ask again.')
}

/** Shows the value as a program gets it. */
function describeResult(result: InvitationResult<boolean>): string {
  return 'value' in result
    ? `${result.kind}: ${JSON.stringify(result.value)} (${typeof result.value}) by ${plainText(result.via)}, ${describeTime(result.at)}`
    : `${result.kind}, ${describeTime(result.at)}`
}

const program = `import { createInviteMe, yesNo } from '@invite-me/core'
import { sqlite } from '@invite-me/core/sqlite'
import { email } from '@invite-me/channels/email'
const inviteMe = await createInviteMe({ store: sqlite('invites.db'), channels: [email({ smtp: 'smtp://localhost', from: 'me@example.org' })] })
const invitation = await inviteMe.ask('ann@example.org', 'Dinner on Friday at 8?', { answer: yesNo() })
console.log(await invitation.answer())`
