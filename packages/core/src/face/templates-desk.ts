import type { Templates } from './face.ts'
import { pageOf } from './recipients-desk.ts'
import { compiledOf, personOf, refuseUnfit, unknownTemplate } from '../accept/prepare-template.ts'
import { resolveForeign } from '../accept/resolve-foreign.ts'
import { familyOf, templateRules } from '../accept/template-family.ts'
import { InviteMeError } from '../model/error.ts'
import { parseInput } from '../model/parse.ts'
import { readPlainObject } from '../model/plain-json.ts'
import {
  templateInputSchema,
  templateNameSchema,
  type LocaleTexts,
  type Template,
} from '../model/template.ts'
import { plainVariables } from '../model/template-variable.ts'
import {
  previewOptionsSchema,
  type PreviewOptions,
  type ReadPreviewOptions,
  type TemplatePreview,
} from '../model/template-preview.ts'
import type { World } from '../ports/world.ts'
import { canonicalText } from '../rules/canonical.ts'
import { checkVariables } from '../rules/check-variables.ts'
import { chooseLocale } from '../rules/choose-texts.ts'
import { fromPercentSyntax } from '../rules/percent-syntax.ts'
import type { RenderedParts, TemplatePerson } from '../rules/render-template.ts'
import { newId } from '../rules/uuid.ts'

type Change = <Result>(work: () => Promise<Result>) => Promise<Result>
type Draft = Omit<Template, 'version'>

/** Templates looked through at once, for those that use one. */
const portion = 500

/** The engine's desk of templates. */
export function templatesDesk(world: World, change: Change): Templates {
  const { templates } = world.store
  return {
    save: (name, input) =>
      change(async () => {
        const draft = readDraft(world, name, input)
        const { checkTemplate } = await templateRules()
        checkTemplate(await familyOf(templates, draft), world.resolver?.fields ?? [])
        const newest = await templates.byName(draft.name)
        return newest !== undefined && saysTheSame(newest, draft) ? newest : templates.save(draft)
      }),
    get: (name, { version } = {}) => templates.byName(name, version),
    versions: (name, page) => templates.versions(name, pageOf(page)),
    list: (page) => templates.list(pageOf(page)),
    remove: (name) =>
      change(async () => {
        const user = await userOf(world, name)
        if (user !== undefined)
          throw new InviteMeError(
            'TEMPLATE_IN_USE',
            `The template "${name}" is used by "${user}"; change or remove that one first.`,
            { field: 'name' },
          )
        if (!(await templates.remove(name))) throw unknownTemplate(name, undefined, 'name')
      }),
    preview: (name, options = {}) => preview(world, name, options),
  }
}

function readDraft(world: World, name: string, input: unknown): Draft {
  const wrong = (path: string) =>
    ({ code: 'TEMPLATE_INVALID', path, what: 'The template was refused' }) as const
  const plain =
    typeof input === 'object' && input !== null && 'variables' in input
      ? { ...input, variables: plainVariables(input.variables) ?? {} }
      : input
  const { texts, variables, category, layout, description, syntax } = parseInput(
    templateInputSchema,
    plain,
    wrong(''),
  )
  for (const [variable, { default: value }] of Object.entries(variables)) {
    const found = value === undefined ? undefined : checkVariables(variables, { [variable]: value })
    if (found !== undefined)
      throw new InviteMeError(
        'TEMPLATE_INVALID',
        `The template was refused: the default of "variables.${found.path}" is wrong: ${found.problem}.`,
        { field: `variables.${variable}.default` },
      )
  }
  return {
    id: newId(world),
    name: parseInput(templateNameSchema, name, wrong('name')),
    texts: syntax === 'percent' ? eachText(texts, fromPercentSyntax) : texts,
    variables,
    category: category ?? null,
    layout: layout ?? null,
    description: description ?? null,
    createdAt: new Date(world.clock.now()),
  }
}

function eachText(
  texts: Readonly<Record<string, LocaleTexts>>,
  write: (text: string) => string,
): Readonly<Record<string, LocaleTexts>> {
  const parts = <Parts extends object>(some: Parts): Parts =>
    Object.fromEntries(
      Object.entries(some).map(([part, value]) => [part, typeof value === 'string' ? write(value) : value]),
    ) as Parts
  return Object.fromEntries(
    Object.entries(texts).map(([locale, { channels, ...common }]) => [
      locale,
      {
        ...parts(common),
        ...(channels !== undefined && {
          channels: Object.fromEntries(
            Object.entries(channels).map(([channel, own]) => [channel, parts(own)]),
          ),
        }),
      },
    ]),
  )
}

/** Whoever saves the same again, as a deployment does, makes no new version. */
function saysTheSame(newest: Template, draft: Draft): boolean {
  const said = ({ texts, variables, category, layout, description }: Draft) =>
    canonicalText({ texts, variables, category, layout, description })
  return said(newest) === said(draft)
}

/** A template that cannot do without this one. */
async function userOf({ store }: World, name: string): Promise<string | undefined> {
  const { partialsOf } = await templateRules()
  for (let after: string | undefined; ;) {
    const page = await store.templates.list({ limit: portion, ...(after !== undefined && { after }) })
    const user = page.find(
      (template) =>
        template.name !== name && (template.layout === name || partialsOf(template).includes(name)),
    )
    if (user !== undefined) return user.name
    after = page.at(-1)?.id
    if (page.length < portion) return undefined
  }
}

async function preview(world: World, name: string, input: PreviewOptions): Promise<TemplatePreview> {
  const options = parseInput(previewOptionsSchema, input, {
    code: 'REQUEST_INVALID',
    what: 'The preview was refused',
  })
  const { version, channel, pricePerSegment, missingVariable } = options
  const template = await world.store.templates.byName(name, version)
  if (template === undefined) throw unknownTemplate(name, version, 'name')
  const adapter = channel === undefined ? undefined : world.channels.get(channel)
  if (channel !== undefined && adapter === undefined)
    throw new InviteMeError('CHANNEL_UNKNOWN', `The channel "${channel}" is not configured.`, {
      field: 'channel',
    })
  const compiled = await compiledOf(world, template)
  const given = readPlainObject(options.variables, 'variables')
  refuseUnfit(compiled, given, 'variables')
  const person = await personFor(world, options)
  const fields = (world.resolver?.fields ?? []).filter((field) => compiled.names(field))
  const foreign =
    world.resolver === undefined || fields.length === 0 || options.to === undefined
      ? undefined
      : (await resolveForeign(world, world.resolver, [options.to], fields)).get(options.to)
  const rendering = compiled.render(channel ?? null, {
    person,
    given,
    foreign: foreign ?? {},
    missingVariable: missingVariable ?? world.settings.policies.missingVariable,
  })
  if (rendering.status === 'missing')
    throw new InviteMeError(
      'TEMPLATE_VARIABLE_MISSING',
      `The template names "${rendering.variable}", and there is no value for it.`,
      { field: `variables.${rendering.variable}` },
    )
  if (rendering.status === 'unfit')
    throw new InviteMeError('TEMPLATE_INVALID', `The template cannot be filled in: ${rendering.problem}.`, {
      field: 'name',
    })
  const { text, subject, details }: RenderedParts = rendering.parts
  const segments = adapter?.segments?.(text) ?? null
  return {
    name: template.name,
    version: template.version,
    locale: chooseLocale(Object.keys(template.texts), [person.locale, world.settings.locale]) ?? '',
    channel: channel ?? null,
    subject: subject ?? null,
    text,
    details: details ?? null,
    length: text.length,
    segments,
    cost:
      segments === null || pricePerSegment === undefined
        ? null
        : { ...pricePerSegment, amount: Number((segments * pricePerSegment.amount).toFixed(6)) },
  }
}

async function personFor(world: World, { to, person, locale }: ReadPreviewOptions): Promise<TemplatePerson> {
  const [known] = to === undefined ? [] : await world.store.recipients.byExternalIds([to])
  if (to !== undefined && known === undefined)
    throw new InviteMeError('RECIPIENT_UNKNOWN', `There is no recipient "${to}".`, { field: 'to' })
  const said = person ?? {}
  return personOf(world, {
    recipientId: known?.id ?? null,
    to: to ?? '',
    name: said.name ?? known?.name ?? null,
    locale: locale ?? known?.locale ?? null,
    zone: said.zone ?? known?.zone,
    attributes: { ...known?.attributes, ...said.attributes },
  })
}
