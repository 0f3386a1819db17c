import type { Scope } from '@invite-me/core'
import { testInviteMe, type InviteMeTest, type InviteMeTestOptions } from '@invite-me/core/testing'
import { expect } from 'vitest'
import { patientClock } from '../../../../../tests/worlds/patient-clock.ts'
import { patientHttp } from '../../../../../tests/worlds/patient-http.ts'
import { createApp, type App, type AppOptions } from '../create-app.ts'
import { departure } from './matches-document.ts'

/** What a test says of a request. */
export interface Asking {
  /** JSON, unless it is a text, bytes or a stream, which are sent as they are. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  /** Whole `Authorization` header; default the owner's key; `null` none. */
  readonly authorization?: string | null
  readonly signal?: AbortSignal
}

/** What came back. */
export interface Answered {
  readonly status: number
  readonly headers: Headers
  /** Parsed JSON, else the text. */
  // oxlint-disable-next-line typescript/no-explicit-any -- a test asks for whatever it wants to see
  readonly body: any
}

/** An HTTP interface over an engine for tests. */
export interface TestApi {
  readonly t: InviteMeTest
  readonly app: App
  /** Secret of a key with every scope. */
  readonly owner: string
  /** Answers a request as the interface does, while the clock stands still; see `PatientHttp`. */
  answer(request: Request): Promise<Response>
  /** Sends a request; fails the test when the answer is not what the description of the interface promises. */
  ask(method: string, path: string, asking?: Asking): Promise<Answered>
  /** `Bearer imk_…` of a new key with these scopes. */
  keyWith(...scopes: readonly Scope[]): Promise<string>
  stop(): Promise<void>
}

/** Makes an engine in memory on a virtual clock, with its HTTP interface. */
export async function testApi(options: AppOptions = {}, engine: InviteMeTestOptions = {}): Promise<TestApi> {
  const t = await testInviteMe(engine)
  const silent = { warn: () => undefined, error: () => undefined }
  const http = patientHttp(patientClock(t.clock))
  const app = createApp(t.inviteMe, { clock: http.clock, log: silent, ...options })
  const made = options.keys === 'off' ? undefined : await t.inviteMe.keys.create({ name: 'owner', role: 'owner' })
  const owner = made?.secret ?? ''
  return {
    t,
    app,
    owner,
    answer: (request) => http.answer(request, app.fetch),
    keyWith: async (...scopes) =>
      `Bearer ${(await t.inviteMe.keys.create({ name: 'test', scopes: [...scopes] })).secret}`,
    ask: async (method, path, asking = {}) => {
      const response = await app.fetch(requestOf(method, path, asking, owner))
      const text = await response.text()
      const isJson = /json/.test(response.headers.get('content-type') ?? '')
      const { status, headers } = response
      const answered = { status, headers, body: isJson && text !== '' ? JSON.parse(text) : text }
      expect(departure(app.document, method, path, answered), `${method} ${path}`).toBeUndefined()
      return answered
    },
    stop: () => t.stop(),
  }
}

function requestOf(
  method: string,
  path: string,
  { body, headers = {}, authorization, signal }: Asking,
  owner: string,
): Request {
  const isRaw = typeof body === 'string' || body instanceof Uint8Array || body instanceof ReadableStream
  const all = new Headers(headers)
  if (body !== undefined && !all.has('content-type')) all.set('content-type', 'application/json')
  if (authorization !== null && (authorization !== undefined || owner !== ''))
    all.set('authorization', authorization ?? `Bearer ${owner}`)
  return new Request(`http://api.test${path}`, {
    method,
    headers: all,
    ...(body !== undefined && { body: isRaw ? (body as NonNullable<RequestInit['body']>) : JSON.stringify(body), duplex: 'half' }),
    ...(signal !== undefined && { signal }),
  })
}
