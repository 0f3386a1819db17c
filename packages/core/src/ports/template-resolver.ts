/** What a resolver is given beside its question. */
export interface ResolveContext {
  /** Ends when the deadline is over; what comes later is not looked at. */
  readonly signal: AbortSignal
}

/** Looks up what another system knows about people, for templates that name it. */
export interface TemplateResolver {
  /** What it knows, as templates name it: `['order.total', 'subscription']`. */
  readonly fields: readonly string[]
  /**
   * Looks up fields of people, each person once a message.
   *
   * @param people externalIds, at most `batch` of them
   * @param fields those the template names
   * @returns by person, then by field; what is left out is missing
   */
  resolve(
    people: readonly string[],
    fields: readonly string[],
    context: ResolveContext,
  ): Promise<Readonly<Record<string, Readonly<Record<string, unknown>>>>>
  /** Deadline of one call in milliseconds (default 5,000). */
  readonly timeoutMs?: number
  /** Most people of one call (default 500). */
  readonly batch?: number
  /** When it fails or is late: nothing is sent (`refuse`, default), or its fields are missing (`without`). */
  readonly onFailure?: 'refuse' | 'without'
}
