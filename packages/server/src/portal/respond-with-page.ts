import { layout, type PageContent } from './layout.ts'

/** What every answer of the portal carries, pages and redirects alike. */
const commonHeaders = {
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
  'X-Robots-Tag': 'noindex, nofollow',
  'X-Content-Type-Options': 'nosniff',
} as const

/**
 * Makes the response for a page. Its policy allows its own style sheet and its own forms, and nothing else at all.
 *
 * @param headers more headers, `Allow` for instance
 */
export async function respondWithPage(
  content: PageContent,
  status: number,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const styleNonce = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))))
  const policy = `default-src 'none'; style-src 'nonce-${styleNonce}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`
  return new Response(String(await layout(content, styleNonce)), {
    status,
    headers: {
      ...commonHeaders,
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Language': content.language.locale,
      'Content-Security-Policy': policy,
      ...headers,
    },
  })
}

/** Sends the browser to another page, to be fetched by GET (303), so that reloading posts nothing again. */
export function redirectTo(location: string): Response {
  return new Response(null, {
    status: 303,
    headers: {
      ...commonHeaders,
      'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
      Location: location,
    },
  })
}
