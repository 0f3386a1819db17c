import type { Channel, OutboundMessage } from '@invite-me/core/channel'
import { channelContract, type ScriptedProvider } from '@invite-me/core/testing'
import { test } from 'vitest'
import { inApp } from './in-app.ts'

const noProvider = 'the engine itself keeps the message, so there is no provider that could have this trouble'

/** Stands where the engine's store stands: keeps what the channel took, as the host app would show it. */
class Shelf implements ScriptedProvider {
  readonly #kept: string[] = []

  watch(channel: Channel): Channel {
    return {
      ...channel,
      send: async (message, context) => {
        const outcome = await channel.send(message, context)
        if (outcome.status === 'accepted') this.#kept.push(shown(message, context.idempotencyKey))
        return outcome
      },
    }
  }
  answer(): void {
    // It has no moods: a message that reaches the store is kept.
  }
  received(): readonly string[] {
    return this.#kept
  }
}

function shown({ content, answer, links }: OutboundMessage, key: string): string {
  const labels = (answer?.actions ?? []).map(({ label }) => `[${label}]`)
  return [key, content.text, ...labels, links.respond ?? ''].join('\n')
}

channelContract({
  test,
  declares: { idempotent: true, receives: false, probes: true, checksAddresses: true },
  provider: async () => new Shelf(),
  create: (shelf) => shelf.watch(inApp({})),
  address: 'sam',
  badAddresses: ['x'.repeat(201), 'sam\u2028ann'],
  badOptions: { name: () => inApp({ name: 'In App' }) },
  exceptions: {
    'a provider that wants a pause is rate_limited, with the pause in milliseconds': noProvider,
    'a provider that is unwell is retryable': noProvider,
    'a connection cut before the message left is retryable': noProvider,
    'a connection cut after the message left is unknown': noProvider,
    'a provider that never answers is unknown, or retryable when nothing left': noProvider,
    'a dead address is permanent_recipient': noProvider,
    'a person who said stop is opted_out': noProvider,
    'wrong credentials are permanent_config, and blame nobody’s address': noProvider,
    'a refused text is permanent_content': noProvider,
  },
})
