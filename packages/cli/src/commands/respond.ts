import type { AnswerInput } from '@invite-me/core'
import { InviteMeError } from '@invite-me/core/channel'
import { describeTime, describeValue } from '../describe.ts'
import { withInviteMe } from '../engine.ts'
import { exitCodes, type ExitCode } from '../exit-code.ts'
import { plainText } from '../plain-text.ts'
import { settingsOf, type Session } from '../session.ts'

/** The flags of `respond`, as the command line parses them. */
export interface RespondFlags {
  /** How the answer is meant: as words a person wrote, as a button's value, or as JSON. */
  readonly as: 'text' | 'option' | 'json'
}

/** Answers on somebody's behalf. */
export async function respond(
  session: Session,
  invitationId: string,
  answer: string,
  flags: RespondFlags,
): Promise<ExitCode> {
  const input = inputOf(answer, flags.as)
  const settings = await settingsOf(session)
  return withInviteMe(session, { settings }, async (inviteMe) => {
    const receipt = await inviteMe.respond(invitationId, input)
    const { output } = session
    switch (receipt.status) {
      case 'counted':
      case 'repeated': {
        output.result(receipt, () => {
          const until = receipt.changeableUntil
          const change =
            until === null ? '' : `; it can be changed until ${describeTime(until, settings.zone)}`
          const status = receipt.status === 'counted' ? 'Counted' : 'Already counted'
          return `${output.paint.green('✓')} ${status}: ${describeValue(receipt.value)} (answer ${receipt.revision})${change}`
        })
        return exitCodes.done
      }
      case 'refused':
      case 'unclear':
        output.result(receipt, () => `${output.paint.yellow('?')} Not counted: ${plainText(receipt.hint)}`)
        return exitCodes.usage
      case 'late':
        output.result(receipt, () => `${output.paint.red('!')} Too late: the question is ${receipt.reason}`)
        return exitCodes.failed
    }
  })
}

function inputOf(answer: string, as: RespondFlags['as']): AnswerInput {
  if (as === 'text') return { kind: 'text', text: answer }
  if (as === 'option') return { kind: 'option', value: answer }
  return { kind: 'value', value: parseJson(answer) }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new InviteMeError(
      'REQUEST_INVALID',
      'The answer is not valid JSON; in a shell, put it in single quotes.',
      {
        field: 'answer',
        cause,
      },
    )
  }
}
