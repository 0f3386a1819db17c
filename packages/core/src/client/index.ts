// Everyday
export { connect } from './connect.ts'
export { choice, date, form, number, rsvp, text, yesNo } from '../model/answer.ts'
export { InviteMeError, isInviteMeError } from '../model/error.ts'

// Advanced
export { omissions } from './invite-me-client.ts'

// Types
export type { ConnectOptions } from './client-options.ts'
export type { InviteMeClient, Omission } from './invite-me-client.ts'
