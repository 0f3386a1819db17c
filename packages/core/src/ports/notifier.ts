/** What other processes can be told: `due` work may have fallen due · `events` something happened. */
export type Notice = 'due' | 'events'

/** Wakes other processes on the same store. Nothing is kept: a word that is lost is late by one look, never lost work. */
export interface Notifier {
  /** Tells all others, soon; several words of a kind may be told as one. Never throws. */
  notify(notice: Notice): void
  /** Calls `handle` when another process tells something, and after every time it may have missed a word. Returns a function that ends it. */
  listen(handle: (notice: Notice) => void): Promise<() => Promise<void>>
  /** Releases connections; may be called twice. */
  close(): Promise<void>
}
