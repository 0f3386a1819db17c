import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startFakeBotApi, type FakeBotApi } from '../../../tests/peers/fake-bot-api.ts'
import {
  slackBotToken,
  slackSigningSecret,
  startSlackWorkspace,
  type SlackWorkspace,
} from '../../../tests/peers/slack-workspace.ts'
import { waitUntil } from '../../../tests/peers/wait-until.ts'
import { exitCodes } from './exit-code.ts'
import { runInProcess, type RunningCommand } from './run-in-process.ts'

const token = '123456789:AAEplanted-secret-token'
const patienceMs = 8_000

let folder: string
let telegram: FakeBotApi
const running: RunningCommand[] = []

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'invite-me-listening-'))
  telegram = await startFakeBotApi()
})

afterEach(async () => {
  await Promise.all(running.splice(0).map((command) => command.stop()))
  await telegram.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Runs a command where a Telegram bot is set up. */
function start(...argv: readonly string[]): RunningCommand {
  const environment = { INVITE_ME_TELEGRAM_TOKEN: token, INVITE_ME_TELEGRAM_API_ROOT: telegram.url }
  const command = runInProcess(argv, { directory: folder, environment })
  running.push(command)
  return command
}

function writeList(text: string): string {
  writeFileSync(join(folder, 'people.csv'), text)
  return 'people.csv'
}

async function documentOf(command: RunningCommand, type: string): Promise<Readonly<Record<string, unknown>>> {
  const find = () => command.documents().find((document) => document['type'] === type)
  await waitUntil(
    `a document ${type}; on stderr: ${command.stderr()}`,
    () => find() !== undefined,
    patienceMs,
  )
  return find() ?? {}
}

const chat = { id: 4711, type: 'private' }
const ann = { id: 4711, is_bot: false, first_name: 'Ann' }

/** What Ann writes to the bot, as an update of Telegram. */
function words(text: string, updateId: number) {
  const date = Math.floor(Date.now() / 1_000)
  return { update_id: updateId, message: { message_id: updateId, date, chat, from: ann, text } }
}

/** Ann's press on a button of the last message, as an update of Telegram. */
function press(label: string, updateId: number) {
  const [message] = telegram.callsOf('sendMessage').toReversed()
  const buttons = JSON.stringify(message?.['reply_markup'] ?? {})
  const data = new RegExp(`"text":"${label}","callback_data":"([^"]+)"`).exec(buttons)?.[1]
  return {
    update_id: updateId,
    callback_query: { id: String(updateId), from: ann, message: { message_id: 1, chat }, data },
  }
}

const ask = ['ask', '--to', 'telegram:4711', '--question', 'Coming?', '--json']

describe('a command that waits', () => {
  it('fetches answers by Telegram, and tells the person that theirs counted', async () => {
    const asking = start(...ask, '--wait', '--poll', 'telegram')
    await waitUntil('the question is sent', () => telegram.callsOf('sendMessage').length > 0, patienceMs)
    telegram.push(press('Yes', 1))
    expect(await asking.ended).toMatchObject({ code: exitCodes.done })
    expect(await documentOf(asking, 'answer')).toMatchObject({ to: '4711', value: true, via: 'telegram' })
    expect(telegram.callsOf('answerCallbackQuery')).toHaveLength(1)
    expect(telegram.waiting).toEqual([])
  })

  it('says how answers by Telegram come in when they do not', async () => {
    const hint = 'Replies by Telegram are not taken in: add --poll telegram, or set a webhook.'
    const asking = start(...ask.slice(0, -1), '--wait')
    await waitUntil('it says so', () => asking.stderr().includes(hint), patienceMs)
    await asking.stop()
    const leaving = await start(...ask.slice(0, -1)).ended
    expect(leaving.stderr).not.toContain(hint)
  })

  it.each([
    [['--poll', 'fax', '--wait'], 'Answers by \\"fax\\" cannot be fetched; those by telegram, email'],
    [['--poll', 'email', '--wait'], 'The channel email is not in use: set it up or add --via email.'],
    [['--poll', 'telegram'], 'add --wait.'],
  ])('refuses %j', async (flags, reason) => {
    const { code, stderr } = await start(...ask, ...flags).ended
    expect(code).toBe(exitCodes.usage)
    expect(stderr).toContain(reason)
  })
})

describe('a command that serves the portal', () => {
  let slack: SlackWorkspace

  beforeEach(async () => {
    slack = await startSlackWorkspace()
  })

  afterEach(() => slack.close())

  it('takes in what a provider posts to /webhooks/<channel>, and answers as it expects', async () => {
    const environment = {
      INVITE_ME_SLACK_BOT_TOKEN: slackBotToken,
      INVITE_ME_SLACK_SIGNING_SECRET: slackSigningSecret,
      INVITE_ME_SLACK_API_URL: slack.url,
    }
    const words = ['ask', '--to', 'slack:U0123ABCD', '--question', 'Coming?', '--wait', '--portal-port', '0']
    const asking = runInProcess(words, { directory: folder, environment })
    running.push(asking)
    await waitUntil('the question is posted', () => slack.posts.length > 0, patienceMs)
    const address = /Providers report to (\S+)<channel>: slack/.exec(asking.stderr())?.[1] ?? ''
    const [post] = slack.posts
    const pressed = post === undefined ? undefined : slack.press(post, 'Yes', 'U0123ABCD')
    const response = await fetch(`${address}slack`, {
      method: 'POST',
      headers: pressed?.headers ?? {},
      body: (await pressed?.text()) ?? '',
    })
    expect(response.status).toBe(200)
    expect(await asking.ended).toMatchObject({
      code: exitCodes.done,
      stdout: expect.stringMatching(/✓ U0123ABCD  yes  by slack/),
    })
  })
})

describe('listen', () => {
  it('prints what comes in, whoever asked, until it is stopped', async () => {
    const listening = start('listen', '--poll', 'telegram', '--portal-port', '0', '--json')
    const ready = await documentOf(listening, 'ready')
    expect(ready).toEqual({
      type: 'ready',
      portal: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      mailPort: null,
      poll: ['telegram'],
    })
    await start(...ask).ended
    telegram.push(press('No', 1))
    expect(await documentOf(listening, 'answer')).toMatchObject({ kind: 'declined', value: false })
    expect(await listening.stop()).toMatchObject({ code: exitCodes.done, stderr: '' })
  })

  it('sends what is due and says that nothing comes in when no way was opened', async () => {
    const listening = start('listen')
    await waitUntil('it says so', () => listening.stderr().includes('Only what is due is sent'), patienceMs)
    expect(await listening.stop()).toMatchObject({ code: exitCodes.done })
  })

  it('connects a person who opens the address made for them', async () => {
    await start('recipients', 'import', '--json', writeList('id,name,email\nann,Ann,ann@guests.test\n')).ended
    const listening = start('listen', '--poll', 'telegram', '--json')
    await documentOf(listening, 'ready')
    const connecting = await start('recipients', 'connect', 'ann', 'telegram', '--expires', '1h', '--json')
      .ended
    const { url, expiresAt } = JSON.parse(connecting.stdout)
    expect(url).toMatch(/^https:\/\/t\.me\/DinnerTestBot\?start=[\w-]+$/)
    expect(Date.parse(expiresAt) - Date.now()).toBeLessThanOrEqual(3_600_000)
    telegram.push(words(`/start ${new URL(url).searchParams.get('start') ?? ''}`, 7))
    await waitUntil('the update is taken', () => telegram.waiting.length === 0, patienceMs)
    await listening.stop()
    const { stdout } = await start('recipients', 'show', 'ann', '--json').ended
    expect(JSON.parse(stdout).recipient.routes).toContainEqual(
      expect.objectContaining({ channel: 'telegram', address: '4711', verified: true }),
    )
  })

  it('keeps what fits nothing, for a human to look at and to throw away', async () => {
    const listening = start('listen', '--poll', 'telegram')
    await waitUntil('it listens', () => listening.stdout().includes('Listening'), patienceMs)
    telegram.push(words('Is there\nanything for vegetarians?', 9))
    await waitUntil('it says so', () => listening.stderr().includes('fits no question'), patienceMs)
    await listening.stop()

    const shown = await start('unmatched').ended
    expect(shown.stdout).toMatch(/telegram +answer +…11 +Is there anything for vegetarians\?/)
    expect(shown.stdout).not.toContain('4711')
    const { unmatched, hasMore } = JSON.parse((await start('unmatched', '--json').ended).stdout)
    expect({ unmatched, hasMore }).toMatchObject({
      unmatched: [{ channel: 'telegram', kind: 'answer', from: '4711', providerMessageId: null }],
      hasMore: false,
    })
    expect((await start('doctor').ended).stdout).toContain('unmatched: 1 came in and fits nothing')

    expect(await start('unmatched', 'drop', unmatched[0].id, '--json').ended).toMatchObject({
      code: exitCodes.done,
      stdout: `${JSON.stringify({ dropped: unmatched[0].id })}\n`,
    })
    expect(await start('unmatched', 'drop', unmatched[0].id).ended).toMatchObject({ code: exitCodes.usage })
    expect((await start('unmatched').ended).stdout).toContain('Everything that came in fits')
  })
})
