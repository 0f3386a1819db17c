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
  'announce',
  'schedule',
  'campaign',
  'event',
  'queue',
  'system',
  'store-clock',
  'options',
  'face',
  'invite-me',
  'channel',
]
const top: Floor = { floors: everyFloorButTheStore, packages: ['zod'] }
const flow: Floor = { floors: ['ledger', 'rules', 'ports', 'model'] }
const sender: Floor = { floors: ['accept', 'rules', 'ports', 'model'] }
const driverRoom: Floor = { floors: ['ports', 'model'], packages: ['kysely', 'better-sqlite3', 'pg'] }

/** The floors of `packages/core/src`: a folder, or a file in its root without its extension. */
export const coreFloors: Readonly<Record<string, Floor>> = {
  model: { floors: [], packages: ['zod'] },
  rules: {
    floors: ['model'],
    files: {
      'response-link.ts': ['node:crypto'],
      'key-secret.ts': ['node:crypto'],
      'webhook-signature.ts': ['node:crypto'],
      'read-moment.ts': ['temporal-polyfill'],
      'anniversary.ts': ['temporal-polyfill'],
      'next-run.ts': ['croner', 'rrule-temporal', 'temporal-polyfill'],
      'delivery-window.ts': ['temporal-polyfill'],
      'render-template.ts': ['liquidjs'],
    },
  },
  ports: { floors: ['model'] },
  ledger: { floors: ['rules', 'ports', 'model'] },
  accept: flow,
  dispatch: { ...flow, packages: ['p-queue'] },
  respond: flow,
  announce: flow,
  schedule: sender,
  campaign: sender,
  event: sender,
  store: {
    ...driverRoom,
    // Backups are files.
    files: {
      'workspace/back-up-workspace.ts': ['node:'],
      'workspace/copy-workspace.ts': ['node:crypto'],
      'workspace/sqlite-end.ts': ['node:fs'],
      'workspace/workspace-location.ts': ['node:path'],
    },
  },
  queue: driverRoom,
  testing: { floors: ['ports', 'model', 'invite-me', 'face'], lazyFloors: ['store'], packages: ['node:'] },
  system: { floors: ['ports'], packages: ['node:'] },
  'store-clock': { floors: ['ports'] },
  channel: { floors: ['ports', 'model', 'rules'], packages: ['zod'] },
  'guarded-fetch': { floors: [], packages: ['node:'] },
  face: { floors: ['accept', 'respond', 'ledger', 'schedule', 'rules', 'ports', 'model'] },
  // Runs in browsers: of the face its types alone, and nothing of `node:`.
  client: { floors: ['ports', 'model', 'face'], packages: ['ky', 'zod'] },
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
  channels: [{ from: '', specifiers: /^@invite-me\/core\/(channel|guarded-fetch)$/ }],
  server: [{ from: '', specifiers: /^@invite-me\/(core(\/(?!testing).*)?|channels\/catalog)$/ }],
  cli: [
    { from: '', specifiers: /^@invite-me\/(core(\/(?!testing).*)?|channels\/.+)$/ },
    { from: 'commands/serve.', specifiers: /^@invite-me\/server(\/.*)?$/ },
    { from: 'commands/try.', specifiers: /^@invite-me\/server(\/.*)?$/ },
    // While a command waits for answers it serves the pages its links lead to.
    { from: 'portal-listener.', specifiers: /^@invite-me\/server\/(portal|listen)$/ },
    // Lists of people are read in one way, from a file and over HTTP.
    { from: 'addressees.', specifiers: /^@invite-me\/server\/people$/ },
    { from: 'configured-channels.', specifiers: /^@invite-me\/server\/people$/ },
    { from: 'commands/suppressions.', specifiers: /^@invite-me\/server\/people$/ },
    { from: 'commands/suppressions.', specifiers: /^@invite-me\/server\/people$/ },
    { from: 'commands/simulate.', specifiers: /^@invite-me\/core\/testing$/ },
    { from: 'simulation/', specifiers: /^@invite-me\/core\/testing$/ },
  ],
}
