import { createECDH } from 'node:crypto'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PackedPackage } from './pack.ts'

/**
 * Makes a folder that looks like a user's project and installs the packed files there with npm, without optional peers.
 *
 * The first run needs the network; later runs take everything from npm's cache.
 *
 * @throws when npm fails; the message holds its output
 */
export function installConsumer(folder: string, packages: readonly PackedPackage[]): void {
  mkdirSync(folder, { recursive: true })
  const dependencies = Object.fromEntries(packages.map(({ name, tarball }) => [name, `file:${tarball}`]))
  // Where one of ours needs another of ours, npm takes the packed file too and asks no registry for it.
  const overrides = Object.fromEntries(packages.map(({ name }) => [name, `$${name}`]))
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'consumer', private: true, type: 'module', dependencies, overrides }),
  )
  const flags = [
    '--prefer-offline',
    '--no-audit',
    '--no-fund',
    '--ignore-scripts',
    '--omit=optional',
    '--omit=peer',
  ]
  const { status, stdout, stderr } = spawnSync('npm', ['install', ...flags], {
    cwd: folder,
    encoding: 'utf8',
    env: environmentOfUser(),
  })
  if (status !== 0) {
    throw new Error(
      `npm could not install the packed files (a first run needs the network):\n${stdout}${stderr}`,
    )
  }
}

/** The environment without what pnpm adds for its own scripts, which npm would take as settings. */
function environmentOfUser(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm|pnpm)_/i.test(name)))
}

/**
 * Runs a few lines as an ES module inside the user's project.
 *
 * @returns what they printed, parsed as JSON
 * @throws when they fail; the message holds the error output
 */
export function evaluateInConsumer(folder: string, lines: readonly string[]): unknown {
  const { status, stdout, stderr } = spawnSync('node', ['--input-type=module', '--eval', lines.join('\n')], {
    cwd: folder,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(stderr)
  return JSON.parse(stdout)
}

/** Specifiers a user may import from these packages: `@invite-me/core`, `@invite-me/core/channel`, … */
export function specifiersOf(packages: readonly PackedPackage[]): readonly string[] {
  return packages.flatMap(({ name, subpaths }) => subpaths.map((subpath) => name + subpath.slice(1)))
}

/**
 * Imports the main entry of core in a fresh process and looks at what that brought along.
 *
 * @returns names of the packages and native libraries that must not be there; empty when the entry is light
 */
export function findHeavyModules(folder: string): readonly string[] {
  const loaded = evaluateInConsumer(folder, [
    "import { registerHooks } from 'node:module'",
    'const urls = []',
    'registerHooks({ load: (url, context, next) => { urls.push(url); return next(url, context) } })',
    "await import('@invite-me/core')",
    'const { sharedObjects } = process.report.getReport()',
    'console.log(JSON.stringify([...urls, ...sharedObjects]))',
  ]) as readonly string[]
  const heavy = loaded.map((url) =>
    /\/node_modules\/(better-sqlite3|kysely|pg|nodemailer)\/|[^/]+\.node$/.exec(url),
  )
  return [...new Set(heavy.flatMap((match) => (match ? [match[1] ?? match[0]] : [])))]
}

/**
 * Type-checks a file that imports every subpath, as a user's compiler would, on the packed declarations.
 *
 * @returns the compiler's complaints about our packages; empty when there are none
 */
export function findTypeErrors(
  root: string,
  folder: string,
  specifiers: readonly string[],
): readonly string[] {
  const imports = specifiers.map((specifier, index) => `import * as part${index} from '${specifier}'`)
  const uses = specifiers.map((_, index) => `part${index}`)
  writeFileSync(
    join(folder, 'consumer.ts'),
    `${imports.join('\n')}\nexport const parts = [${uses.join(', ')}]\n`,
  )
  const compilerOptions = {
    target: 'ES2023',
    module: 'NodeNext',
    strict: true,
    noEmit: true,
    types: ['node'],
    typeRoots: [join(root, 'node_modules/@types')],
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['consumer.ts'] }))
  const { stdout } = spawnSync(join(root, 'node_modules/.bin/tsc'), ['-p', folder, '--pretty', 'false'], {
    cwd: folder,
    encoding: 'utf8',
  })
  return stdout.split('\n').filter((line) => /^consumer\.ts|@invite-me\//.test(line))
}

/** Options with which every channel can be made; nothing listens at the addresses. */
const everyChannel = `channels:
  discord: { botToken: 'MTIzNDU2Nzg5MDEyMzQ1Njc4.GaBcDe.abcdefghijklmnopqrstuvwxyz0123456789AB', apiUrl: 'http://127.0.0.1:9' }
  email: { smtp: 'smtp://127.0.0.1:9', from: 'dinner@guests.test' }
  http: { url: 'http://127.0.0.1:9', body: { text: '{{text}}' } }
  in-app: {}
  log: {}
  slack: { botToken: 'xoxb-123456789012-123456789012-abcdefghijklmnopqrstuvwx', apiUrl: 'http://127.0.0.1:9' }
  smpp: { host: '127.0.0.1', port: 9, systemId: 'guests', password: 'secret', source: '+14155550100' }
  telegram: { token: '123456789:AAEhBP0av28-test-token-of-nobody', apiRoot: 'http://127.0.0.1:9' }
  twilio-sms: { accountSid: 'AC0123456789abcdef0123456789abcdef', authToken: 'secret', from: '+14155550100', baseUrl: 'http://127.0.0.1:9' }
  twilio-whatsapp: { accountSid: 'AC0123456789abcdef0123456789abcdef', authToken: 'secret', from: '+14155550100', baseUrl: 'http://127.0.0.1:9' }
  webhook: { secrets: ['whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'] }
  web-push: { subject: 'mailto:dinner@guests.test', publicKey: 'PUBLIC', privateKey: 'PRIVATE' }
`

/**
 * Lets the installed command line make every channel and look whether it works: what is bundled and what is loaded late must
 * both be found.
 *
 * @returns what the command says of channels that could not be made; empty when all could
 */
export function findChannelsNotMade(folder: string): readonly string[] {
  const keys = createECDH('prime256v1')
  keys.generateKeys()
  const config = everyChannel
    .replace('PUBLIC', keys.getPublicKey('base64url'))
    .replace('PRIVATE', keys.getPrivateKey('base64url').padStart(43, 'A'))
  writeFileSync(join(folder, 'invite-me.config.yaml'), config)
  const command = join(folder, 'node_modules/.bin/invite-me')
  const { stdout, stderr } = spawnSync(command, ['channels', 'doctor', '--json'], {
    cwd: folder,
    encoding: 'utf8',
    timeout: 120_000,
  })
  if (stdout === '') return [stderr]
  const { checks } = JSON.parse(stdout) as { checks: readonly { name: string; detail: string }[] }
  // That nothing answers at these addresses is no fault of the package.
  const faulty = /is wrong|unforeseen|could not be made|not a (function|constructor)|npm i/
  const bad = checks.filter(({ detail }) => faulty.test(detail))
  const told = bad.map(({ name, detail }) => `${name}: ${detail}`)
  return checks.length === 12 ? told : [...told, `only ${checks.length} channels were looked at`]
}

/** Asks the installed command line for its version. */
export function readCliVersion(folder: string): string {
  return execFileSync(join(folder, 'node_modules/.bin/invite-me'), ['--version'], { encoding: 'utf8' }).trim()
}
