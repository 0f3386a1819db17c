import type { AnswerSpec } from './answer.ts'
import type { Category } from './category.ts'
import type { Content, Originator } from './message.ts'
import type { LinkPurpose } from './response-link.ts'

/** What the page behind a link shows. */
export type LinkView =
  | {
      readonly status: 'open'
      readonly purpose: LinkPurpose
      readonly invitationId: string | null
      readonly content: Content
      readonly originator: Originator | null
      /** `null` for a notice. */
      readonly answer: AnswerSpec | null
      readonly name: string | null
      readonly locale: string
      /** The answer given so far. */
      readonly current: { readonly value: unknown; readonly at: Date } | null
      readonly until: Date | null
      /** For `unsubscribe`: what would be switched off. */
      readonly channel: string
      readonly category: string
      /** For `unsubscribe`: the kind that can be switched off alone, `null` when nobody can; and whether there is a page of preferences. */
      readonly stop?: { readonly category: Category | null; readonly hasPreferences: boolean }
    }
  /** The link is too old; `renew` sends a fresh one by the same route. */
  | { readonly status: 'expired'; readonly locale: string; readonly renewable: boolean }
  /** The question is over. */
  | {
      readonly status: 'closed'
      readonly reason: 'expired' | 'cancelled' | 'superseded' | 'closed'
      readonly locale: string
      readonly content: Content
      readonly originator: Originator | null
      readonly current: { readonly value: unknown; readonly at: Date } | null
      readonly answer: AnswerSpec | null
    }
  | { readonly status: 'unknown' }
