/** The fields of a webhook; Twilio adds new ones without notice. */
export type WebhookFields = ReadonlyMap<string, string>

/** One webhook about one message. */
export interface AboutMessage {
  readonly fields: WebhookFields
  /** `SM…` or `MM…`. */
  readonly sid: string
  readonly nowMs: number
}
