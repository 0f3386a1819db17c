/** A value without its members that are `undefined`, at any depth: there, absent and `undefined` are two things. */
export type Present<Value> = Value extends Date
  ? Value
  : Value extends readonly unknown[]
    ? { readonly [Index in keyof Value]: Present<Value[Index]> }
    : Value extends object
      ? { readonly [Member in keyof Value]: Present<Exclude<Value[Member], undefined>> }
      : Value

/**
 * Gives what a schema has parsed to the engine, whose optional members may be absent but not `undefined`. A schema leaves out
 * what was not given, and JSON has no `undefined`; so only the type changes.
 */
export function present<Value>(parsed: Value): Present<Value> {
  return parsed as Present<Value>
}
