import { InviteMeError } from '../model/error.ts'
import type { Template } from '../model/template.ts'
import type { StoreParts } from '../ports/store.ts'
import type * as Rules from '../rules/render-template.ts'

/** Loaded when a template is used for the first time: the parser takes a program some milliseconds. */
let rules: Promise<typeof Rules> | undefined

/** The rules that read and fill in templates. */
export function templateRules(): Promise<typeof Rules> {
  return (rules ??= import('../rules/render-template.ts'))
}

/** Most templates one is put together from. */
const mostMembers = 50

/** What is looked for is named by this template, when it is not the one asked for. */
type Body = Pick<Template, 'name' | 'texts' | 'variables' | 'layout'>

/**
 * Gathers what a template is put together from: its layout, and the partials of both, each in its newest version.
 *
 * @throws InviteMeError `TEMPLATE_INVALID` when one of them is not there, or they go round in a circle
 */
export async function familyOf(
  templates: Pick<StoreParts['templates'], 'byName'>,
  template: Body,
): Promise<Rules.TemplateFamily> {
  const { partialsOf } = await templateRules()
  const partials = new Map<string, Template>()
  const find = async (name: string, user: string, field: string): Promise<Template> => {
    const found = await templates.byName(name)
    if (found === undefined) throw invalid(field, `"${user}" uses the template "${name}", and there is none`)
    return found
  }
  const gather = async (user: Pick<Template, 'name' | 'texts'>, above: readonly string[]): Promise<void> => {
    for (const name of partialsOf(user)) {
      if (above.includes(name))
        throw invalid('texts', `"${[...above, name].join('" uses "')}", which never comes to an end`)
      if (partials.has(name)) continue
      if (partials.size >= mostMembers)
        throw invalid('texts', `it uses more than ${String(mostMembers)} others`)
      const partial = await find(name, user.name, 'texts')
      await gather(partial, [...above, name])
      partials.set(name, partial)
    }
  }
  let layout: Template | null = null
  if (template.layout !== null) {
    if (template.layout === template.name) throw invalid('layout', 'a template is not its own layout')
    layout = await find(template.layout, template.name, 'layout')
    if (layout.layout !== null)
      throw invalid('layout', `"${layout.name}" has a layout itself, and a layout has none`)
  }
  await gather(template, [template.name])
  if (layout !== null) await gather(layout, [template.name, layout.name])
  return { template, layout, partials }
}

function invalid(field: string, problem: string): InviteMeError {
  return new InviteMeError('TEMPLATE_INVALID', `The template was refused: "${field}" is wrong: ${problem}.`, {
    field,
  })
}
