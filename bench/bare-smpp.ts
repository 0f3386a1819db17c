import { once } from 'node:events'
import { connect } from 'node:net'
import { readUnits } from './smpp-units.ts'

/** A connection to `null-smsc.ts` over which the same ready message goes again and again. */
export interface BareSmpp {
  /** Resolves when it is answered; answers come in order. */
  readonly submit: () => Promise<void>
  readonly close: () => void
}

/** Connects; the message centre wants no login. */
export async function bareSmpp(port: number): Promise<BareSmpp> {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect', { signal: AbortSignal.timeout(10_000) })
  socket.setNoDelay(true)
  const waiting: (() => void)[] = []
  readUnits(socket, () => waiting.shift()?.())
  return {
    submit: () =>
      new Promise((resolve) => {
        waiting.push(resolve)
        socket.write(readyMessage)
      }),
    close: () => socket.destroy(),
  }
}

const readyMessage = submitSm('Anna: Dinner on Friday at 8?\nReply YES or NO.')

/** A `submit_sm` from nobody to nobody (SMPP 3.4 §4.4.1); all fields but the text are empty. */
function submitSm(text: string): Buffer {
  const fields = Buffer.alloc(17)
  fields[16] = text.length
  const head = Buffer.alloc(16)
  head.writeUInt32BE(head.length + fields.length + text.length, 0)
  head.writeUInt32BE(0x04, 4)
  return Buffer.concat([head, fields, Buffer.from(text)])
}
