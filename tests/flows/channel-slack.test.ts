import { choice, text, yesNo } from '@invite-me/core'
import { slack } from '@invite-me/channels/slack'
import { slackDirectory } from '@invite-me/channels/slack-directory'
import { virtualClock, type VirtualClock } from '@invite-me/core/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  slackBotToken,
  slackSigningSecret,
  startSlackWorkspace,
  type SlackPost,
  type SlackWorkspace,
} from '../peers/slack-workspace.ts'
import { startEngine } from './start-engine.ts'

const ann = 'U0123ABCD'
const toAnn = { name: 'Ann', routes: { slack: ann, email: 'ann@guests.test' } }
let clock: VirtualClock
let workspace: SlackWorkspace

beforeEach(async () => {
  clock = virtualClock()
  workspace = await startSlackWorkspace(() => clock.now())
})
afterEach(() => workspace.close())

const start = () =>
  startEngine({
    clock,
    channels: [
      slack({ botToken: slackBotToken, signingSecret: slackSigningSecret, apiUrl: workspace.url }),
      'email',
    ],
    order: ['slack', 'email'],
  })
type Engine = Awaited<ReturnType<typeof start>>

const newest = (): SlackPost => {
  const post = workspace.posts.at(-1)
  if (post === undefined) throw new Error('nothing was posted')
  return post
}
const seenIn = (post: SlackPost) => post.blocks.map((block) => block.text?.text ?? '').join('\n')
const sentBy = (t: Engine) => t.outbox.map(({ channel }) => channel)

describe('a question in Slack', () => {
  test('is answered by a button: its buttons go, both routes are closed, and who pressed is told', async () => {
    const t = await start()
    const invitation = await t.inviteMe.ask(toAnn, 'Dinner on Friday at 8?', {
      answer: yesNo(),
      next: { unlessAnswered: '30m' },
    })
    await t.advance(0)
    const question = newest()
    const response = await t.inviteMe.handleWebhook('slack', workspace.press(question, 'Yes', ann))
    expect([response.status, await response.text()]).toEqual([200, ''])
    expect(workspace.whispers).toHaveLength(1)
    expect(await invitation.answer()).toMatchObject({ kind: 'answered', value: true, via: 'slack' })

    await t.advance('2h')
    expect(sentBy(t)).toEqual(['slack'])
    expect(workspace.posts).toHaveLength(1)
    expect(newest().blocks.map(({ type }) => type)).toEqual(['section', 'context'])
  })

  test('a second press of the same button changes nothing; another one is a revision', async () => {
    const t = await start()
    const invitation = await t.inviteMe.ask(toAnn, 'Dinner?', { answer: yesNo() })
    await t.advance(0)
    const question = newest()
    await t.inviteMe.handleWebhook('slack', workspace.press(question, 'Yes', ann))
    await t.inviteMe.handleWebhook('slack', workspace.press(question, 'Yes', ann))
    await t.inviteMe.handleWebhook('slack', workspace.press(question, 'No', ann))
    expect(await t.inviteMe.invitations.get(invitation.id)).toMatchObject({ value: false, revision: 2 })
  })

  test('answered by mail, it says so in Slack', async () => {
    const t = await start()
    const invitation = await t.inviteMe.ask(toAnn, 'Dinner?', { answer: yesNo(), routing: 'all' })
    await t.advance(0)
    await t.reply(invitation, 'no', { via: 'email' })
    await t.advance('1m')
    expect(newest().blocks.map(({ type }) => type)).toEqual(['section', 'context'])
    expect(JSON.stringify(newest().blocks)).toContain('No')
  })

  test('of several things, several are picked', async () => {
    const t = await start()
    const answer = choice(['wine', 'water', 'tea'], { multiple: true })
    const invitation = await t.inviteMe.ask(toAnn, 'What will you drink?', { answer })
    await t.advance(0)
    await t.inviteMe.handleWebhook('slack', workspace.pick(newest(), ['tea', 'wine'], ann))
    expect(await invitation.answer()).toMatchObject({ value: ['wine', 'tea'] })
  })

  test('wants words, and gets them in its thread', async () => {
    const t = await start()
    const invitation = await t.inviteMe.ask(toAnn, 'What must we not cook?', { answer: text() })
    await t.advance(0)
    expect(seenIn(newest())).toContain('Reply with your answer.')
    await t.inviteMe.handleWebhook('slack', workspace.say('No nuts, please', ann, newest()))
    expect(await invitation.answer()).toMatchObject({ value: 'No nuts, please', via: 'slack' })
  })

  test('pressed by somebody it was forwarded to, it counts provisionally', async () => {
    const t = await start()
    const invitation = await t.inviteMe.ask(toAnn, 'Dinner?', { answer: yesNo() })
    await t.advance(0)
    await t.inviteMe.handleWebhook('slack', workspace.press(newest(), 'Yes', 'U9999ZZZZ'))
    expect(await t.inviteMe.invitations.responses(invitation.id)).toMatchObject([{ provisional: true }])
  })

  test('a person Slack does not know any more is asked by mail', async () => {
    const t = await start()
    workspace.answer('no_such_address')
    const invitation = await t.inviteMe.ask(toAnn, 'Dinner?', { answer: yesNo() })
    await t.advance('1m')
    expect(sentBy(t)).toEqual(['slack', 'email'])
    expect(await invitation.why()).toContain('channel_not_found')
  })

  test('STOP in the conversation ends the messages there', async () => {
    const t = await start()
    await t.inviteMe.handleWebhook('slack', workspace.say('stop', ann))
    const invitation = await t.inviteMe.ask(toAnn, 'Dinner?', { answer: yesNo() })
    await t.advance('1m')
    expect(sentBy(t)).toEqual(['email'])
    expect(await invitation.why()).toMatch(/slack left out: .*said stop/)
  })

  test('a forged press is refused, and Slack’s first question is answered', async () => {
    const t = await start()
    await t.inviteMe.ask(toAnn, 'Dinner?', { answer: yesNo() })
    await t.advance(0)
    const genuine = workspace.press(newest(), 'Yes', ann)
    const forged = new Request(genuine.url, { method: 'POST', headers: genuine.headers, body: 'payload={}' })
    expect((await t.inviteMe.handleWebhook('slack', forged)).status).toBe(401)
  })
})

test('the members of a workspace become recipients, and can be asked', async () => {
  const t = await start()
  workspace.members.push({
    id: ann,
    tz: 'Europe/Berlin',
    locale: 'de-DE',
    profile: { real_name: 'Ann Lee', email: 'ann@guests.test' },
  })
  const log = { warn: () => undefined, error: () => undefined }
  const directory = slackDirectory({ botToken: slackBotToken, apiUrl: workspace.url })
  for await (const person of directory.people({ signal: AbortSignal.timeout(5_000), log }))
    await t.inviteMe.recipients.upsert(person)
  await t.inviteMe.ask(`slack:${ann}`, 'Abendessen am Freitag?', { answer: yesNo() })
  await t.advance(0)
  expect(JSON.stringify(newest().blocks)).toContain('"Ja"')
})
