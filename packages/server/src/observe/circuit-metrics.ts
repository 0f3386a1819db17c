import type { InviteMe } from '@invite-me/core'
import { Gauge, type Registry } from 'prom-client'

const states = ['closed', 'half_open', 'open'] as const

/** Adds whether each channel's provider is called at present. */
export function addCircuitMetrics(registry: Registry, channels: Pick<InviteMe['channels'], 'list'>): void {
  new Gauge({
    name: 'invite_me_channel_circuit',
    help: '1 for the state a channel is in: closed works, open is paused after failures, half_open is about to try again.',
    labelNames: ['channel', 'state'],
    registers: [registry],
    collect() {
      for (const { name, circuit } of channels.list())
        for (const state of states) this.set({ channel: name, state }, circuit === state ? 1 : 0)
    },
  })
}
