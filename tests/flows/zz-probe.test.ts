import { yesNo } from '@invite-me/core'
import { expect, test } from 'vitest'
import { sam, startEngine } from './start-engine.ts'
const answer = yesNo()
const a = (v: unknown) => v as never
test('entries', async () => {
  const t = await startEngine()
  const i = await t.inviteMe.ask(sam, 'x', { answer })
  await t.clock.settle()
  const e = t.inviteMe
  const calls: [string, () => unknown][] = [
    ['invitation undefined', () => e.invitation(a(undefined))],
    ['invitation object', () => e.invitation(a({}))],
    ['group undefined', () => e.invitationGroup(a(undefined))],
    ['respond id', () => e.respond(a(undefined), { kind: 'text', text: 'yes' })],
    ['respond weird kind', () => e.respond(i.id, a({ kind: 'weird' }))],
    ['respond undefined', () => e.respond(i.id, a(undefined))],
    ['respond null text', () => e.respond(i.id, a({ kind: 'text', text: null }))],
    ['respond option null', () => e.respond(i.id, a({ kind: 'option', value: null }))],
    ['respond fields null', () => e.respond(i.id, a({ kind: 'fields', fields: null }))],
    ['respond fields strings', () => e.respond(i.id, a({ kind: 'fields', fields: { answer: 'yes' } }))],
    ['respond via', () => e.respond(i.id, { kind: 'text', text: 'hm' }, { via: a(7) })],
    ['receive undefined', () => e.receive(a(undefined), new Request('https://x.test'))],
    ['receive no request', () => e.receive('email', a(undefined))],
    ['open undefined', () => e.links.open(a(undefined), 'respond')],
    ['answer undefined', () => e.links.answer(a(undefined), { kind: 'text', text: 'yes' })],
    ['unsub undefined', () => e.links.unsubscribe(a(7))],
    ['renew', () => e.links.renew(a(null))],
    ['recipients.get', () => e.recipients.get(a(undefined))],
    ['optOut undefined', () => e.recipients.optOut('email', a(undefined))],
    ['optOut empty', () => e.recipients.optOut('email', '')],
    ['optOut unknown', () => e.recipients.optOut('pigeon', 'x')],
    ['messages.get', () => e.messages.get(a(undefined))],
    ['messages.list', () => e.messages.list({ limit: Number.NaN })],
    ['messages.list str', () => e.messages.list({ limit: a('abc'), after: a(7) })],
    ['deliveries.list', () => e.deliveries.list({ state: a('weird') }, { limit: -5 })],
    ['deliveries.list obj', () => e.deliveries.list({ messageId: a({}) })],
    ['receipts', () => e.receipts.list({ channel: a(7) }, { limit: Infinity })],
    ['invitations.list', () => e.invitations.list({ state: a({}) })],
    ['probe', () => e.channels.probe(a(undefined))],
    ['on', () => e.on(a('weird'), a(undefined))],
    ['import', () => e.recipients.import(a([null, 7, { recipient: undefined }]))],
    ['import not iterable', () => e.recipients.import(a(7))],
    ['upsert undefined', () => e.recipients.upsert(a(undefined))],
    ['send options null', () => e.send(sam, 'x', a(null))],
    ['send options 7', () => e.send(sam, 'x', a(7))],
    ['ask no options', () => e.ask(sam, 'x', a(undefined))],
    ['ask null answer', () => e.ask(sam, 'x', { answer: a(null) })],
    ['ask to undefined', () => e.ask(a(undefined), 'x', { answer })],
  ]
  const bad: string[] = []
  for (const [name, call] of calls) {
    try { const r = await call(); bad.push(`ok   ${name}: ${JSON.stringify(r)?.slice(0, 80)}`) }
    catch (error) { const { name: n, code, message } = error as never as { name: string; code: string; message: string }
      bad.push(`${n === 'InviteMeError' ? 'good' : 'RAW '} ${name}: ${n} ${code} ${message.slice(0, 110)}`) }
  }
  console.log(bad.join('\n'))
  await t.stop(Number.NaN)
})
