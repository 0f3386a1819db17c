import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  slackBotToken,
  startSlackWorkspace,
  type SlackWorkspace,
} from '../../../../tests/peers/slack-workspace.ts'
import type { Environment } from '../environment.ts'
import { exitCodes } from '../exit-code.ts'
import { runInProcess } from '../run-in-process.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'invite-me-import-'))
})

afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

async function run(environment: Environment, argv: readonly string[], input = '') {
  const command = runInProcess([...argv, '--json'], { directory: folder, environment, input })
  return { ...(await command.ended), documents: command.documents() }
}

const mail = { INVITE_ME_EMAIL_SMTP: 'smtp://127.0.0.1:9', INVITE_ME_EMAIL_FROM: 'dinner@guests.test' }

describe('a list with an address that cannot be one', () => {
  const list = 'id,email,telegram\nann,ann@guests.test,\nbo,not an address,x\ncy\ndi,,4711\n'

  it('is stored, and the line is told apart from those that are refused', async () => {
    const { code, documents, stdout } = await run(mail, ['recipients', 'import', '-'], list)
    expect(documents).toEqual([
      expect.objectContaining({ type: 'problem', line: 4 }),
      {
        type: 'warning',
        file: '-',
        line: 3,
        field: 'email',
        message: expect.stringContaining('cannot be one'),
      },
      { type: 'report', file: '-', imported: 3, repeated: 0, refused: 1, warnings: 1 },
    ])
    expect(code).toBe(exitCodes.partly)
    expect(stdout).not.toContain('not an address')
    const shown = await run(mail, ['recipients', 'show', 'bo'])
    expect(shown.documents).toMatchObject([{ recipient: { routes: [{ address: 'not an address' }, {}] } }])
  })

  it('is no reason for another exit code', async () => {
    const { code } = await run(mail, ['recipients', 'import', '-'], 'email\nnobody\n')
    expect(code).toBe(exitCodes.done)
  })

  it('cannot be judged while the channel is not set up', async () => {
    const { documents } = await run({}, ['recipients', 'import', '-'], list)
    expect(documents.at(-1)).toMatchObject({ imported: 3, warnings: 0 })
  })

  it('is told by the command that asks, too', async () => {
    const argv = ['ask', '--to', '-', '--question', 'Coming?', '--via', 'log', '--patience', '200ms']
    const { documents } = await run(mail, argv, 'email,log\nnobody,bo\n')
    expect(documents).toMatchObject([
      { problems: [], warnings: [{ file: '-', line: 2, field: 'email', message: expect.any(String) }] },
    ])
  })
})

describe('--from slack', () => {
  let workspace: SlackWorkspace

  beforeEach(async () => {
    workspace = await startSlackWorkspace()
  })

  afterEach(() => workspace.close())

  it('stores the members of the workspace the bot is in', async () => {
    const profile = { real_name: 'Ann Öz', email: 'ann@guests.test' }
    workspace.members.push({ id: 'U0123ABCD', profile }, { id: 'U0123BOTT', is_bot: true, profile })
    const slack = { INVITE_ME_SLACK_BOT_TOKEN: slackBotToken, INVITE_ME_SLACK_API_URL: workspace.url }
    const { code, documents } = await run(slack, ['recipients', 'import', '--from', 'slack'])
    expect({ code, documents }).toEqual({
      code: exitCodes.done,
      documents: [{ type: 'report', from: 'slack', imported: 1, repeated: 0, refused: 0, warnings: 0 }],
    })
    const shown = await run(slack, ['recipients', 'show', 'slack:U0123ABCD'])
    const routes = [
      { channel: 'slack', address: 'U0123ABCD' },
      { channel: 'email', address: 'ann@guests.test' },
    ]
    expect(shown.documents).toMatchObject([
      {
        recipient: {
          name: 'Ann Öz',
          routes: expect.arrayContaining(routes.map((one) => expect.objectContaining(one))),
        },
      },
    ])
  })

  it('says what Slack has against it, and where a token is set, and never the token', async () => {
    const wrong = {
      INVITE_ME_SLACK_BOT_TOKEN: 'xoxb-secret-7f3a-wrong',
      INVITE_ME_SLACK_API_URL: workspace.url,
    }
    const refused = await run(wrong, ['recipients', 'import', '--from', 'slack'])
    expect(refused.code).toBe(exitCodes.failed)
    expect(refused.stderr).toContain('DIRECTORY_FAILED')
    expect(refused.stderr).not.toContain('7f3a')
    const missing = await run({}, ['recipients', 'import', '--from', 'slack'])
    expect(missing.code).toBe(exitCodes.usage)
    expect(missing.stderr).toContain(
      'channels.slack.botToken in invite-me.config.yaml or INVITE_ME_SLACK_BOT_TOKEN',
    )
  })

  it.each([[[]], [['people.csv', '--from', 'slack']], [['--from', 'fax']]])(
    'is one of two sources: %j is refused',
    async (sources) => {
      expect(await run({}, ['recipients', 'import', ...sources])).toMatchObject({ code: exitCodes.usage })
    },
  )
})
