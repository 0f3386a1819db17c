import type { InviteMe } from '@invite-me/core'

/** What live topics need of the engine. */
export type LiveEngine = Pick<InviteMe, 'topics' | 'events' | 'on' | 'recipients' | 'inbox'>

/** An event as a topic carries it. */
export type CarriedEvent = Awaited<ReturnType<InviteMe['topics']['events']>>[number]
