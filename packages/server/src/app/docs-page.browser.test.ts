import { expect, test } from 'vitest'
import { launchChromium, noChromium, openPage } from '../__fixtures__/chromium.ts'
import { listenOnLoopback } from '../listen.ts'
import { testApi } from './__fixtures__/api.ts'

test.skipIf(noChromium !== undefined)(
  'the page of the description shows every operation, and loads nothing from elsewhere',
  { timeout: 60_000 },
  async () => {
    const api = await testApi()
    const { url, close } = await listenOnLoopback(api.app.fetch)
    const browser = await launchChromium()
    try {
      const elsewhere: string[] = []
      const complaints: string[] = []
      const page = await openPage(browser, 'about:blank', { width: 1_200, colorScheme: 'light' })
      page.on('request', (request) => {
        if (!request.url().startsWith(url) && !request.url().startsWith('data:'))
          elsewhere.push(request.url())
      })
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(message.text())
      })
      page.on('pageerror', (error) => complaints.push(error.message))
      await page.goto(`${url}/docs`)
      await page.getByText('/v1/invitations', { exact: true }).first().waitFor()
      const operation = page.locator('.opblock', { hasText: 'Asks people something' })
      await operation.locator('button').first().click()
      await operation.getByText('Idempotency-Key').first().waitFor()
      expect(elsewhere).toEqual([])
      expect(complaints).toEqual([])
    } finally {
      await browser.close()
      await close()
      await api.stop()
    }
  },
)

test('files of the page are cached by what is in them, and others are not there', async () => {
  const api = await testApi()
  try {
    const script = await api.ask('GET', '/docs/swagger-ui-bundle.js', { authorization: null })
    expect(script.status).toBe(200)
    expect(script.headers.get('content-type')).toMatch(/^text\/javascript/)
    const etag = script.headers.get('etag') ?? ''
    expect(
      (await api.ask('GET', '/docs/swagger-ui-bundle.js', { headers: { 'if-none-match': etag } })).status,
    ).toBe(304)
    expect((await api.ask('GET', '/docs')).headers.get('content-security-policy')).toContain(
      "default-src 'none'",
    )
    for (const name of ['package.json', '..%2Fpackage.json', 'constructor', '__proto__', 'index.html'])
      expect((await api.ask('GET', `/docs/${name}`)).status).toBe(404)
  } finally {
    await api.stop()
  }
})
