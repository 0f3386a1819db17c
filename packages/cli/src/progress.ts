import type { TextSink } from './text-sink.ts'

/** A bar on one line of the terminal that is drawn again and again. */
export interface Progress {
  /** Draws `done` of `total`; `total` 0 draws only the label. */
  show(done: number, total: number, label: string): void
  /** Takes the bar away, so that other text can be written; does nothing when there is none. */
  clear(): void
}

const barWidth = 24

/**
 * Makes a progress bar. It only writes: libraries that also read the keyboard put it in raw mode and swallow Ctrl-C,
 * which must stay a signal here, so that sends under way can finish.
 */
export function createProgress(sink: TextSink): Progress {
  let isDrawn = false
  return {
    show(done, total, label) {
      const filled = total === 0 ? 0 : Math.min(barWidth, Math.floor((done / total) * barWidth))
      const bar = total === 0 ? '' : `${'━'.repeat(filled)}${'─'.repeat(barWidth - filled)} `
      sink.write(`\r\x1b[2K${bar}${label}`)
      isDrawn = true
    },
    clear() {
      if (isDrawn) sink.write('\r\x1b[2K')
      isDrawn = false
    },
  }
}
