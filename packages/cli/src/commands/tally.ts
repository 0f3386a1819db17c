import type { AnswerTally, FieldTally, NumberTally, QuorumStanding, Tally } from '@invite-me/core'
import { isInviteMeError } from '@invite-me/core/channel'
import { withInviteMe } from '../engine.ts'
import { exitCodes, type ExitCode } from '../exit-code.ts'
import { plainText } from '../plain-text.ts'
import { settingsOf, type Session } from '../session.ts'

/** The flags of `tally`, as the command line parses them. */
export interface TallyFlags {
  /** Prints it again with each change, at most once a second, until nobody is left to answer. */
  readonly watch?: boolean
}

/** Widest bar, in characters. */
const barWidth = 30

/** Counts the answers to a question. */
export async function tally(session: Session, messageId: string, flags: TallyFlags): Promise<ExitCode> {
  const settings = await settingsOf(session)
  return withInviteMe(session, { settings }, async (inviteMe) => {
    const { invitations } = inviteMe
    if (flags.watch !== true) {
      print(session, await invitations.tally(messageId))
      return exitCodes.done
    }
    try {
      for await (const now of invitations.tallies(messageId, { signal: session.host.stop }))
        print(session, now)
    } catch (error) {
      if (!(isInviteMeError(error) && error.code === 'WAIT_ABORTED')) throw error
      return exitCodes.interrupted
    }
    return exitCodes.done
  })
}

function print({ output }: Session, counted: Tally): void {
  output.result(counted, () => describe(counted).join('\n'))
}

function describe({ asked, answered, states, answers, quorum }: Tally): readonly string[] {
  const others = Object.entries(states).filter(
    ([state, count]) => count > 0 && !['accepted', 'declined', 'answered'].includes(state),
  )
  const rest = others.map(([state, count]) => `, ${String(count)} ${state}`).join('')
  return [
    `${String(answered)} of ${String(asked)} answered${rest}`,
    ...describeAnswers(answers),
    ...(quorum === null ? [] : [describeQuorum(quorum)]),
  ]
}

function describeQuorum({ count, of, onReached, counted, reachedAt }: QuorumStanding): string {
  const which = typeof of === 'string' ? plainText(of) : String(of)
  const standing = reachedAt === null ? 'not reached' : `reached ${reachedAt.toISOString()}`
  return `quorum ${String(counted)} of ${String(count)} (${which}), then ${onReached}: ${standing}`
}

type Bar = readonly [name: string, count: number]

function describeAnswers(answers: AnswerTally): readonly string[] {
  switch (answers.type) {
    case 'yesNo':
      return bars([
        ['yes', answers.yes],
        ['no', answers.no],
      ])
    case 'choice':
      return bars(answers.options.map(({ label, count }) => [label, count]))
    case 'rsvp':
      return [
        ...bars([
          ['yes', answers.yes],
          ['maybe', answers.maybe],
          ['no', answers.no],
        ]),
        `${String(answers.heads)} come, ${String(answers.maybeHeads)} may come`,
      ]
    case 'date': {
      const others: readonly Bar[] = answers.others > 0 ? [['others', answers.others]] : []
      return bars([...answers.dates.map(({ value, count }): Bar => [value, count]), ...others])
    }
    case 'number':
      return [describeNumbers(answers)]
    case 'text':
      return [`${String(answers.count)} wrote something; read it with: invite-me answers`]
    case 'form':
      return Object.entries(answers.fields).flatMap(([name, field]) => describeField(name, field))
  }
}

function describeField(name: string, field: FieldTally): readonly string[] {
  const title = plainText(name)
  switch (field.kind) {
    case 'number':
      return [`${title}: ${describeNumbers(field)}`]
    case 'options':
      return [`${title}:`, ...bars(field.options.map(({ label, count }) => [label, count]))]
    case 'text':
      return [`${title}: ${String(field.count)} filled in`]
  }
}

function describeNumbers({ count, sum, min, max, mean }: NumberTally): string {
  if (mean === null) return 'no numbers yet'
  const rounded = Math.round(mean * 1_000) / 1_000
  return `${String(count)} numbers, sum ${String(sum)}, from ${String(min)} to ${String(max)}, mean ${String(rounded)}`
}

function bars(rows: readonly Bar[]): readonly string[] {
  const most = Math.max(1, ...rows.map(([, count]) => count))
  const named = rows.map(([name, count]) => [plainText(name), count] as const)
  const width = Math.max(0, ...named.map(([name]) => name.length))
  return named.map(
    ([name, count]) =>
      `  ${name.padEnd(width)}  ${'█'.repeat(Math.round((count / most) * barWidth))} ${String(count)}`,
  )
}
