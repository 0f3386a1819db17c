/** Where text goes; a `process.stdout` will do. */
export interface TextSink {
  write(text: string, done?: (error?: Error | null) => void): unknown
  readonly isTTY?: boolean
}
