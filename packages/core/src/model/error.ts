/**
 * Every error code a caller may meet, with the HTTP status a server answers for it.
 * Codes are public API: adding one is a minor change, changing one is a major change.
 */
export const errorCodes = {
  OPTIONS_INVALID: 500,
  REQUEST_INVALID: 422,
  RECIPIENT_UNKNOWN: 404,
  CHANNEL_UNKNOWN: 422,
  ADDRESS_INVALID: 422,
  DEADLINE_PAST: 422,
  KEY_REUSED: 409,
  INVITATION_UNKNOWN: 404,
  INVITATION_CLOSED: 409,
  DELIVERY_UNKNOWN: 404,
  MESSAGE_UNKNOWN: 404,
  WEBHOOK_UNKNOWN: 404,
  SEGMENT_UNKNOWN: 404,
  SCHEDULE_UNKNOWN: 404,
  KEY_UNKNOWN: 404,
  TEMPLATE_UNKNOWN: 404,
  TEMPLATE_INVALID: 422,
  TEMPLATE_VARIABLE_MISSING: 422,
  TEMPLATE_IN_USE: 409,
  RESOLVER_FAILED: 502,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  MEDIA_TYPE_UNSUPPORTED: 415,
  RATE_LIMITED: 429,
  ANSWER_INVALID: 422,
  ANSWER_UNCLEAR: 422,
  LINK_UNKNOWN: 404,
  WAIT_ABORTED: 408,
  WEBHOOK_REFUSED: 401,
  BODY_TOO_LARGE: 413,
  DIRECTORY_FAILED: 502,
  SERVER_UNREACHABLE: 503,
  PEER_MISSING: 500,
  NODE_TOO_OLD: 500,
  BROKER_UNAVAILABLE: 503,
  STORE_UNAVAILABLE: 503,
  STORE_BUSY: 503,
  STORE_FULL: 507,
  STORE_NEWER: 500,
  STOPPED: 503,
  STOP_TIMEOUT: 500,
  INTERNAL: 500,
} as const

/** One of the codes in {@link errorCodes}. */
export type ErrorCode = keyof typeof errorCodes

/** What an {@link InviteMeError} is made of. */
export interface ErrorDetails {
  /** Path of the field that was wrong, `options.until`; absent when no single field is to blame. */
  readonly field?: string
  /** What went wrong underneath. */
  readonly cause?: unknown
}

const marker = Symbol.for('invite-me.error')

/**
 * The one error this project throws on purpose: a caller's mistake or a broken world.
 * A provider's failure is a value (`SendOutcome`), never this.
 * Messages never contain secrets, addresses or message text.
 */
export class InviteMeError extends Error {
  override readonly name = 'InviteMeError'
  readonly code: ErrorCode
  readonly field: string | undefined
  readonly [marker] = true

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.field = details.field
  }

  /** HTTP status that tells the same story (RFC 9110 §15). */
  get status(): number {
    return errorCodes[this.code]
  }
}

/** Recognises our error even when two copies of this package are installed. */
export function isInviteMeError(value: unknown): value is InviteMeError {
  return typeof value === 'object' && value !== null && marker in value
}
