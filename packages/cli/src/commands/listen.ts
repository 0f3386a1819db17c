import { openAnswerFeed } from '../answer-feed.ts'
import type { OpenWays } from '../answer-listeners.ts'
import { exitCodes, type ExitCode } from '../exit-code.ts'
import { withListeningEngine, type ListeningFlags } from '../listening-engine.ts'
import type { Session } from '../session.ts'
import { stopOf } from '../stop-of.ts'

/** Takes in answers and sends what falls due, until it is stopped; prints the answers as they come. */
export async function listen(session: Session, flags: ListeningFlags): Promise<ExitCode> {
  const { host, output } = session
  return withListeningEngine(session, { ...flags, wait: true }, async ({ inviteMe, ways }) => {
    const feed = openAnswerFeed(session, inviteMe)
    output.result({ type: 'ready', ...ways }, () => 'Listening; Ctrl-C ends it, nothing is lost.')
    if (isDeaf(ways)) {
      output.remark(
        'Only what is due is sent: add --poll, --listen-mail or --portal-port to take in answers.',
      )
    }
    await stopOf(host.stop)
    await feed.end()
    return exitCodes.done
  })
}

function isDeaf({ portal, mailPort, poll }: OpenWays): boolean {
  return portal === null && mailPort === null && poll.length === 0
}
