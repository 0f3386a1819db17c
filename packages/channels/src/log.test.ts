import { PassThrough } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { channelContract, type ScriptedProvider } from '@invite-me/core/testing'
import { outboundMessage, sendContext } from '../../../tests/peers/outbound-message.ts'
import { log, type TextOutput } from './log.ts'

function openWithOutput() {
  const output = new PassThrough()
  return { channel: log({ output }), printed: () => String(output.read() ?? '') }
}

describe('log', () => {
  test('prints a question with its answers', async () => {
    const { channel, printed } = openWithOutput()
    const message = outboundMessage({
      until: new Date('2026-11-27T18:00Z'),
      content: { subject: 'Dinner', text: 'Dinner on Friday?\nAt 8.' },
    })
    expect(await channel.send(message, sendContext({ idempotencyKey: 'key-1' }))).toEqual({
      status: 'accepted',
      providerMessageId: 'key-1',
    })
    expect(printed()).toBe(`┌ to Ann Lee <ann@guests.test>
│ from Anna
│ Dinner
│ Dinner on Friday?
│ At 8.
│ [Yes] https://portal.test/r/tokentokentoken?choose=yes
│ [No] https://portal.test/r/tokentokentoken?choose=no
│ until 2026-11-27T18:00:00.000Z
│ unsubscribe: https://portal.test/u/stopstopstop
└
`)
  })

  test('prints a form’s link, and a notice without one', async () => {
    const { channel, printed } = openWithOutput()
    await channel.send(
      outboundMessage({ answer: { spec: { type: 'text', maxLength: 9 }, actions: [] }, purpose: 'reminder' }),
      sendContext(),
    )
    expect(printed()).toMatch(/^┌ reminder to [^]*answer: https:\/\/portal\.test\/r\//)
    const { answer: _answer, ...notice } = outboundMessage({ links: {} })
    await channel.send(notice, sendContext())
    expect(printed()).not.toMatch(/answer|https/)
  })

  test('takes any address and lets no text move the cursor', async () => {
    const { channel, printed } = openWithOutput()
    expect(channel.address).toBeUndefined()
    const evil = '\u001b[2J\u0007\u009b\r\u202e'
    await channel.send(
      outboundMessage({
        to: { address: evil, name: evil },
        content: { text: evil },
        originator: { name: evil },
      }),
      sendContext(),
    )
    expect(printed()).not.toMatch(/[\u001b\u0007\u009b\r\u202e]/)
  })

  test.each<readonly [string, TextOutput, string]>([
    ['reports an error', { write: (_text, done) => done(new Error('EPIPE')) }, 'retryable'],
    [
      'throws',
      {
        write: () => {
          throw new Error('closed')
        },
      },
      'retryable',
    ],
    ['never answers', { write: () => {} }, 'unknown'],
  ])('an output that %s', async (_name, output, status) => {
    expect(await log({ output }).send(outboundMessage(), sendContext({ timeoutMs: 50 }))).toMatchObject({
      status,
    })
  })

  test('prints to standard output when no other is given', () => {
    expect(log({})).toMatchObject({ name: 'log' })
  })
})

/** A stream that does as it is told. */
class ScriptedOutput implements TextOutput, ScriptedProvider {
  readonly #printed: string[] = []
  #how: Parameters<ScriptedProvider['answer']>[0] = 'well'

  write(text: string, done: (error?: Error | null) => void): void {
    if (this.#how === 'silent') return
    if (this.#how === 'unwell') {
      done(new Error('EPIPE'))
      return
    }
    // Each message is drawn in a box of its own; the lines within are what was printed.
    this.#printed.push(text.replaceAll('\n│ ', '\n'))
    done()
  }
  answer(how: Parameters<ScriptedProvider['answer']>[0]): void {
    this.#how = how
  }
  received(): readonly string[] {
    return this.#printed
  }
}

describe('the contract of every channel', () => {
  const noProvider = 'a stream takes a text or fails; there is no provider that could say this'
  channelContract({
    test,
    declares: { idempotent: false, receives: false, probes: false, checksAddresses: false },
    provider: async () => new ScriptedOutput(),
    create: (output) => log({ output }),
    address: 'Ann Lee',
    badOptions: { output: () => log({ output: 'stdout' as never }) },
    exceptions: {
      'a provider that wants a pause is rate_limited, with the pause in milliseconds': noProvider,
      'a connection cut before the message left is retryable': noProvider,
      'a connection cut after the message left is unknown': noProvider,
      'a dead address is permanent_recipient': noProvider,
      'a person who said stop is opted_out': noProvider,
      'wrong credentials are permanent_config, and blame nobody’s address': noProvider,
      'a refused text is permanent_content': noProvider,
    },
  })
})
