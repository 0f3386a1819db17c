import { Gauge, type Registry } from 'prom-client'

/** Adds how many follow live topics at this process. */
export function addLiveMetrics(registry: Registry, connections: () => number): void {
  new Gauge({
    name: 'invite_me_live_connections',
    help: 'Sockets and streams of live topics that are open at this process.',
    registers: [registry],
    collect() {
      this.set(connections())
    },
  })
}
