import { yesNo } from '@invite-me/core'
import { describe, expect, test } from 'vitest'
import { sam, startEngine } from './start-engine.ts'

const answer = yesNo()

describe('stopping', () => {
  test('lets what is under way finish', async () => {
    const t = await startEngine({ channels: ['email'] })
    let finish = (): void => undefined
    t.channel('email').script([
      () =>
        new Promise((resolve) => {
          finish = () => resolve({ status: 'accepted' })
        }),
    ])
    const invitation = await t.inviteMe.ask({ routes: { email: 'a@b.test' } }, 'Dinner?', { answer })
    await t.clock.settle()
    let isStopped = false
    const stopping = t.inviteMe.stop().then(() => {
      isStopped = true
    })
    await t.clock.settle()
    expect(isStopped).toBe(false)
    finish()
    await stopping
    expect(t.outbox[0]?.outcome?.status).toBe('accepted')
    await expect(invitation.state()).rejects.toMatchObject({ code: 'STOPPED' })
  })

  test('calls off what is not finished by the deadline', async () => {
    const t = await startEngine({ channels: ['email'] })
    t.fail('email', 'hang')
    await t.inviteMe.ask({ routes: { email: 'a@b.test' } }, 'Dinner?', { answer })
    await t.clock.settle()
    let isStopped = false
    const stopping = t.inviteMe.stop({ deadlineMs: 5_000 }).then(() => {
      isStopped = true
    })
    await t.advance(4_999)
    expect(isStopped).toBe(false)
    await t.advance(1)
    await stopping
    expect(t.outbox[0]?.outcome?.status).toBe('unknown')
  })

  test('gives up on a channel that does not obey', async () => {
    const t = await startEngine({ channels: ['email'] })
    t.channel('email').script([() => new Promise<never>(() => undefined)])
    await t.inviteMe.ask({ routes: { email: 'a@b.test' } }, 'Dinner?', { answer })
    await t.clock.settle()
    const stopping = t.inviteMe.stop({ deadlineMs: 1_000 })
    await t.advance('3s')
    expect(await stopping).toBeUndefined()
  })

  test('takes no more work', async () => {
    const t = await startEngine({ channels: ['email'] })
    await t.inviteMe.ask({ routes: { email: 'a@b.test' } }, 'Dinner?', { answer, remind: ['1h'] })
    await t.clock.settle()
    await t.stop()
    await t.advance('2h')
    expect(t.outbox).toHaveLength(1)
  })

  test('ends waits with a sentence, and refuses new requests', async () => {
    const t = await startEngine()
    const invitation = await t.inviteMe.ask(sam, 'Dinner?', { answer })
    const waiting = invitation.answer()
    const reading = (async () => {
      for await (const event of invitation.events()) void event
    })()
    const ended = Promise.allSettled([waiting, reading])
    await t.clock.settle()
    await t.stop()
    for (const outcome of await ended)
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'STOPPED' } })
    await expect(t.inviteMe.ask(sam, 'Dinner?', { answer })).rejects.toMatchObject({ code: 'STOPPED' })
    await expect(t.inviteMe.send(sam, 'Hello')).rejects.toMatchObject({ code: 'STOPPED' })
    await expect(t.inviteMe.respond('x', { kind: 'text', text: 'yes' })).rejects.toMatchObject({
      code: 'STOPPED',
    })
  })

  test('while requests come in keeps each whole, or refuses it with a sentence', async () => {
    const t = await startEngine({ channels: ['email'] })
    const ask = () => t.inviteMe.ask({ routes: { email: 'a@b.test' } }, 'Dinner?', { answer })
    const asked = Promise.allSettled(Array.from({ length: 5 }, ask))
    await t.stop()
    for (const outcome of await asked)
      expect(outcome.status === 'fulfilled' || outcome.reason).toSatisfy(
        (reason) => reason === true || (reason as { code?: string }).code === 'STOPPED',
      )
  })

  test('closes the channels, once, even when one of them fails', async () => {
    const closed: string[] = []
    const { scriptedChannel } = await import('@invite-me/core/testing')
    const close = (name: string) => async () => {
      closed.push(name)
      throw new Error('planned by the test')
    }
    const channels = ['email', 'telegram'].map((name) => ({
      ...scriptedChannel({ name }),
      close: close(name),
    }))
    const t = await startEngine({ channels })
    await t.inviteMe.stop()
    await t.inviteMe.stop()
    expect(closed.toSorted()).toEqual(['email', 'telegram'])
  })

  test('two calls at once both wait until it is done', async () => {
    const t = await startEngine({ channels: ['email'] })
    t.fail('email', 'hang')
    await t.inviteMe.ask({ routes: { email: 'a@b.test' } }, 'Dinner?', { answer })
    await t.clock.settle()
    const ended: string[] = []
    void t.inviteMe.stop({ deadlineMs: 1_000 }).then(() => ended.push('first'))
    const second = t.inviteMe.stop({ deadlineMs: 1_000 }).then(() => ended.push('second'))
    await t.clock.settle()
    expect(ended).toEqual([])
    await t.advance('2s')
    await second
    expect(ended).toHaveLength(2)
  })

  test('starting again after the end does nothing', async () => {
    const t = await startEngine()
    await t.stop()
    t.inviteMe.start()
    await t.advance('1m')
    expect(t.troubles).toEqual([])
  })
})
