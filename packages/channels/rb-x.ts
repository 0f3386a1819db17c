import { createServer } from 'node:http'
import { createServer as net } from 'node:net'
import { once } from 'node:events'
import { guardedFetch } from './src/shared/guarded-fetch.ts'
import { composeRequest } from './src/generic-http/compose.ts'
const loop = { allowHttp: true, ports: 'any', isAllowed: (a: string) => a === '127.0.0.1', resolve: async () => ['127.0.0.1'] } as const
const s = net((c) => { c.on('error',()=>{}); c.once('data', () => c.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n')) }).listen(0, '127.0.0.1')
await once(s, 'listening')
const port = (s.address() as any).port
const r = await Promise.race([guardedFetch(loop)(`http://a.test:${port}/`, { signal: AbortSignal.timeout(500) }).then((r) => r.status, (e) => e.cause?.code ?? e), new Promise((r) => setTimeout(r, 2000, 'HANG'))])
console.log('101:', r)
let proxied = 0
const proxy = createServer((q, w) => { proxied++; w.end('proxy') }).on('connect', () => { proxied++ }).listen(0, '127.0.0.1')
await once(proxy, 'listening')
const t = createServer((q, w) => w.end('direct')).listen(0, '127.0.0.1'); await once(t, 'listening')
console.log('env', process.env.NODE_USE_ENV_PROXY, process.env.HTTP_PROXY)
const p2 = (t.address() as any).port
console.log('direct?', await (await guardedFetch(loop)(`http://a.test:${p2}/`)).text())
const opt: any = { url: 'https://x.test/users/{{to}}', headers: {}, method: 'POST', format: 'json' }
for (const to of ['.', '..', '%2e', 'a/..']) console.log(to, composeRequest(opt, new Map([['to', to]])))
process.exit()
