import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { yesNo, type InviteMe } from '@invite-me/core'
import { sqlite } from '@invite-me/core/sqlite'
import { seededRandom } from '@invite-me/core/testing'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { waitUntil } from '../peers/wait-until.ts'
import type { AnswerWorkerOptions } from './answer-worker.ts'
import { chatChannel, type ChatMoment, type Press } from './chat-channel.ts'
import { openChatEngine } from './chat-engine.ts'
import { startChatProvider, type ChatMessage, type ChatProvider } from './chat-provider.ts'
import { startScript, type ScriptProcess } from './worker-process.ts'

const seed = Number(process.env['INVITE_ME_CHAOS_SEED'] ?? 20_261_122)
const questions = 150
const kills = 12
const script = fileURLToPath(new URL('answer-worker.ts', import.meta.url))
const moments: readonly ChatMoment[] = ['before-edit', 'after-edit', 'after-answer']
const readySchema = z.object({ url: z.string() })

test('no answer and no edit is lost, whenever the worker is killed', { timeout: 120_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'invite-me-answers-'))
  const file = join(folder, 'invites.db')
  const { fraction: random } = seededRandom(seed)
  const people = new People(random)
  const chat = await startChatProvider(
    (message) => people.read(message),
    () => random() * 40,
  )
  const doorkeeper = await openChatEngine({ file, channel: chatChannel(chat.port), dispatch: false })
  let worker: ScriptProcess | undefined
  try {
    const start = async (more: Partial<AnswerWorkerOptions> = {}): Promise<ScriptProcess> => {
      const started = await startScript(script, { file, chatPort: chat.port, ...more })
      people.webhook = readySchema.parse(started.ready).url
      return started
    }
    worker = await start()
    const asked: string[] = []
    for (let kill = 1; kill <= kills; kill += 1) {
      while (asked.length < (questions * kill) / kills) asked.push(await ask(doorkeeper, asked.length))
      const timer = setTimeout(() => worker?.child.kill('SIGKILL'), 150 + random() * 600)
      await worker.gone
      clearTimeout(timer)
      // Some die at a point of their own choosing, amid an edit or between an answer and its receipt.
      const moment = moments[kill % 4]
      const killAt = { moment: moment ?? 'after-edit', passes: 1 + Math.floor(random() * 20) }
      worker = await start(moment === undefined || kill === kills ? {} : { killAt })
    }
    await people.allHeard(questions)
    const store = await sqlite(file).open()
    await waitUntil(
      'every edit has left',
      async () => (await store.edits.nextDueAt(['chat'])) === undefined,
      20_000,
    )
    await store.close()
    const nameless = await judge(doorkeeper, asked, { chat, people })
    const { sends, edits } = chat.abandoned
    console.log(
      `chaos: ${String(questions)} questions · ${String(people.presses)} answers, ${String(people.repeats)} of them told again · ` +
        `${String(kills)} kills, amid ${String(sends)} sends and ${String(edits)} edits · ` +
        `${String(nameless)} messages nobody knows of`,
    )
    expect(edits + people.repeats).toBeGreaterThan(0)
    expect(nameless).toBeLessThan(questions / 4)
  } finally {
    people.stop()
    worker?.child.kill('SIGKILL')
    await worker?.gone
    await doorkeeper.stop()
    await chat.close()
    await rm(folder, { recursive: true })
  }
})

async function ask(inviteMe: InviteMe, index: number): Promise<string> {
  const to = { routes: { chat: `guest-${String(index)}` } }
  const { id } = await inviteMe.ask(to, 'Dinner?', { key: `ask-${String(index)}`, answer: yesNo() })
  return id
}

/**
 * Holds everybody's last word against what the engine and the chat have.
 * @returns messages that could not be changed, because the engine never learned that they were sent
 */
async function judge(
  inviteMe: InviteMe,
  asked: readonly string[],
  { chat, people }: { readonly chat: ChatProvider; readonly people: People },
): Promise<number> {
  const broken: string[] = []
  let nameless = 0
  expect(chat.messages.size).toBe(asked.length)
  for (const [index, id] of asked.entries()) {
    const address = `guest-${String(index)}`
    const said = people.said.get(address) ?? []
    const [message] = [...chat.messages.values()].filter((one) => one.address === address)
    const isYes = said.at(-1) === 'yes'
    const invitation = await inviteMe.invitations.get(id)
    if (invitation?.value !== isYes) broken.push(`${address}: the last answer is not the one that counts`)
    const heard = await inviteMe.invitations.responses(id)
    if (heard.length !== said.length)
      broken.push(`${address}: said ${String(said.length)} times, heard ${String(heard.length)} times`)
    const kinds = (await inviteMe.receipts.list({ invitationId: id })).map(({ kind }) => kind)
    const [lastNotice] = message?.notices.slice(-1) ?? []
    // Whose worker died amid the send and who answered before it was sent again: nobody knows the chat's id of the message.
    if (!kinds.includes('accepted') && kinds.includes('unknown')) {
      nameless += 1
      if (lastNotice !== undefined) broken.push(`${address}: was told of by an id nobody knew`)
    } else if (lastNotice?.includes(isYes ? 'Yes' : 'No') !== true)
      broken.push(`${address}: the chat tells another answer`)
    if (kinds.includes('edit_failed')) broken.push(`${address}: an edit was given up`)
  }
  expect(broken).toEqual([])
  expect(await inviteMe.unmatched.list()).toEqual([])
  return nameless
}

/** Everybody answers what they read, some change their mind; the chat brings each word until somebody says it has it. */
class People {
  webhook = ''
  presses = 0
  repeats = 0
  /** What each said, by address, in order. */
  readonly said = new Map<string, string[]>()
  readonly #random: () => number
  readonly #talks: Promise<void>[] = []
  #isOver = false

  constructor(random: () => number) {
    this.#random = random
  }

  read(message: ChatMessage): void {
    this.#talks.push(this.#answer(message))
  }

  async allHeard(count: number): Promise<void> {
    await waitUntil('everybody was asked', () => this.#talks.length === count, 30_000)
    await Promise.all(this.#talks)
  }

  stop(): void {
    this.#isOver = true
  }

  async #answer({ address, replyToken }: ChatMessage): Promise<void> {
    const said: string[] = []
    this.said.set(address, said)
    const words = 1 + Math.floor(this.#random() * 3)
    for (let word = 0; word < words; word += 1) {
      await pause(this.#random() * 300)
      const value = this.#random() < 0.5 ? 'yes' : 'no'
      said.push(value)
      this.presses += 1
      await this.#bring({ id: `${address}-${String(word)}`, replyToken, value })
    }
  }

  async #bring(press: Press): Promise<void> {
    for (let attempt = 1; !this.#isOver; attempt += 1) {
      const isHeard = await post(this.webhook, press)
      if (attempt === 2) this.repeats += 1
      if (isHeard) return
      await pause(50)
    }
  }
}

async function post(url: string, press: Press): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(5_000)
    const answer = await fetch(url, { method: 'POST', body: JSON.stringify(press), signal })
    return answer.ok
  } catch {
    return false
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
