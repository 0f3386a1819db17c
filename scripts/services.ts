/**
 * Finds the programs some tests need beside Node, and says how to get what is missing: `pnpm services`.
 *
 * Tests skip, naming the reason, when their program is missing. With `INVITE_ME_REQUIRE_SERVICES=1`, as in continuous
 * integration, a missing program is a failure instead, so that a run cannot pass without having tested.
 */
import { existsSync } from 'node:fs'

export type ServiceName =
  | 'postfix'
  | 'dovecot'
  | 'kannel'
  | 'libical'
  | 'openssl'
  | 'chromium'
  | 'postgres'
  | 'rabbitmq'
  | 'redis'
  | 'java'
  | 'promtool'

interface Service {
  readonly purpose: string
  /** Where Debian and its relatives put the program; the first that exists is taken. */
  readonly paths: readonly string[]
  readonly install: string
}

const services: Readonly<Record<ServiceName, Service>> = {
  postfix: {
    purpose: 'mail over a real server',
    paths: ['/usr/sbin/postfix'],
    install: 'apt-get install --no-install-recommends postfix',
  },
  dovecot: {
    purpose: 'a real mailbox',
    paths: ['/usr/sbin/dovecot'],
    install: 'apt-get install --no-install-recommends dovecot-imapd dovecot-lmtpd',
  },
  kannel: {
    purpose: 'SMS with those of another gateway',
    // Its second program, smsbox, comes with it and lies beside it.
    paths: ['/usr/sbin/bearerbox'],
    install: 'apt-get install --no-install-recommends kannel',
  },
  libical: {
    purpose: 'calendar entries with what others read in them',
    // No program, but what lets the system's Python call the library.
    paths: ['x86_64-linux-gnu/', 'aarch64-linux-gnu/', ''].map(
      (folder) => `/usr/lib/${folder}girepository-1.0/ICalGLib-3.0.typelib`,
    ),
    install: 'apt-get install --no-install-recommends python3-gi gir1.2-ical-3.0',
  },
  postgres: {
    purpose: 'what is kept in Postgres, where npm brings none',
    // Its other programs lie beside it.
    paths: [18, 17, 16, 15].map((version) => `/usr/lib/postgresql/${version}/bin/postgres`),
    install: 'apt-get install --no-install-recommends postgresql',
  },
  openssl: {
    purpose: 'certificates nobody vouches for',
    paths: ['/usr/bin/openssl'],
    install: 'apt-get install --no-install-recommends openssl',
  },
  chromium: {
    purpose: 'pages in a real browser',
    paths: ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'],
    install: 'apt-get install --no-install-recommends chromium',
  },
  rabbitmq: {
    purpose: 'work that crosses machines',
    // Not the one in sbin: that script always runs the broker of the machine, whatever its environment says.
    paths: ['/usr/lib/rabbitmq/bin/rabbitmq-server'],
    install: 'apt-get install --no-install-recommends rabbitmq-server',
  },
  redis: {
    purpose: 'processes that wake each other',
    paths: ['/usr/bin/redis-server', '/usr/local/bin/redis-server'],
    install: 'apt-get install --no-install-recommends redis-server',
  },
  java: {
    purpose: 'the HTTP interface with every request its description allows',
    paths: ['/usr/bin/java'],
    install: 'apt-get install --no-install-recommends default-jre-headless',
  },
  promtool: {
    purpose: 'metrics and alert rules by the rules of Prometheus',
    // Comes with the server, which no test runs.
    paths: ['/usr/bin/promtool', '/usr/local/bin/promtool'],
    install: 'apt-get install --no-install-recommends prometheus',
  },
}
const names = Object.keys(services) as readonly ServiceName[]

/** @returns path of the program, or undefined when this machine does not have it */
export function findService(name: ServiceName): string | undefined {
  return services[name].paths.find((path) => existsSync(path))
}

/** @returns one sentence for a skipped test: what is missing and the command that brings it */
export function explainMissing(name: ServiceName): string {
  const { purpose, install } = services[name]
  return `${name} is not installed, so nothing tests ${purpose}; install it with: ${install}`
}

/** @returns whether a missing program must fail the run */
export function areServicesRequired(): boolean {
  return process.env['INVITE_ME_REQUIRE_SERVICES'] === '1'
}

// `import.meta.main` would say it shorter, but Node 22 does not have it.
if (process.argv[1] === import.meta.filename) {
  const missing = names.filter((name) => findService(name) === undefined)
  for (const name of missing) console.log(explainMissing(name))
  if (missing.length > 0 && areServicesRequired()) process.exitCode = 1
}
