import type { Channel } from '../ports/channel.ts'
import type { OutboxEntry } from './scripted-channel.ts'

type Track = <Result>(promise: Promise<Result>) => Promise<Result>

/**
 * The same channel, which keeps what it was handed. A real one answers in real time, so the clock waits for it.
 *
 * @param outbox shared by all channels of a test; entries come in the order of the sends
 */
export function recordedChannel(channel: Channel, outbox: OutboxEntry[], track: Track): Channel {
  const send: Channel['send'] = async (message, context) => {
    const { idempotencyKey, clock } = context
    const place = outbox.length
    const at = new Date(clock.now())
    const entry = { channel: channel.name, at, idempotencyKey, message, outcome: undefined }
    outbox.push(entry)
    const outcome = await track(channel.send(message, context))
    outbox[place] = { ...entry, outcome }
    return outcome
  }
  const { edit, find } = channel
  const tracked = {
    send,
    ...(edit !== undefined && {
      edit: (...given: Parameters<typeof edit>) => track(edit.apply(channel, given)),
    }),
    ...(find !== undefined && {
      find: (...given: Parameters<typeof find>) => track(find.apply(channel, given)),
    }),
  }
  return new Proxy(channel, {
    get: (target, name): unknown => {
      if (name in tracked) return Reflect.get(tracked, name)
      const member: unknown = Reflect.get(target, name)
      return typeof member === 'function' ? member.bind(target) : member
    },
  })
}
