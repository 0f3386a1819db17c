import { z } from 'zod'
import { problemType } from '../problem.ts'
import type { OpenApiDocument } from '../openapi-document.ts'

type Schemas = Readonly<Record<string, object>>
interface Described {
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, { readonly schema: object }>> }>>
}

const compiled = new WeakMap<object, z.ZodType>()

/**
 * Why an answer is not what the description of the interface promises; `undefined` when it is, or when the path is not
 * described.
 */
export function departure(
  document: OpenApiDocument,
  method: string,
  path: string,
  answer: { readonly status: number; readonly headers: Headers; readonly body: unknown },
): string | undefined {
  const found = Object.entries(document.paths ?? {})
    .filter(([template]) => templateOf(template).test(path.split('?')[0] ?? ''))
    // A fixed path before one with named parts.
    .toSorted(([a], [b]) => Number(a.includes('{')) - Number(b.includes('{')))
    .map(([, item]) => (item as Readonly<Record<string, Described | undefined>>)[method.toLowerCase()])[0]
  if (found === undefined) return undefined
  const described = found.responses[String(answer.status)]
  if (described === undefined) return `status ${String(answer.status)} is not described`
  const type = answer.headers.get('content-type')?.split(';')[0] ?? ''
  if (type === '') return undefined
  const content = described.content?.[type] ?? described.content?.['*/*']
  if (content === undefined) return `media type ${type} is not described for ${String(answer.status)}`
  if (type !== 'application/json' && type !== problemType) return undefined
  const parsed = schemaOf(document, content.schema).safeParse(answer.body)
  return parsed.success ? undefined : z.prettifyError(parsed.error)
}

function templateOf(template: string): RegExp {
  return new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`)
}

function schemaOf(document: OpenApiDocument, schema: object): z.ZodType {
  const known = compiled.get(schema)
  if (known !== undefined) return known
  const all = (document.components?.schemas ?? {}) as Schemas
  const local = JSON.parse(
    JSON.stringify({ ...schema, $defs: all }).replaceAll('#/components/schemas/', '#/$defs/'),
  )
  const made = z.fromJSONSchema(local)
  compiled.set(schema, made)
  return made
}
