import { defineConfig } from 'tsup'
import { thirdPartyNotices } from '../../tools/third-party-notices.ts'
import { sharedBuild } from '../../tsup.base.ts'

/**
 * Bundles the whole command line into a few files: starting it takes 107 ms instead of 236 ms, and installing it brings
 * few packages. Left outside: SQLite, which is native, and the mail libraries, which are loaded only when mail is used.
 */
export default defineConfig({
  ...sharedBuild(),
  entry: { bin: 'src/bin.ts' },
  splitting: true,
  noExternal: [/^(?!better-sqlite3|nodemailer|smtp-server)/],
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
