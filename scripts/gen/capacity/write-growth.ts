import { bytes, duration, figure, millions, table } from './figures.ts'
import {
  connectionsPerProcess,
  fleetFor,
  plannedShare,
  processorCost,
  usualConnections,
  workspaceRate,
  type Kind,
} from './plan.ts'
import { providerRates } from './provider-rates.ts'
import type { Measured } from './read-results.ts'

const percent = `${String(100 * plannedShare)} %`

/** Writes how one node becomes many: what costs what, what moves first, how it is divided, and machines for campaigns. */
export function writeGrowth(measured: Measured, campaigns: readonly number[]): readonly string[] {
  return [
    '## Processor, memory, connections',
    writeCosts(measured),
    '## What moves to a machine of its own, and when',
    writeSteps(measured),
    '## Dividing by lane and by hash',
    writeDivision(measured),
    '## Machines',
    writeMachines(measured, campaigns),
  ]
}

function writeCosts(measured: Measured): string {
  const row = (kind: Kind, words: string) => {
    const { engineMs, postgresMs } = processorCost(measured, kind)
    return [
      words,
      figure(engineMs),
      figure(postgresMs),
      figure(1_000 / engineMs),
      figure(1_000 / postgresMs),
      bytes(measured.cost('postgres', kind).residentBytes),
    ]
  }
  return [
    table(
      [
        'on Postgres',
        'our process, ms',
        'Postgres, ms',
        'a second by a core of ours',
        'a second by a core of Postgres',
        'memory of a process',
      ],
      [row('sent', 'a notice, sent'), row('answered', 'a question, sent and answered')],
    ),
    '`a second by a core = 1,000 ÷ ms`. A process of ours uses one core, so run one for each. The memory is that of the measuring process after all its rounds; an idle one has less.',
    `A process has at most ${String(connectionsPerProcess)} connections: 10, and one that listens. A Postgres as it is installed gives ${String(usualConnections)}, enough for ⌊${String(usualConnections)} ÷ ${String(connectionsPerProcess)}⌋ = ${String(Math.floor(usualConnections / connectionsPerProcess))} processes; after that raise \`max_connections\`, or give dispatchers fewer (\`postgres({ connections })\`).`,
  ].join('\n\n')
}

/** Cores of the machines the page computes for. */
const machineCores = [2, 8, 32] as const

function writeSteps(measured: Measured): string {
  const { engineMs, postgresMs } = processorCost(measured, 'sent')
  const sqliteMs = measured.cost('sqlite', 'sent').engineCpuMs
  const rate = (cores: number, ms: number) => figure((cores * plannedShare * 1_000) / ms)
  const row = (step: string, busiest: string, ms: number) => [
    step,
    busiest,
    figure(ms),
    ...machineCores.map((cores) => rate(cores, ms)),
  ]
  return [
    table(
      [
        '',
        'on the busiest machine',
        'ms of it a notice',
        ...machineCores.map((cores) => `a second, ${String(cores)} cores`),
      ],
      [
        [
          '0. `serve` on SQLite',
          'one process, which uses one core',
          figure(sqliteMs),
          ...machineCores.map(() => rate(1, sqliteMs)),
        ],
        row('1. `serve` on Postgres, a process for each core', 'ours and Postgres', engineMs + postgresMs),
        row('2. ours on machines of their own', 'Postgres', postgresMs),
      ],
    ),
    `\`a second = cores × ${percent} × 1,000 ÷ ms\`. ${percent} is what to plan with; the rest is for peaks, further tries and a machine that is away. It counts the processor alone: a disk that takes long to confirm, or a provider that answers late, comes first. What is far beyond the ${figure(measured.postgres.at500)} a second that were measured is arithmetic, not experience.`,
    [
      `1. **Dispatchers first.** Of a notice’s processor time ${figure((100 * engineMs) / (engineMs + postgresMs))} % is ours, and a process of ours is moved by starting it elsewhere (\`invite-me worker\`). One Postgres keeps \`${figure(engineMs)} ÷ ${figure(postgresMs)}\` = ${figure(engineMs / postgresMs)} times its own cores of ours busy, API and dispatchers together.`,
      '2. **Postgres next**, when the machine it shares is busy: it wants its disk and its memory for itself. Now every process of ours is on another machine, and there may be any number.',
      '3. **RabbitMQ** when there are so many dispatchers that their looking is what Postgres is busy with (`invite_me_backlog` small, Postgres busy). It holds names of work only, at most 10,000 hints a lane, so the smallest machine will do; three of them if it must not be away.',
      '4. **Redis** last, for live sockets on several machines. It keeps nothing.',
      '5. **A second workspace** when one Postgres is not enough; see below.',
    ].join('\n'),
  ].join('\n\n')
}

function writeDivision(measured: Measured): string {
  const [sent, answered] = (['sent', 'answered'] as const).map((kind) => workspaceRate(measured, kind))
  return [
    'By **channel**, as long as dispatchers look into Postgres by themselves: one that has only some channels (`invite-me worker --via sms`) takes only their work, so a slow medium has machines of its own. With RabbitMQ give every dispatcher all channels: a hint goes to any of them, and one that has not its channel lets it go until it is handed out again.',
    'By **lane**: each lane has its share of a dispatcher, and on RabbitMQ a queue and a window of its own, so that a full lane holds up no other. It needs no setting, and no machine.',
    `By **hash**: one workspace takes ${figure(sent ?? NaN)} notices or ${figure(answered ?? NaN)} answered questions a second at most, as measured on one machine for everything (\`${figure(measured.postgres.at500)} × cost of a notice ÷ cost of a question\`); its events are committed one group after the other, so cores do not raise that in proportion. Beyond that make several, each a database with servers of its own, and choose by a hash of the person:`,
    [
      '```ts',
      '// run',
      "import { createHash } from 'node:crypto'",
      "import { connect } from '@invite-me/core/client'",
      '',
      "const key = 'imk_…'",
      "const workspaces = [connect({ url: 'https://a.internal', key }), connect({ url: 'https://b.internal', key })]",
      '',
      'export function workspaceOf(externalId: string) {',
      "  const hash = createHash('sha256').update(externalId).digest()",
      '  return workspaces[hash.readUInt32BE() % workspaces.length]',
      '}',
      '```',
    ].join('\n'),
    'Nothing in the engine does this for you, and workspaces know nothing of each other. By person, so that their preferences, opt-outs, inbox and open questions are in one place. A sender (number, bot, mailbox) for each workspace, since a reply is answered by the workspace whose sender it came to. One message to all has an id in each of them. A number that may change is better taken from a table than from the modulus, or people move.',
  ].join('\n\n')
}

const windowsSeconds = [3_600, 8 * 3_600, 86_400] as const

function writeMachines(measured: Measured, campaigns: readonly number[]): string {
  const both = (count: (kind: Kind) => string): string => `${count('sent')} / ${count('answered')}`
  const senders = ['Telegram', 'SMS, a short code'].map((name) => {
    const found = providerRates.find((rate) => rate.name === name)
    if (found === undefined) throw new Error(`The rates of providers no longer have ${name}.`)
    return found
  })
  const rows = campaigns.flatMap((recipients) =>
    windowsSeconds.map((seconds) => {
      const fleet = (kind: Kind) => fleetFor(measured, kind, recipients, seconds)
      const { perSecond } = fleet('sent')
      return [
        millions(recipients),
        duration(seconds),
        figure(perSecond),
        ...senders.map((sender) => figure(Math.ceil(perSecond / sender.perSecond))),
        both((kind) => figure(fleet(kind).engineCores)),
        both((kind) => bytes(fleet(kind).memoryBytes)),
        both((kind) => figure(fleet(kind).postgresCores)),
        both((kind) => figure(fleet(kind).workspaces)),
        both((kind) => bytes(fleet(kind).diskBytes)),
      ]
    }),
  )
  const [first = NaN] = campaigns
  const [hour] = windowsSeconds
  const { engineMs } = processorCost(measured, 'sent')
  const perSecond = first / hour
  return [
    'For so many people within so long: a notice each, and after the stroke a question each that everybody answers within the same time.',
    table(
      [
        'people',
        'within',
        'a second',
        'Telegram bots',
        'short codes',
        'cores of ours',
        'memory of ours',
        'cores of Postgres',
        'workspaces',
        'disk of Postgres',
      ],
      rows,
    ),
    [
      `- \`a second = people ÷ time\`: ${first.toLocaleString('en')} ÷ ${hour.toLocaleString('en')} = ${figure(perSecond)}`,
      `- \`cores = ⌈a second × ms ÷ 1,000 ÷ ${percent}⌉\`: ⌈${figure(perSecond)} × ${figure(engineMs)} ÷ 1,000 ÷ ${percent}⌉ = ${figure(fleetFor(measured, 'sent', first, hour).engineCores)}`,
      `- \`memory = cores of ours × memory of a process\`, \`connections = cores of ours × ${String(connectionsPerProcess)}\`; Postgres likes its hot rows in memory: those of the last hours`,
      `- \`workspaces = ⌈a second ÷ (${percent} × ${figure(measured.postgres.at500)})⌉\`, for questions with the rate above`,
      '- `senders = ⌈a second ÷ rate⌉`; Telegram allows one bot a person you know, so several bots are several circles of people',
    ].join('\n'),
    'In money, with your own prices: `cores × price of a core + disk × price of a GB + people × segments × price of a message`. Where a message has a price, the last term is nearly all of it.',
  ].join('\n\n')
}
