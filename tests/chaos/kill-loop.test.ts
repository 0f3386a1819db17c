import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { InviteMe } from '@invite-me/core'
import { seededRandom } from '@invite-me/core/testing'
import { expect, test } from 'vitest'
import { CallLedger } from './call-ledger.ts'
import { damageOf } from './damage-of.ts'
import { leaseMs, openEngine } from './engine.ts'
import { hookChannel } from './hook-channel.ts'
import { startHttpProvider } from './http-provider.ts'
import { runKillLoop, type KillLog } from './kill-loop.ts'
import { startSmtpProvider } from './smtp-provider.ts'
import { judge, type Verdict } from './verdict.ts'
import { waitUntil } from '../peers/wait-until.ts'

const seed = Number(process.env['INVITE_ME_CHAOS_SEED'] ?? 20_261_122)
const messages = Number(process.env['INVITE_ME_CHAOS_MESSAGES'] ?? 10_000)
const kills = 33
/** Sends a worker has under way at most: 20 of the hook and 16 of e-mail. */
const mostUnderWay = 36

test('nothing that was accepted is lost, whenever its worker is killed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'invite-me-chaos-'))
  const file = join(folder, 'invites.db')
  const ledger = new CallLedger(seed)
  const [http, smtp] = await Promise.all([startHttpProvider(ledger), startSmtpProvider(ledger)])
  const hook = hookChannel({ port: http.port })
  const doorkeeper = await openEngine({ file, hook, smtpPort: smtp.port, dispatch: false })
  try {
    const begin = performance.now()
    const { log, worker } = await runKillLoop({
      messages,
      kills,
      random: seededRandom(seed).fraction,
      worker: { file, httpPort: http.port, smtpPort: smtp.port },
      doorkeeper,
      ledger,
    })
    // What has not ended by then is told by the verdict, message by message.
    await waitUntil('every message is final', () => isAllFinal(doorkeeper), 60_000).catch(() => undefined)
    worker.signal('SIGKILL')
    await worker.gone
    const { accepted } = log
    const verdict = await judge({ inviteMe: doorkeeper, damage: damageOf(file), ledger, seed, accepted })
    console.log(summary(log, verdict, ledger, performance.now() - begin))

    expect(verdict.broken.slice(0, 20)).toEqual([])
    expect(log.accepted.size).toBe(messages)
    expect(verdict.sent + verdict.failed).toBe(messages)
    expect(verdict.doubles).toBeLessThanOrEqual(verdict.unknownByCrash + verdict.unknownByProvider)
    // Kills that hit nothing would prove nothing.
    expect(verdict.unknownByCrash).toBeGreaterThan(0)
    expect(verdict.unknownByCrash).toBeLessThanOrEqual(log.kills * mostUnderWay)
    expect(log.killsWithCalls).toBeGreaterThan(kills / 2)
  } finally {
    await doorkeeper.stop()
    await Promise.all([http.close(), smtp.close()])
    await rm(folder, { recursive: true })
  }
})

async function isAllFinal(inviteMe: InviteMe): Promise<boolean> {
  const counts = await inviteMe.deliveries.counts()
  return Object.keys(counts).every((state) => state === 'sent' || state === 'failed')
}

function summary(log: KillLog, verdict: Verdict, ledger: CallLedger, tookMs: number): string {
  const restarts = log.restartMs.toSorted((a, b) => a - b)
  const figures = [
    `${String(log.accepted.size)} accepted (${String(log.acceptedByPipe)} over the pipe)`,
    `${String(log.kills)} kills (${String(log.killsWithCalls)} amid calls)`,
    `${String(ledger.total('calls'))} calls`,
    `${String(ledger.total('taken'))} taken`,
    `${String(verdict.doubles)} doubles of ${String(verdict.unknownByCrash)} unknown by kill and ${String(verdict.unknownByProvider)} by provider`,
    `${String(verdict.failed)} failed as planned`,
    `lost ${String(verdict.broken.filter((sentence) => sentence.includes('LOST')).length)}`,
    `restart to first call ${String(Math.round(restarts[restarts.length >> 1] ?? 0))} ms (most ${String(Math.round(restarts.at(-1) ?? 0))})`,
    `lease ${String(leaseMs)} ms`,
    `${String(Math.round(tookMs / 1_000))} s`,
  ]
  return `chaos: ${figures.join(' · ')}`
}
