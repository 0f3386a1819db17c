import type { Delivery } from '../model/delivery.ts'
import type { DomainEventType, NewDomainEvent } from '../model/domain-event.ts'
import type { InvitationRecord } from '../model/invitation.ts'
import type { Message } from '../model/message.ts'
import type { Receipt, ReceiptKind } from '../model/receipt.ts'

type Data = Readonly<Record<string, unknown>>

/** The details of a receipt that differ by kind; all others are `null`. */
export type ReceiptDetails = Partial<
  Omit<Receipt, 'id' | 'kind' | 'at' | 'messageId' | 'deliveryId' | 'invitationId' | 'recipientId'>
>

/** The route a delivery uses at present, as receipts name it. */
export function routeOf(
  delivery: Delivery,
  position = delivery.position,
): { readonly channel: string | null; readonly routeId: string | null } {
  const planned = delivery.plan[position]
  return { channel: planned?.channel ?? null, routeId: planned?.routeId ?? null }
}

/** Writes down a fact about a delivery. */
export function deliveryReceipt(
  id: string,
  kind: ReceiptKind,
  delivery: Delivery,
  at: Date,
  details: ReceiptDetails,
): Receipt {
  return receipt(
    id,
    kind,
    {
      messageId: delivery.messageId,
      deliveryId: delivery.id,
      invitationId: delivery.invitationId,
      recipientId: delivery.recipientId,
    },
    at,
    details,
  )
}

/** Writes down a fact about an invitation; the delivery is named when the fact came by one. */
export function invitationReceipt(
  id: string,
  kind: ReceiptKind,
  invitation: InvitationRecord,
  deliveryId: string | null,
  at: Date,
  details: ReceiptDetails,
): Receipt {
  return receipt(
    id,
    kind,
    {
      messageId: invitation.messageId,
      deliveryId,
      invitationId: invitation.id,
      recipientId: invitation.recipientId,
    },
    at,
    details,
  )
}

function receipt(
  id: string,
  kind: ReceiptKind,
  subject: Pick<Receipt, 'messageId' | 'deliveryId' | 'invitationId' | 'recipientId'>,
  at: Date,
  details: ReceiptDetails,
): Receipt {
  return {
    id,
    kind,
    at,
    ...subject,
    attempt: details.attempt ?? null,
    channel: details.channel ?? null,
    routeId: details.routeId ?? null,
    outcome: details.outcome ?? null,
    scope: details.scope ?? null,
    providerMessageId: details.providerMessageId ?? null,
    providerCode: details.providerCode ?? null,
    duplicatePossible: details.duplicatePossible ?? false,
    detail: details.detail ?? null,
  }
}

/** Announces that a message was accepted. */
export function messageEvent(message: Message, recipients: number): NewDomainEvent {
  return {
    type: 'message.accepted',
    at: message.createdAt,
    messageId: message.id,
    deliveryId: null,
    invitationId: null,
    recipientId: null,
    data: { recipients, category: message.category },
  }
}

/** Announces a fact about a delivery. */
export function deliveryEvent(
  type: DomainEventType,
  delivery: Delivery,
  at: Date,
  data: Data,
): NewDomainEvent {
  return {
    type,
    at,
    messageId: delivery.messageId,
    deliveryId: delivery.id,
    invitationId: delivery.invitationId,
    recipientId: delivery.recipientId,
    data,
  }
}

/** Announces a fact about an invitation. */
export function invitationEvent(
  type: DomainEventType,
  invitation: InvitationRecord,
  at: Date,
  data: Data,
): NewDomainEvent {
  return {
    type,
    at,
    messageId: invitation.messageId,
    deliveryId: null,
    invitationId: invitation.id,
    recipientId: invitation.recipientId,
    data,
  }
}
