/** Where the engine and channels say what goes wrong. Fields hold ids and codes, never addresses or secrets. */
export interface Log {
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void
  error(message: string, fields?: Readonly<Record<string, unknown>>): void
}
