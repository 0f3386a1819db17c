import { readFileSync } from 'node:fs'
import { parseSync, Visitor } from 'oxc-parser'

/** One import of a file, of any kind: static, type-only, re-export, `import()` and `import('x').Type`. */
export interface Import {
  readonly specifier: string
  readonly line: number
  /** True for `import()`: the target is loaded only when that line runs. */
  readonly isLazy: boolean
}

/** A construct we do not write, with the rule that says so. */
export interface Offence {
  readonly line: number
  readonly rule: string
}

export interface SourceFile {
  /** Path from the repository root, with forward slashes. */
  readonly path: string
  readonly imports: readonly Import[]
  readonly offences: readonly Offence[]
  /** Lines where the system's clock is read by `new Date()` or `Date()`. */
  readonly clockReads: readonly number[]
}

/**
 * Reads one source file: what it imports and which banned constructs it holds.
 *
 * @param root absolute path of the repository
 * @param path path from the root, with forward slashes
 * @throws when the file is not valid TypeScript; the message names file and reason
 */
export function readSource(root: string, path: string): SourceFile {
  const text = readFileSync(`${root}/${path}`, 'utf8')
  const { program, errors } = parseSync(path, text)
  const [firstError] = errors
  if (firstError) throw new Error(`${path} cannot be parsed: ${firstError.message}`)

  const imports: Import[] = []
  const offences: Offence[] = []
  const clockReads: number[] = []
  const lineOf = (offset: number): number => text.slice(0, offset).split('\n').length
  const addImport = (source: unknown, offset: number, isLazy = false): void => {
    const specifier = literalText(source)
    if (specifier !== undefined) imports.push({ specifier, line: lineOf(offset), isLazy })
  }

  new Visitor({
    ImportDeclaration: (node) => addImport(node.source, node.start),
    ExportNamedDeclaration: (node) => addImport(node.source, node.start),
    ExportAllDeclaration: (node) => {
      addImport(node.source, node.start)
      offences.push({
        line: lineOf(node.start),
        rule: 'Name what you export; `export *` hides the face of a package.',
      })
    },
    ImportExpression: (node) => addImport(node.source, node.start, true),
    TSImportType: (node) => addImport(node.source, node.start),
    TSExternalModuleReference: (node) => addImport(node.expression, node.start),
    TSEnumDeclaration: (node) => {
      offences.push({
        line: lineOf(node.start),
        rule: 'Write a union of strings from the schema instead of an `enum`.',
      })
    },
    NewExpression: (node) => {
      if (isDate(node.callee) && node.arguments.length === 0) clockReads.push(lineOf(node.start))
    },
    CallExpression: (node) => {
      if (isDate(node.callee)) clockReads.push(lineOf(node.start))
    },
  }).visit(program)

  return { path, imports, offences, clockReads }
}

function literalText(node: unknown): string | undefined {
  if (typeof node !== 'object' || node === null || !('value' in node)) return undefined
  return typeof node.value === 'string' ? node.value : undefined
}

function isDate(node: { readonly type: string; readonly name?: unknown }): boolean {
  return node.type === 'Identifier' && node.name === 'Date'
}
