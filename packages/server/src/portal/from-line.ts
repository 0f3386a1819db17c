import type { Originator } from '@invite-me/core'
import { html } from 'hono/html'
import type { Markup } from './layout.ts'

/** Who asks, with the first letter of the name; nothing when nobody is named. The name keeps its own direction of writing. */
export function fromLine(originator: Originator | null, sentence: (name: string) => string): Markup {
  if (originator === null) return html``
  const [before, after] = sentence('\0').split('\0')
  const [first] = new Intl.Segmenter().segment(originator.name.trim())
  return html`<div class="from">
    <span class="badge" aria-hidden="true">${first?.segment.toUpperCase() ?? ''}</span>
    <p><strong>${before}<bdi>${originator.name}</bdi>${after}</strong></p>
  </div>`
}

/** Details about the one who asks, when there are any. */
export function originatorDetails(originator: Originator | null): Markup {
  return originator?.details === undefined
    ? html``
    : html`<p class="details" dir="auto">${originator.details}</p>`
}
