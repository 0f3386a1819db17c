import { defineConfig, type Options } from 'tsup'
import { thirdPartyNotices } from '../../tools/third-party-notices.ts'
import { sharedBuild } from '../../tsup.base.ts'

type Plugin = NonNullable<Options['esbuildPlugins']>[number]

/** Leaves out the fifty languages Zod can complain in; our own sentences are English. */
const englishOnly: Plugin = {
  name: 'english-only',
  setup(build) {
    build.onLoad({ filter: /zod\/v4\/locales\/index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js'",
    }))
  },
}

/**
 * Bundles what the core is built on, since Node then opens a handful of files instead of five hundred: loading the main
 * entry takes half the time, loading the SQLite store a third. What a host app hands over, made with a Zod of its own,
 * works all the same: only documented members of its schemas are used.
 */
export default defineConfig({
  ...sharedBuild(),
  noExternal: ['zod', /^kysely/, 'p-queue'],
  esbuildPlugins: [englishOnly, thirdPartyNotices('dist/third-party-notices.txt')],
})
