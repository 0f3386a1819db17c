/**
 * Sends what `read` returns to every open page: once at the start and again after every change, never two at a time.
 */
export class LiveStream {
  readonly #read: () => Promise<unknown>
  readonly #pages = new Set<ReadableStreamDefaultController<Uint8Array>>()
  readonly #failed: (error: unknown) => void
  #state: 'idle' | 'reading' | 'reading and changed' = 'idle'

  /** @param failed told when `read` fails; the pages keep what they have */
  constructor(read: () => Promise<unknown>, failed: (error: unknown) => void) {
    this.#read = read
    this.#failed = failed
  }

  /** Opens a stream for one page (server-sent events); it ends when the page goes away. */
  open(): Response {
    let page: ReadableStreamDefaultController<Uint8Array>
    const stream = new ReadableStream<Uint8Array>({
      start: (controller) => {
        page = controller
        this.#pages.add(page)
        this.changed()
      },
      cancel: () => void this.#pages.delete(page),
    })
    return new Response(stream, {
      headers: {
        'Content-Type': 'text/event-stream; charset=utf-8',
        'Cache-Control': 'no-store',
        'X-Content-Type-Options': 'nosniff',
      },
    })
  }

  /** Says that there is something new. */
  changed(): void {
    if (this.#pages.size === 0) return
    if (this.#state !== 'idle') {
      this.#state = 'reading and changed'
      return
    }
    this.#state = 'reading'
    void this.#sendOut()
  }

  /** Ends every stream. */
  close(): void {
    for (const page of this.#pages) page.close()
    this.#pages.clear()
  }

  async #sendOut(): Promise<void> {
    try {
      const event = new TextEncoder().encode(`data: ${JSON.stringify(await this.#read())}\n\n`)
      for (const page of this.#pages) page.enqueue(event)
    } catch (error) {
      this.#failed(error)
    }
    const again = this.#state === 'reading and changed'
    this.#state = 'idle'
    if (again) this.changed()
  }
}
