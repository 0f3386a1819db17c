import { InviteMeError } from '../model/error.ts'
import type { TemplateResolver } from '../ports/template-resolver.ts'
import type { World } from '../ports/world.ts'

/** What was looked up about people: by externalId, then by path. */
export type ForeignData = ReadonlyMap<string, Readonly<Record<string, unknown>>>

const defaultTimeoutMs = 5_000
const defaultBatch = 500

/**
 * Asks the resolver about people, each once, in batches of which each has a deadline.
 * @throws InviteMeError `RESOLVER_FAILED` when it fails or is late, unless it says `onFailure: 'without'`
 */
export async function resolveForeign(
  world: World,
  resolver: TemplateResolver,
  people: readonly string[],
  fields: readonly string[],
): Promise<ForeignData> {
  const found = new Map<string, Readonly<Record<string, unknown>>>()
  const batch = resolver.batch ?? defaultBatch
  const distinct = [...new Set(people)]
  for (let start = 0; start < distinct.length; start += batch) {
    const some = distinct.slice(start, start + batch)
    try {
      const answer = await ask(world, resolver, some, fields)
      for (const person of some) {
        const known = Object.hasOwn(answer, person) ? answer[person] : undefined
        if (known !== undefined) found.set(person, onlyAsked(known, fields))
      }
    } catch (cause) {
      if (resolver.onFailure === 'without') {
        world.log.warn('A template resolver failed; its fields are missing.', { people: some.length })
        // It is not asked again for the rest of this message: each batch would take its whole deadline.
        return found
      }
      throw new InviteMeError(
        'RESOLVER_FAILED',
        'What the template names of another system could not be looked up, so nothing was sent. Try again.',
        { field: 'content.template', cause },
      )
    }
  }
  return found
}

/** Only plain JSON is let in: what a text can reach must not be alive. */
function onlyAsked(
  known: Readonly<Record<string, unknown>>,
  fields: readonly string[],
): Record<string, unknown> {
  const asked = fields.flatMap((field) =>
    Object.hasOwn(known, field) ? [[field, known[field]] as const] : [],
  )
  return JSON.parse(JSON.stringify(Object.fromEntries(asked))) as Record<string, unknown>
}

function ask(
  { clock }: World,
  resolver: TemplateResolver,
  people: readonly string[],
  fields: readonly string[],
): ReturnType<TemplateResolver['resolve']> {
  const controller = new AbortController()
  return new Promise((resolve, reject) => {
    const callOff = clock.schedule(resolver.timeoutMs ?? defaultTimeoutMs, () => {
      const late = new Error('the resolver was late')
      controller.abort(late)
      reject(late)
    })
    const answer = (async () => resolver.resolve(people, fields, { signal: controller.signal }))()
    answer.then(resolve, reject).finally(callOff)
  })
}
