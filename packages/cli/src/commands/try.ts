import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { createInviteMe, type InviteMe } from '@invite-me/core'
import { sqlite } from '@invite-me/core/sqlite'
import { createCatcher, type Catcher } from '@invite-me/server/catcher'
import { listenOnLoopback } from '@invite-me/server/listen'
import { logTo } from '../engine.ts'
import { exitCodes, type ExitCode } from '../exit-code.ts'
import { createMovableClock, type MovableClock } from '../movable-clock.ts'
import type { Session } from '../session.ts'
import { listenForTryCommands, type TryAnswer, type TryCommand } from '../try-control.ts'
import { playRound, tryPerson } from '../try-round.ts'
import { tryStateFile, writeTryState } from '../try-state.ts'

/** The flags of `try`, as the command line parses them. */
export interface TryFlags {
  readonly auto?: boolean
  readonly question: string
  readonly port?: number
  readonly keep?: string
}

/** Asks a question on fake media and shows what came of it; again and again while somebody is there to press Enter. */
export async function tryIt(session: Session, flags: TryFlags): Promise<ExitCode> {
  const { host, output } = session
  const isAlone = flags.auto === true || host.stdin.isTTY !== true || host.stdout.isTTY !== true
  const undo: (() => unknown)[] = []
  try {
    const { inviteMe, catcher, url } = await openTry(session, flags, undo)
    output.result(
      { type: 'ready', url },
      () => `A phone, a chat and a mailbox, all of them fake: ${output.paint.bold(url)}`,
    )
    if (isAlone) undo.push(answerByItself(inviteMe, catcher))
    do {
      await playRound(session, inviteMe, { question: flags.question, isAlone })
    } while (!isAlone && (await pressesEnter(session)))
    return exitCodes.done
  } finally {
    for (const step of undo.toReversed()) await step()
  }
}

interface OpenTry {
  readonly inviteMe: InviteMe
  readonly catcher: Catcher
  readonly url: string
}

/** @param undo gets what must be undone in the end, in the order it was done */
async function openTry(session: Session, flags: TryFlags, undo: (() => unknown)[]): Promise<OpenTry> {
  const { host, output } = session
  const named = flags.keep ?? session.flags.db
  const kept = named === undefined ? undefined : resolve(host.directory, named)
  const clock = createMovableClock()
  const catcher = createCatcher({ log: logTo(output) })
  const page = await listenOnLoopback(catcher.handler, { port: flags.port ?? 0 })
  undo.push(page.close, catcher.close)
  const inviteMe = await createInviteMe({
    store: sqlite(kept ?? temporaryFile(undo)),
    channels: catcher.channels,
    portal: { url: page.url },
    from: { name: 'invite-me' },
    clock,
    log: logTo(output),
  })
  undo.push(() => inviteMe.stop({ deadlineMs: 2_000 }))
  catcher.attach(inviteMe)
  await inviteMe.recipients.upsert(tryPerson)

  const control = await listenForTryCommands((command) => obey(command, catcher, clock))
  undo.push(control.close)
  const files = [undefined, ...(kept === undefined ? [] : [kept])].map(tryStateFile)
  undo.push(...files.map((file) => writeTryState(file, control.state)))
  return { inviteMe, catcher, url: `${page.url}/` }
}

function temporaryFile(undo: (() => unknown)[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'invite-me-try-'))
  undo.push(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'try.db')
}

function obey(command: TryCommand, catcher: Catcher, clock: MovableClock): TryAnswer {
  switch (command.command) {
    case 'break':
      catcher.break(command.channel, command.isDown ? 'down' : 'refuses')
      break
    case 'mend':
      catcher.mend(command.channel)
      break
    case 'advance':
      clock.advance(command.byMs)
      break
  }
  return { broken: catcher.broken(), now: new Date(clock.now()).toISOString() }
}

/** Says yes to every message as soon as it has arrived. Returns a function that ends it. */
function answerByItself(inviteMe: InviteMe, catcher: Catcher): () => void {
  return inviteMe.on('delivery.delivered', () => {
    for (const { id, answer, replies } of catcher.messages()) {
      if (answer !== undefined && replies.length === 0) void catcher.answer(id, { kind: 'text', text: 'Yes' })
    }
  })
}

/** Waits for Enter. @returns false when the person ends the program instead */
async function pressesEnter({ host, output }: Session): Promise<boolean> {
  if (host.stop.aborted) return false
  output.remark('Press Enter to ask again, Ctrl-C to end.')
  // Not as a terminal: that would switch it to raw mode, in which Ctrl-C is a key like others.
  const lines = createInterface({ input: host.stdin, terminal: false })
  try {
    return await new Promise<boolean>((resolvePress) => {
      lines.once('line', () => resolvePress(true))
      lines.once('close', () => resolvePress(false))
      host.stop.addEventListener('abort', () => resolvePress(false), { once: true })
    })
  } finally {
    lines.close()
  }
}
