import type { DueHint, WorkItem } from '@invite-me/core'

/** One work item of lane 2 by e-mail. */
export function workItem(id: number | string, more: Partial<WorkItem> = {}): WorkItem {
  return {
    version: 1,
    deliveryId: String(id),
    messageId: 'message-1',
    recipientId: null,
    route: { channel: 'email', routeId: null },
    fallbacks: [],
    lane: 2,
    attempt: 1,
    dueAt: '2026-01-05T09:00:00.000Z',
    traceparent: null,
    ...more,
  }
}

/** A hint that is due, with work of these ids. */
export function dueHint(...ids: readonly (number | string)[]): DueHint {
  return { lane: 2, channel: 'email', dueAt: Date.now(), items: ids.map((id) => workItem(id)) }
}

/** Ids of the work in hints. */
export function idsOf(hints: readonly DueHint[]): readonly string[] {
  return hints.flatMap(({ items = [] }) => items.map(({ deliveryId }) => deliveryId))
}

/** What a log was told. */
export interface Told {
  readonly message: string
  readonly fields: Readonly<Record<string, unknown>>
}

/** A log that keeps what it is told. */
export function keepingLog() {
  const told: Told[] = []
  const keep = (message: string, fields: Readonly<Record<string, unknown>> = {}): void =>
    void told.push({ message, fields })
  return { told, warn: keep, error: keep }
}
