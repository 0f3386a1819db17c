/** A message that was sent and is to be brought up to date where it is. At most one is planned for each attempt. */
export interface PlannedEdit {
  readonly deliveryId: string
  /** Number of the attempt that was accepted. */
  readonly attempt: number
  readonly channel: string
  readonly providerMessageId: string
  /** Index of the route in the delivery's plan. */
  readonly position: number
  /** `closed` the question was answered or is over: the invitation says which · `updated` its calendar entry has changed. */
  readonly reason: 'closed' | 'updated'
  /** Tells a newer plan from the one a worker holds. */
  readonly version: string
  readonly dueAt: Date
  readonly tries: number
}
