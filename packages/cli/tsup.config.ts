import { defineConfig } from 'tsup'
import { thirdPartyNotices } from '../../tools/third-party-notices.ts'
import { sharedBuild } from '../../tsup.base.ts'

/**
 * Packages that stay what they are, each in `dependencies`: SQLite, which is native; the libraries of single media, which are
 * loaded only when their medium is used; those of the server that are CommonJS, or files to be served (the API page).
 */
const outside = [
  'better-sqlite3',
  'nodemailer',
  'smtp-server',
  'grammy',
  'imapflow',
  'smpp',
  'web-push',
  'pg',
  'amqplib',
  'ioredis',
  'ws',
  'pino',
  'prom-client',
  'rate-limiter-flexible',
  'swagger-ui-dist',
]

/**
 * Bundles the whole command line into a few files: starting it takes 107 ms instead of 236 ms, and installing it brings
 * few packages.
 */
export default defineConfig({
  ...sharedBuild(),
  entry: { bin: 'src/bin.ts' },
  splitting: true,
  noExternal: [new RegExp(`^(?!(?:${outside.join('|')})(?:/|$))`)],
  esbuildPlugins: [thirdPartyNotices('dist/third-party-notices.txt')],
  esbuildOptions(options) {
    // The other packages are taken from their sources, so this build needs no other build before it.
    options.conditions = ['@invite-me/source']
  },
  banner: {
    // Bundled CommonJS packages ask for Node's own modules by `require`, which an ES module does not have.
    js: "import { createRequire as createBundleRequire } from 'node:module'; const require = createBundleRequire(import.meta.url);",
  },
})
