import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { errorCodes } from '../packages/core/src/model/error.ts'

const page = readFileSync(join(import.meta.dirname, '../docs/reference/errors.md'), 'utf8')
/** Each documented code with the status its section begins with. */
const documented = Object.fromEntries(
  [...page.matchAll(/^### ([A-Z_]+)\n\nHTTP (\d{3})\. /gm)].map(([, code = '', status]) => [
    code,
    Number(status),
  ]),
)

test('every error code has a section with its HTTP status, and no other has', () => {
  expect(documented).toEqual(errorCodes)
})
