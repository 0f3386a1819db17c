/**
 * What one floor of the house may import. Type imports count. Its own floor is always allowed.
 *
 * Change a row here only together with ARCHITECTURE.md: this table is the architecture.
 */
export interface Floor {
  /** Other floors of the same package. */
  readonly floors: readonly string[]
  /** Floors reached only by `import()`, so that they are loaded late. */
  readonly lazyFloors?: readonly string[]
  /** Third-party packages (all their subpaths) and single `node:` modules; `node:` stands for every built-in. */
  readonly packages?: readonly string[]
  /** More for single files of the floor, by path inside the floor. */
  readonly files?: Readonly<Record<string, readonly string[]>>
}

const everyFloorButTheStore = [
  'model',
  'rules',
  'ports',
  'accept',
  'dispatch',
  'respond',
  'schedule',
  'campaign',
  'event',
  'queue',
  'system',
  'options',
  'face',
  'invite-me',
  'channel',
]
const top: Floor = { floors: everyFloorButTheStore, packages: ['zod'] }
const flow: Floor = { floors: ['ledger', 'rules', 'ports', 'model'] }
const sender: Floor = { floors: ['accept', 'rules', 'ports', 'model'] }
const driverRoom: Floor = { floors: ['ports', 'model'], packages: ['kysely', 'better-sqlite3'] }

/** The floors of `packages/core/src`: a folder, or a file in its root without its extension. */
export const coreFloors: Readonly<Record<string, Floor>> = {
  model: { floors: [], packages: ['zod'] },
  rules: {
    floors: ['model'],
    files: { 'response-link.ts': ['node:crypto'], 'read-moment.ts': ['temporal-polyfill'] },
  },
  ports: { floors: ['model'] },
  ledger: { floors: ['rules', 'ports', 'model'] },
  accept: flow,
  dispatch: { ...flow, packages: ['p-queue'] },
  respond: flow,
  schedule: sender,
  campaign: sender,
  event: sender,
  store: driverRoom,
  queue: driverRoom,
  testing: { floors: ['ports', 'model', 'invite-me', 'face'], lazyFloors: ['store'], packages: ['node:'] },
  system: { floors: ['ports'], packages: ['node:'] },
  channel: { floors: ['ports', 'model', 'rules'], packages: ['zod'] },
  face: { floors: ['accept', 'respond', 'rules', 'ports', 'model'] },
  options: top,
  'invite-me': top,
  index: top,
}

/** Parts of `packages/core/src` where the system's clock may be read; the same list as in `.oxlintrc.json`. */
export const clockHomes: readonly string[] = ['system', 'testing', 'store']

/** Which of our packages another one may import, by specifier. Any matching row allows. */
export interface NeighbourRow {
  /** Files the row is for: a prefix of the path inside the package's `src`. */
  readonly from: string
  readonly specifiers: RegExp
}

/** Imports between our packages. What no row allows is refused. */
export const neighbours: Readonly<Record<string, readonly NeighbourRow[]>> = {
  core: [],
  channels: [{ from: '', specifiers: /^@invite-me\/core\/channel$/ }],
  server: [{ from: '', specifiers: /^@invite-me\/(core(\/(?!testing).*)?|channels\/catalog)$/ }],
  cli: [
    { from: '', specifiers: /^@invite-me\/(core(\/(?!testing).*)?|channels\/.+)$/ },
    { from: 'commands/serve.', specifiers: /^@invite-me\/server(\/.*)?$/ },
    { from: 'commands/try.', specifiers: /^@invite-me\/server(\/.*)?$/ },
    // While a command waits for answers it serves the pages its links lead to.
    { from: 'portal-listener.', specifiers: /^@invite-me\/server\/(portal|listen)$/ },
    { from: 'commands/simulate.', specifiers: /^@invite-me\/core\/testing$/ },
  ],
}
