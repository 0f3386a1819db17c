import { answersCsvHeader, answersCsvRow } from '@invite-me/core'
import { withInviteMe } from '../engine.ts'
import { exitCodes, type ExitCode } from '../exit-code.ts'
import { settingsOf, type Session } from '../session.ts'
import type { TextSink } from '../text-sink.ts'

/** The flags of `answers`, as the command line parses them. */
export interface AnswersFlags {
  readonly format: 'csv' | 'ndjson'
}

/** Characters that are written at once, about. */
const chunkCharacters = 64_000

/** Prints what became of a question, a row a person: in portions, as fast as they are read. */
export async function answers(session: Session, messageId: string, flags: AnswersFlags): Promise<ExitCode> {
  const settings = await settingsOf(session)
  const { stdout, stop } = session.host
  const isCsv = flags.format === 'csv' && !session.output.isJson
  return withInviteMe(session, { settings }, async (inviteMe) => {
    let text = ''
    let isBegun = false
    for await (const row of inviteMe.invitations.export(messageId)) {
      if (isCsv && !isBegun) text = answersCsvHeader()
      isBegun = true
      text += isCsv ? answersCsvRow(row) : `${JSON.stringify(row)}\n`
      if (stop.aborted) return exitCodes.interrupted
      if (text.length < chunkCharacters) continue
      await write(stdout, text)
      text = ''
    }
    if (text !== '') await write(stdout, text)
    return exitCodes.done
  })
}

/** Resolves when it was taken: a slow reader holds the export up, and memory stays what it is. */
function write(sink: TextSink, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    sink.write(text, (error) => {
      if (error === undefined || error === null) resolve()
      else reject(error)
    })
  })
}
