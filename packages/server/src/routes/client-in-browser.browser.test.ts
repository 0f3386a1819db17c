import { readFile } from 'node:fs/promises'
import { createRequire, stripTypeScriptTypes } from 'node:module'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testApi, type TestApi } from '../app/__fixtures__/api.ts'
import { launchChromium, noChromium, openPage } from '../__fixtures__/chromium.ts'
import { listenOnLoopback, type Listening } from '../listen.ts'

const core = join(dirname(fileURLToPath(import.meta.url)), '../../../core')
const require = createRequire(join(core, 'package.json'))
const folders: Readonly<Record<string, string>> = {
  src: join(core, 'src'),
  ky: dirname(require.resolve('ky')),
  zod: dirname(require.resolve('zod')),
}
const imports = { ky: '/ky/index.js', zod: '/zod/index.js', client: '/src/client/index.ts' }
const page = `<!doctype html><script type="importmap">${JSON.stringify({ imports })}</script>`

/** The client's own source as a browser can run it, beside the interface. */
async function serve(api: TestApi, request: Request): Promise<Response> {
  const { pathname } = new URL(request.url)
  if (pathname.startsWith('/v1/')) return api.app.fetch(request)
  if (pathname === '/') return new Response(page, { headers: { 'content-type': 'text/html' } })
  const [, folder = '', ...rest] = normalize(pathname).split('/')
  const root = folders[folder]
  if (root === undefined) return new Response('', { status: 404 })
  const text = await readFile(join(root, ...rest), 'utf8')
  const script = pathname.endsWith('.ts') ? stripTypeScriptTypes(text) : text
  return new Response(script, { headers: { 'content-type': 'text/javascript' } })
}

let api: TestApi
let server: Listening
let browser: Browser
beforeAll(async () => {
  if (noChromium !== undefined) return
  api = await testApi()
  server = await listenOnLoopback((request) => serve(api, request))
  browser = await launchChromium()
}, 40_000)
afterAll(async () => {
  if (noChromium !== undefined) return
  await browser.close()
  await api.stop()
  await server.close()
})

test.skipIf(noChromium !== undefined)(
  'the client asks, waits and is refused in a browser as elsewhere',
  async () => {
    const tab = await openPage(browser, server.url, { width: 800, colorScheme: 'light' })
    const asked = await tab.evaluate(`(async () => {
    const { connect, yesNo } = await import('client')
    window.inviteMe = connect({ url: location.origin, key: '${api.owner}' })
    const invitation = await inviteMe.ask({ routes: { email: 'sam@guests.test' } }, 'Dinner?', { answer: yesNo() })
    window.waiting = invitation.answer()
    return invitation.id
  })()`)
    await api.t.advance(0)
    await api.t.inviteMe.respond(String(asked), { kind: 'value', value: true })
    const told = await tab.evaluate(`(async () => {
    const { isInviteMeError } = await import('client')
    const result = await window.waiting
    const error = await inviteMe.invitation('nothing').catch((thrown) => thrown)
    return { kind: result.kind, value: result.value, isDate: result.at instanceof Date, isOurs: isInviteMeError(error), code: error.code }
  })()`)
    expect(told).toEqual({
      kind: 'answered',
      value: true,
      isDate: true,
      isOurs: true,
      code: 'INVITATION_UNKNOWN',
    })
  },
  60_000,
)
