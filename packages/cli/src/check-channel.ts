import { isInviteMeError } from '@invite-me/core/channel'
import type { Check } from './checks.ts'
import type { ConfiguredChannel } from './configured-channels.ts'

const probeMs = 10_000

/** Checks the settings, credentials and connection of one channel, without sending; closes it afterwards. */
export async function checkChannel(configured: ConfiguredChannel): Promise<Check> {
  const name = `channel ${configured.name}`
  if ('error' in configured) {
    return { name, status: 'broken', detail: configured.error.message, todo: 'Correct its settings.' }
  }
  const { channel } = configured
  const todo = 'Check its settings, and whether its provider can be reached from here.'
  if (channel.probe === undefined)
    return { name, status: 'ok', detail: 'set up; it cannot be checked without sending' }
  const signal = AbortSignal.timeout(probeMs)
  try {
    const { ok, detail } = await channel.probe(signal)
    return ok ? { name, status: 'ok', detail } : { name, status: 'broken', detail, todo }
  } catch (error) {
    if (isInviteMeError(error)) return { name, status: 'broken', detail: error.message, todo }
    if (signal.aborted) {
      return { name, status: 'broken', detail: `gave no answer within ${probeMs / 1_000} s`, todo }
    }
    return {
      name,
      status: 'broken',
      detail: 'failed to be checked, which is a bug of it',
      todo: 'Report it.',
    }
  } finally {
    await channel.close?.()
  }
}
