import type { Delivery } from '../model/delivery.ts'
import type { Message } from '../model/message.ts'
import { workItemVersion, type WorkItem } from '../model/work-item.ts'

/**
 * Names a due delivery, so that another machine can take it.
 * @param message its message, for the trace; `undefined` when it is not known
 */
export function workItemOf(delivery: Delivery, message: Message | undefined): WorkItem {
  const route = delivery.plan[delivery.position]
  return {
    version: workItemVersion,
    deliveryId: delivery.id,
    messageId: delivery.messageId,
    recipientId: delivery.recipientId,
    route: { channel: route?.channel ?? '', routeId: route?.routeId ?? null },
    fallbacks: delivery.plan
      .slice(delivery.position + 1)
      .flatMap(({ channel, use }) => (use ? [channel] : [])),
    lane: delivery.lane,
    attempt: delivery.attempts + 1,
    dueAt: (delivery.dueAt ?? delivery.createdAt).toISOString(),
    traceparent: message?.trace ?? null,
  }
}
