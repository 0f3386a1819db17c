import { execFile, execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { areServicesRequired, explainMissing } from '../../scripts/services.ts'

/** A calendar object as libical reads it, the C library behind GNOME's and KDE's calendars. */
export interface LibicalReading {
  /** Whether the object obeys the restriction tables of RFC 5546 for its method. */
  readonly isLawful: boolean
  /** Lines libical could make no sense of. */
  readonly errors: number
  readonly method: string | null
  readonly events: number
  /** Properties of the first event. */
  readonly properties: number
  readonly uid: string | null
  readonly sequence: number
  readonly start: string | null
  readonly end: string | null
  readonly summary: string | null
  readonly description: string | null
  readonly location: string | null
  readonly status: string | null
  readonly organizer: LibicalPerson | null
  readonly attendee: LibicalPerson | null
}

interface LibicalPerson {
  readonly name: string | null
  /** With its `mailto:`. */
  readonly address: string
}

// The system's own Python: the binding belongs to it, whatever else stands first in the path.
const python = '/usr/bin/python3'
const script = fileURLToPath(new URL('libical.py', import.meta.url))

/**
 * Tells why nothing can be read with libical here.
 *
 * @returns undefined when it can; else a sentence that says what to do
 * @throws when it cannot and `INVITE_ME_REQUIRE_SERVICES=1` asks for it
 */
export function explainNoLibical(): string | undefined {
  try {
    execFileSync(python, [script], { input: '[]', stdio: ['pipe', 'ignore', 'ignore'], timeout: 20_000 })
    return undefined
  } catch {
    const reason = explainMissing('libical')
    if (areServicesRequired()) throw new Error(reason)
    return reason
  }
}

/** Reads many calendar objects in one process; `null` for each that is no calendar with an event. */
export function readWithLibical(objects: readonly string[]): Promise<readonly (LibicalReading | null)[]> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      python,
      [script],
      { maxBuffer: 100_000_000, timeout: 60_000 },
      (error, printed) => {
        if (error === null) resolve(JSON.parse(printed))
        else reject(error)
      },
    )
    child.stdin?.end(JSON.stringify(objects))
  })
}
