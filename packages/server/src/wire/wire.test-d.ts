import type {
  AnswerSpec,
  ContentInput,
  Delivery,
  DeliveryCounts,
  DomainEvent,
  InvitationRecord,
  InvitationResult,
  Message,
  Receipt,
  ResponseReceipt,
  ResponseRecord,
  SendOptions,
} from '@invite-me/core'
import type { z } from '@hono/zod-openapi'
import { expectTypeOf } from 'vitest'
import type { Present } from '../app/present.ts'
import type { DeepReadonly } from '../app/route.ts'
import type { answerSpecSchema } from './answer.ts'
import type { deliveryCountsSchema, deliverySchema } from './delivery.ts'
import type { domainEventSchema } from './domain-event.ts'
import type {
  invitationResultSchema,
  invitationSchema,
  responseReceiptSchema,
  responseSchema,
} from './invitation.ts'
import type { contentInputSchema, messageSchema, sendBodySchema } from './message.ts'
import type { receiptSchema } from './receipt.ts'

/** What a schema of an answer describes, as the engine's types write it. */
type Answer<Schema extends z.ZodType> = Present<DeepReadonly<z.output<Schema>>>
/** A type with all its members readonly, so that only what it holds is compared. */
type Same<Value> = Present<DeepReadonly<Value>>

// What the engine returns is what the description says: no member more, none less.
expectTypeOf<Answer<typeof messageSchema>>().toEqualTypeOf<Same<Message>>()
expectTypeOf<Answer<typeof deliverySchema>>().toEqualTypeOf<Same<Delivery>>()
expectTypeOf<keyof Answer<typeof deliveryCountsSchema>>().toEqualTypeOf<keyof DeliveryCounts>()
expectTypeOf<Answer<typeof invitationSchema>>().toEqualTypeOf<Same<InvitationRecord>>()
expectTypeOf<Answer<typeof invitationResultSchema>>().toEqualTypeOf<Same<InvitationResult<unknown>>>()
expectTypeOf<Answer<typeof responseSchema>>().toEqualTypeOf<Same<ResponseRecord>>()
expectTypeOf<Answer<typeof responseReceiptSchema>>().toEqualTypeOf<Same<ResponseReceipt>>()
expectTypeOf<Answer<typeof receiptSchema>>().toEqualTypeOf<Same<Receipt>>()
expectTypeOf<Answer<typeof domainEventSchema>>().toEqualTypeOf<Same<DomainEvent>>()

// What a caller may say is what the engine takes, and every option of the engine can be said.
expectTypeOf<Answer<typeof answerSpecSchema>>().toEqualTypeOf<Same<AnswerSpec>>()
expectTypeOf<Answer<typeof contentInputSchema>>().toExtend<Same<ContentInput> | string>()
expectTypeOf<Exclude<keyof z.output<typeof sendBodySchema>, 'to' | 'content' | 'mode'>>().toEqualTypeOf<
  keyof SendOptions
>()
