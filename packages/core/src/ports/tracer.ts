/** A place in a trace, as W3C Trace Context writes it: `00-<trace>-<span>-<flags>`. */
export type TraceParent = string

/** Follows a message through processes; the engine knows no telemetry system by name. */
export interface Tracer {
  /** The place of what runs now; `null` when nothing is traced. */
  current(): TraceParent | null
  /**
   * Runs `work` as a span named `name` under `parent`; its failure marks the span.
   * @param attributes ids, names and numbers; never addresses or texts
   */
  span<Result>(
    name: string,
    options: {
      readonly parent: TraceParent | null
      readonly attributes?: Readonly<Record<string, string | number | boolean>>
    },
    work: () => Promise<Result>,
  ): Promise<Result>
}
