import type { RecipientInput } from '../model/recipient.ts'
import type { Log } from './log.ts'

/** What a directory is given. */
export interface DirectoryContext {
  readonly signal: AbortSignal
  readonly log: Log
}

/** A place that knows people, to import them from: the members of a chat workspace, a company's list. */
export interface Directory {
  /** `slack`; named in reports. */
  readonly name: string
  /**
   * Lists everybody, page by page; people it cannot describe are left out and logged.
   * @throws InviteMeError `DIRECTORY_FAILED` when it cannot be read
   */
  people(context: DirectoryContext): AsyncIterable<RecipientInput>
}
