import { InviteMeError } from '@invite-me/core/channel'
// A file of its own that is loaded late: imported late itself, this CommonJS package loses its names in the bundle.
import { parseDocument } from 'yaml'

/**
 * Reads a config file written in YAML. The parser's own message may quote the line it stumbled over, and that line may hold a
 * secret; so only the place is told.
 *
 * @throws InviteMeError `OPTIONS_INVALID`, naming the file
 */
export function readYaml(file: string, text: string): unknown {
  const document = parseDocument(text, { prettyErrors: true })
  const [problem] = document.errors
  if (problem !== undefined) {
    const place = problem.linePos?.[0]
    const where = place === undefined ? '' : `: look at line ${place.line}, column ${place.col}`
    throw new InviteMeError('OPTIONS_INVALID', `The config file ${file} is not valid YAML${where}.`)
  }
  try {
    return document.toJS({ maxAliasCount: 100 })
  } catch {
    throw new InviteMeError(
      'OPTIONS_INVALID',
      `The config file ${file} cannot be read: it repeats itself too often.`,
    )
  }
}
