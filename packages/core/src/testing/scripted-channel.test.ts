import { describe, expect, test } from 'vitest'
import { keptLog, sampleOutbound } from './channel-bench.ts'
import { scriptedChannel, type ScriptStep, type ScriptedChannel } from './scripted-channel.ts'

const send = (channel: ScriptedChannel, signal = new AbortController().signal) =>
  channel.send(sampleOutbound('ann'), { ...keptLog().context, signal, attempt: 0, idempotencyKey: 'key-1' })
const receive = async (channel: ScriptedChannel, request: Request) =>
  channel.receive?.(request, keptLog().context)

describe('a scripted channel', () => {
  test('accepts and keeps what it was handed', async () => {
    const channel = scriptedChannel({ name: 'telegram' })
    expect(await send(channel)).toEqual({ status: 'accepted', providerMessageId: 'telegram-1' })
    expect(await send(channel)).toEqual({ status: 'accepted', providerMessageId: 'telegram-2' })
    expect(channel.outbox).toMatchObject([
      { channel: 'telegram', idempotencyKey: 'key-1', message: { to: { address: 'ann' } } },
      { outcome: { status: 'accepted', providerMessageId: 'telegram-2' } },
    ])
  })

  test('does what its script says, one step a message, and then as always', async () => {
    const channel = scriptedChannel({ name: 'telegram' })
    const steps: readonly ScriptStep[] = [
      'retryable',
      { status: 'opted_out', scope: 'recipient' },
      ({ to }) => ({ status: 'accepted', providerMessageId: to.address }),
    ]
    channel.script(steps)
    channel.failAlways('permanent_config')
    const statuses = []
    for (let count = 0; count < 5; count += 1) statuses.push((await send(channel)).status)
    expect(statuses).toEqual(['retryable', 'opted_out', 'accepted', 'permanent_config', 'permanent_config'])
    channel.script(['retryable'])
    channel.mend()
    expect((await send(channel)).status).toBe('accepted')
  })

  test('hangs until it is called off', async () => {
    const channel = scriptedChannel({ name: 'telegram' })
    channel.failAlways('hang')
    const controller = new AbortController()
    const sending = send(channel, controller.signal)
    expect(channel.outbox[0]?.outcome).toBeUndefined()
    controller.abort()
    expect((await sending).status).toBe('unknown')
    expect((await send(channel, AbortSignal.abort())).status).toBe('unknown')
  })

  test('throws when it should', async () => {
    const channel = scriptedChannel({ name: 'telegram' })
    channel.script(['throw'])
    await expect(send(channel)).rejects.toThrow(/faulty/)
  })

  test('understands the requests it makes', async () => {
    const channel = scriptedChannel({ name: 'telegram' })
    await send(channel)
    const [entry] = channel.outbox
    if (entry === undefined) throw new Error('nothing was kept')
    const reference = { by: 'provider-message', providerMessageId: 'telegram-1' }
    expect(await receive(channel, channel.reply(entry, 'yes'))).toMatchObject([
      { kind: 'answer', reference, input: { kind: 'text', text: 'yes' }, from: 'ann', at: entry.at },
    ])
    expect(await receive(channel, channel.press('bob', 'no', { from: 'eve', id: '7' }))).toMatchObject([
      {
        id: '7',
        reference: { by: 'address', address: 'bob' },
        input: { kind: 'option', value: 'no' },
        from: 'eve',
      },
    ])
    expect(await receive(channel, channel.report(entry, 'read'))).toMatchObject([{ kind: 'read', reference }])
    expect(await receive(channel, channel.bounce(entry))).toMatchObject([
      { kind: 'failed', outcome: { status: 'permanent_recipient' } },
    ])
    expect(await receive(channel, channel.consent('ann', 'opted_in'))).toMatchObject([
      { kind: 'opted_in', address: 'ann' },
    ])
  })

  test('gives each fact an id of its own', async () => {
    const channel = scriptedChannel({ name: 'telegram' })
    const facts = await Promise.all(
      [channel.reply('a', 'yes'), channel.reply('a', 'yes')].map((request) => receive(channel, request)),
    )
    expect(new Set(facts.flat().map((fact) => fact?.id)).size).toBe(2)
  })

  test('answers a message that may have arrived by its reply token', async () => {
    const channel = scriptedChannel({ name: 'email' })
    channel.script(['unknown'])
    await send(channel)
    const facts = await receive(channel, channel.reply(channel.outbox[0] ?? '', 'yes'))
    expect(facts).toMatchObject([{ reference: { by: 'token', token: sampleOutbound('ann').replyToken } }])
  })

  test('refuses what it did not make', async () => {
    const channel = scriptedChannel({ name: 'telegram' })
    const other = scriptedChannel({ name: 'sms' })
    await expect(receive(channel, other.reply('ann', 'yes'))).rejects.toMatchObject({
      code: 'WEBHOOK_REFUSED',
    })
    for (const body of ['', '{}', '[1]', '[{"id":"1","kind":"wish"}]']) {
      const { headers, url } = channel.reply('ann', 'yes')
      const broken = new Request(url, { method: 'POST', headers, body })
      await expect(receive(channel, broken)).rejects.toMatchObject({ code: 'REQUEST_INVALID' })
    }
  })

  test('can do what it is told it can', () => {
    const channel = scriptedChannel({
      name: 'sms',
      supports: { answers: [], links: false },
      limits: { concurrency: 1 },
      address: () => ({ ok: false, reason: 'never' }),
    })
    expect(channel.supports).toMatchObject({ answers: [], links: false, reports: ['delivered', 'read'] })
    expect(channel.limits).toEqual({ concurrency: 1 })
    expect(channel.address?.('x')).toEqual({ ok: false, reason: 'never' })
  })
})
