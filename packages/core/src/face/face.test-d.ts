import { expectTypeOf } from 'vitest'
import { z } from 'zod'
import { choice, date, form, number, rsvp, text, yesNo, type Rsvp } from '../model/answer.ts'
import type { InvitationResult } from '../model/invitation.ts'
import type { AskOptions } from '../model/message.ts'
import type { Invitation, InvitationGroup, InviteMe } from './face.ts'

declare const inviteMe: InviteMe

/** The value a question's answer has, as a caller sees it. */
type ValueOf<Asked> = Asked extends Promise<Invitation<infer Value>> ? Value : never

const ask = <Value>(options: AskOptions<Value>) => inviteMe.ask('sam', 'Dinner?', options)

expectTypeOf<ValueOf<ReturnType<typeof ask<boolean>>>>().toEqualTypeOf<boolean>()
expectTypeOf(ask({ answer: yesNo() })).resolves.toEqualTypeOf<Invitation<boolean>>()
expectTypeOf(ask({ answer: text() })).resolves.toEqualTypeOf<Invitation<string>>()
expectTypeOf(ask({ answer: number({ min: 1 }) })).resolves.toEqualTypeOf<Invitation<number>>()
expectTypeOf(ask({ answer: date() })).resolves.toEqualTypeOf<Invitation<string>>()
expectTypeOf(ask({ answer: rsvp() })).resolves.toEqualTypeOf<Invitation<Rsvp>>()
expectTypeOf(ask({ answer: choice(['fish', 'veg']) })).resolves.toEqualTypeOf<Invitation<'fish' | 'veg'>>()
expectTypeOf(ask({ answer: choice(['fish', 'veg'], { multiple: true }) })).resolves.toEqualTypeOf<
  Invitation<readonly ('fish' | 'veg')[]>
>()
expectTypeOf(
  ask({ answer: form(z.object({ name: z.string(), age: z.number().optional() })) }),
).resolves.toEqualTypeOf<Invitation<{ name: string; age?: number | undefined }>>()

// Many people are a group, one person an invitation.
expectTypeOf(inviteMe.ask(['sam', 'ann'], 'Dinner?', { answer: yesNo() })).resolves.toEqualTypeOf<
  InvitationGroup<boolean>
>()

// A value is there only when there is an answer.
declare const result: InvitationResult<boolean>
expectTypeOf<Extract<typeof result, { kind: 'answered' }>['value']>().toEqualTypeOf<boolean>()
expectTypeOf<Extract<typeof result, { kind: 'expired' }>>().not.toHaveProperty('value')

// A question without the kind of its answer is refused.
// @ts-expect-error answer is missing
void inviteMe.ask('sam', 'Dinner?', { until: '2d' })
// @ts-expect-error a rule for the next route names one thing to wait for
void inviteMe.ask('sam', 'Dinner?', { answer: yesNo(), next: { unlessSoon: '2d' } })
// @ts-expect-error "2 days" is not a length of time
void inviteMe.ask('sam', 'Dinner?', { answer: yesNo(), next: { unlessAnswered: '2 days' } })
