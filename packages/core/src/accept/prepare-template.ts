import { InviteMeError } from '../model/error.ts'
import type { DeliveryContents } from '../model/delivery-contents.ts'
import type { Content, TemplatedContent } from '../model/message.ts'
import { readPlainObject, type PlainObject } from '../model/plain-json.ts'
import type { Template } from '../model/template.ts'
import type { World } from '../ports/world.ts'
import { checkVariables } from '../rules/check-variables.ts'
import { chooseLocale } from '../rules/choose-texts.ts'
import type { CompiledTemplate, Rendering, TemplatePerson } from '../rules/render-template.ts'
import type { Addressee } from './find-recipients.ts'
import { resolveForeign, type ForeignData } from './resolve-foreign.ts'
import { familyOf, templateRules } from './template-family.ts'

/** A request for a template, as far as it can be read without the template's texts. */
export interface TemplatedDraft {
  readonly name: string
  readonly version: number | undefined
  readonly variables: PlainObject
  readonly missingVariable: 'refuse' | 'empty'
  readonly calendar: Content['calendar']
  /** `undefined` when there is none; that is told when the message is made, for it may have been made before. */
  readonly template: Template | undefined
}

/** A template ready to be filled in for everybody a message goes to. */
export interface PreparedTemplate {
  /** The message's own content: the words before they are filled in. */
  readonly content: Content
  /** Fills it in for one person, for the channels their plan uses. */
  fill(addressee: Addressee, channels: readonly string[]): Filled
}

/** Words for one person, or why there are none. */
export type Filled =
  | { readonly status: 'filled'; readonly contents: DeliveryContents['contents'] }
  | { readonly status: 'refused'; readonly variable: string | null; readonly problem: string }

/** @throws InviteMeError `REQUEST_INVALID` for variables that are no plain JSON */
export async function readTemplated(
  { store, settings }: World,
  { template: name, version, variables, missingVariable, calendar }: TemplatedContent,
): Promise<TemplatedDraft> {
  return {
    name,
    version,
    variables: readPlainObject(variables, 'content.variables'),
    missingVariable: missingVariable ?? settings.policies.missingVariable,
    calendar,
    template: await store.templates.byName(name, version),
  }
}

/**
 * Makes a template ready: gathers what it is put together from, checks the values that were given, and looks up what others know.
 * Nothing is written, and no transaction is open meanwhile.
 *
 * @param people externalIds among those it goes to
 * @throws InviteMeError `TEMPLATE_UNKNOWN`, `TEMPLATE_INVALID`, `RESOLVER_FAILED`, or `REQUEST_INVALID` naming a variable
 */
export async function prepareTemplate(
  world: World,
  draft: TemplatedDraft,
  people: readonly string[],
): Promise<PreparedTemplate> {
  const { template } = draft
  if (template === undefined) throw unknownTemplate(draft.name, draft.version, 'content.template')
  const compiled = await compiledOf(world, template)
  refuseUnfit(compiled, draft.variables, 'content.variables')
  const fields = (world.resolver?.fields ?? []).filter((field) => compiled.names(field))
  const foreign: ForeignData =
    world.resolver === undefined || fields.length === 0
      ? new Map()
      : await resolveForeign(world, world.resolver, people, fields)
  const { missingVariable, variables: given, calendar } = draft
  return {
    content: { ...sourceOf(world, template), ...(calendar !== undefined && { calendar }) },
    fill: (addressee, channels) => {
      const values = {
        person: personOf(world, addressee),
        given,
        foreign: foreign.get(addressee.to) ?? {},
        missingVariable,
      }
      return filled(compiled, channels, (channel) => compiled.render(channel, values))
    },
  }
}

/** A template parsed, with what it is put together from. */
export async function compiledOf({ store, settings }: World, template: Template): Promise<CompiledTemplate> {
  const { compileTemplate } = await templateRules()
  return compileTemplate(await familyOf(store.templates, template), settings.locale)
}

/** @throws InviteMeError `REQUEST_INVALID`, naming the variable */
export function refuseUnfit(
  { variables }: CompiledTemplate,
  given: Readonly<Record<string, unknown>>,
  path: string,
): void {
  const found = checkVariables(variables, given)
  if (found === undefined) return
  const field = `${path}.${found.path}`
  throw new InviteMeError(
    'REQUEST_INVALID',
    `The request was refused: "${field}" is wrong: ${found.problem}.`,
    {
      field,
    },
  )
}

/** The person as texts see them. */
export function personOf(
  { settings }: Pick<World, 'settings'>,
  { recipientId, to, name, locale, zone, attributes }: Omit<Addressee, 'routes' | 'preferences'>,
): TemplatePerson {
  return {
    externalId: recipientId === null ? null : to,
    name,
    locale: locale ?? settings.locale,
    zone: zone ?? settings.zone ?? 'UTC',
    attributes,
  }
}

/** @param field which named it */
export function unknownTemplate(name: string, version: number | undefined, field: string): InviteMeError {
  const which = version === undefined ? '' : ` in version ${String(version)}`
  return new InviteMeError('TEMPLATE_UNKNOWN', `There is no template "${name}"${which}.`, { field })
}

function filled(
  { channels: own }: CompiledTemplate,
  channels: readonly string[],
  render: (channel: string | null) => Rendering,
): Filled {
  const words = new Map<string | null, Content>()
  for (const channel of [null, ...new Set(channels.filter((name) => own.includes(name)))]) {
    const rendering = render(channel)
    if (rendering.status === 'missing')
      return {
        status: 'refused',
        variable: rendering.variable,
        problem: `the template names "${rendering.variable}", and there is no value for it`,
      }
    if (rendering.status === 'unfit') return { status: 'refused', variable: null, problem: rendering.problem }
    words.set(channel, rendering.parts as Content)
  }
  const common = words.get(null) ?? { text: '' }
  words.delete(null)
  return {
    status: 'filled',
    contents: { common, channels: Object.fromEntries(words) as Readonly<Record<string, Content>> },
  }
}

function sourceOf({ settings }: World, { name, version, texts }: Template): Content {
  const chosen = texts[chooseLocale(Object.keys(texts), [settings.locale]) ?? '']
  return { text: chosen?.text ?? '', template: { name, version } }
}
