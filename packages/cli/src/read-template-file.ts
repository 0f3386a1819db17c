import { InviteMeError } from '@invite-me/core/channel'
// A file of its own that is loaded late, as `read-yaml.ts` is.
import { parseDocument } from 'yaml'

/**
 * Reads a template's file, YAML or JSON, which is YAML too.
 * @throws InviteMeError `TEMPLATE_INVALID`, naming the place
 */
export function parse(file: string, text: string): unknown {
  const document = parseDocument(text, { prettyErrors: true })
  const [problem] = document.errors
  if (problem !== undefined) {
    const [place] = problem.linePos ?? []
    const where =
      place === undefined ? '' : `: look at line ${String(place.line)}, column ${String(place.col)}`
    throw new InviteMeError('TEMPLATE_INVALID', `The file ${file} is neither YAML nor JSON${where}.`, {
      field: 'file',
    })
  }
  try {
    return document.toJS({ maxAliasCount: 100 })
  } catch {
    throw new InviteMeError('TEMPLATE_INVALID', `The file ${file} repeats itself too often.`, {
      field: 'file',
    })
  }
}
