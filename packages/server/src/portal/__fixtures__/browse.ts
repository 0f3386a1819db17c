/** A handler as the portal returns it. */
export type Handler = (request: Request) => Promise<Response>

/** A page as a browser without scripts sees it. */
export interface Page {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The text with every run of white space as one space. */
  readonly markup: string
  /** Hidden field that proves the page was seen. */
  readonly nonce: string
}

const origin = 'https://rsvp.example'

/** Fetches a page. */
export async function get(handler: Handler, path: string, init: RequestInit = {}): Promise<Page> {
  return read(await handler(new Request(`${origin}${path}`, init)))
}

/** Posts fields URL-encoded, as a browser does. */
export function post(handler: Handler, path: string, fields: Readonly<Record<string, string | readonly string[]>>): Promise<Page> {
  const body = new URLSearchParams(Object.entries(fields).flatMap(([name, values]) => [values].flat().map((value): [string, string] => [name, value])))
  return get(handler, path, { method: 'POST', body })
}

/** Opens the page, fills its form and presses the button. */
export async function fillIn(handler: Handler, path: string, fields: Readonly<Record<string, string | readonly string[]>>): Promise<Page> {
  const { nonce } = await get(handler, path)
  return post(handler, path, { 'invite-me-nonce': nonce, ...fields })
}

async function read(response: Response): Promise<Page> {
  const text = await response.text()
  const nonce = /name="invite-me-nonce" value="([^"]+)"/.exec(text)?.[1] ?? ''
  return { status: response.status, headers: response.headers, text, markup: text.replace(/\s+/g, ' '), nonce }
}
