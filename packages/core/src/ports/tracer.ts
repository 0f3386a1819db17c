/** A place in a trace, as W3C Trace Context writes it: `00-<trace>-<span>-<flags>`. */
export type TraceParent = string

/** What a span says of its work: ids, names and numbers; never addresses or texts. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean>>

/** What a span is told when its work has ended without a throw. */
export interface SpanEnding {
  readonly attributes?: SpanAttributes
  /** Code of an expected failure, which is a value and not thrown; marks the span. */
  readonly failure?: string
}

/** Where a span belongs and what it says. */
export interface SpanOptions<Result> {
  /** Who waits for whom, as OpenTelemetry tells it (default `internal`). */
  readonly kind?: 'internal' | 'server' | 'client' | 'producer' | 'consumer'
  /** The place it is below; `null`: below what runs now, or none when there are `links`. */
  readonly parent: TraceParent | null
  /**
   * Further places it follows from. Given, also when empty, a span without a parent begins a trace of its own: what a loop does
   * is no part of whatever woke the loop.
   */
  readonly links?: readonly TraceParent[]
  readonly attributes?: SpanAttributes
  /** How long the work had been under way before it was known what it belongs to; the span begins that much earlier. */
  readonly tookMs?: number
  /** Reads from the result how the span ended. */
  readonly ending?: (result: Result) => SpanEnding
}

/** Follows a message through processes; the engine knows no telemetry system by name. */
export interface Tracer {
  /** False while nobody records; then the engine spares itself all but {@link Tracer.current}. */
  isOn(): boolean
  /** The place of what runs now; `null` when nothing is traced. */
  current(): TraceParent | null
  /** Runs `work` as a span named `name`; its failure marks the span. */
  span<Result>(name: string, options: SpanOptions<Result>, work: () => Promise<Result>): Promise<Result>
}
