import { expectTypeOf } from 'vitest'
import type { InviteMeClient } from './index.ts'
import { yesNo } from './index.ts'
import type { Invitation, InvitationGroup, InviteMe } from '../face/face.ts'

declare const client: InviteMeClient
declare const embedded: InviteMe

// A program written against what both have takes either.
type Both = Pick<
  InviteMe,
  | 'ask'
  | 'send'
  | 'invitation'
  | 'invitationGroup'
  | 'respond'
  | 'unmatched'
  | 'inbox'
  | 'recipients'
  | 'segments'
  | 'messages'
  | 'invitations'
  | 'deliveries'
  | 'receipts'
  | 'webhooks'
  | 'schedules'
  | 'topics'
  | 'events'
  | 'on'
>
expectTypeOf(client).toExtend<Both>()
expectTypeOf(embedded).toExtend<Both>()

expectTypeOf(client.ask('sam', 'Dinner?', { answer: yesNo() })).resolves.toEqualTypeOf<Invitation<boolean>>()
expectTypeOf(client.ask(['sam'], 'Dinner?', { answer: yesNo() })).resolves.toEqualTypeOf<
  InvitationGroup<boolean>
>()

// What is left out is left out in the types too.
expectTypeOf<InviteMeClient>().not.toHaveProperty('start')
expectTypeOf<InviteMeClient>().not.toHaveProperty('links')
expectTypeOf<InviteMeClient>().not.toHaveProperty('secret')
expectTypeOf<InviteMeClient['keys']>().not.toHaveProperty('authenticate')
expectTypeOf<InviteMeClient['audit']>().not.toHaveProperty('record')
