import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'

/** Files of Swagger UI the page loads, from the package `swagger-ui-dist`. */
const assets: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'favicon-32x32.png': 'image/png',
}

/** Nothing from elsewhere and no inline scripts; Swagger UI sets styles in attributes and shows pictures of its own style sheet. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>invite-me HTTP interface</title>
<link rel="stylesheet" href="/docs/swagger-ui.css">
<link rel="icon" type="image/png" href="/docs/favicon-32x32.png">
</head>
<body>
<div id="reference"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`

const start = `SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#reference',
  deepLinking: true,
  tryItOutEnabled: false,
  validatorUrl: null,
})
`

/**
 * Serves the description of the interface for people: `/docs` and the files it needs, all from this server.
 *
 * @param name `''` for the page itself, else the name of a file
 * @returns `undefined` when there is no such file
 */
export async function docsFile(name: string, request: Request): Promise<Response | undefined> {
  if (name === '') return respond(page, 'text/html; charset=utf-8', request)
  if (name === 'start.js') return respond(start, 'text/javascript; charset=utf-8', request)
  const type = Object.hasOwn(assets, name) ? assets[name] : undefined
  if (type === undefined) return undefined
  return respond(await readAsset(name), type, request)
}

const read = new Map<string, Promise<Buffer<ArrayBuffer>>>()

/** Each file is read once; they are few and do not change while we run. */
function readAsset(name: string): Promise<Buffer<ArrayBuffer>> {
  const known = read.get(name)
  if (known !== undefined) return known
  const path = createRequire(import.meta.url).resolve(`swagger-ui-dist/${name}`)
  const file = readFile(path)
  read.set(name, file)
  return file
}

function respond(content: string | Buffer<ArrayBuffer>, type: string, request: Request): Response {
  const etag = `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`
  const headers = {
    'Content-Security-Policy': policy,
    'Cache-Control': 'no-cache',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Referrer-Policy': 'no-referrer',
    ETag: etag,
  }
  if (request.headers.get('if-none-match') === etag) return new Response(null, { status: 304, headers })
  return new Response(content, { headers: { ...headers, 'Content-Type': type } })
}
