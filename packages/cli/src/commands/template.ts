import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Template, TemplateInput, TemplatePreview } from '@invite-me/core'
import { InviteMeError } from '@invite-me/core/channel'
import { channelNames, requireChannels } from '../configured-channels.ts'
import { describeTime } from '../describe.ts'
import { withInviteMe } from '../engine.ts'
import { exitCodes, type ExitCode } from '../exit-code.ts'
import { readVariables } from '../message-options.ts'
import { listRows } from '../pages.ts'
import { plainText } from '../plain-text.ts'
import { settingsOf, type Session } from '../session.ts'
import { table } from '../table.ts'

/** Largest file a template may be in, in bytes. */
const maxFileBytes = 2_000_000

/** Saves a template from a YAML or JSON file; the same again makes no new version. */
export async function saveTemplate(session: Session, name: string, file: string): Promise<ExitCode> {
  const settings = await settingsOf(session)
  const input = await readTemplate(session, file)
  return withInviteMe(session, { settings }, async (inviteMe) => {
    const template = await inviteMe.templates.save(name, input)
    await inviteMe.audit.record({ actor: 'cli', action: 'templates.save', target: name, detail: {} })
    session.output.result({ template }, () => `Saved ${template.name}, version ${String(template.version)}.`)
    return exitCodes.done
  })
}

/** Lists the newest version of each template. */
export async function listTemplates(session: Session): Promise<ExitCode> {
  const settings = await settingsOf(session)
  return withInviteMe(session, { settings }, async (inviteMe) => {
    const templates = await listRows((page) => inviteMe.templates.list(page))
    session.output.result({ templates }, () =>
      templates.length === 0
        ? 'There are no templates yet; save one with: invite-me template save <name> <file>'
        : table<Template>(
            [
              { heading: 'name', cell: ({ name }) => name },
              { heading: 'version', cell: ({ version }) => String(version) },
              { heading: 'locales', cell: ({ texts }) => Object.keys(texts).join(' ') },
              { heading: 'variables', cell: ({ variables }) => Object.keys(variables).join(' ') },
              { heading: 'saved', cell: ({ createdAt }) => describeTime(createdAt, settings.zone) },
            ],
            templates,
          ),
    )
    return exitCodes.done
  })
}

/** Shows a template with its texts. */
export async function showTemplate(
  session: Session,
  name: string,
  { atVersion: version }: { readonly atVersion?: number },
): Promise<ExitCode> {
  const settings = await settingsOf(session)
  return withInviteMe(session, { settings }, async (inviteMe) => {
    const template = await inviteMe.templates.get(name, version === undefined ? {} : { version })
    if (template === undefined)
      throw new InviteMeError('TEMPLATE_UNKNOWN', `There is no template "${name}", or not in this version.`, {
        field: 'name',
      })
    session.output.result({ template }, () => {
      const { texts, variables, layout } = template
      const words = Object.entries(texts).map(([locale, { text }]) => `${locale}: ${plainText(text)}`)
      const named = Object.entries(variables).map(([variable, { type }]) => `${variable} (${type})`)
      return [
        `${template.name}, version ${String(template.version)}`,
        ...(layout === null ? [] : [`layout: ${layout}`]),
        `variables: ${named.join(', ') || 'none'}`,
        ...words,
      ].join('\n')
    })
    return exitCodes.done
  })
}

/** Removes a template with all its versions. */
export async function removeTemplate(session: Session, name: string): Promise<ExitCode> {
  const settings = await settingsOf(session)
  return withInviteMe(session, { settings }, async (inviteMe) => {
    await inviteMe.templates.remove(name)
    await inviteMe.audit.record({ actor: 'cli', action: 'templates.remove', target: name, detail: {} })
    session.output.result({ removed: name }, () => 'Removed; what was sent of it stays as it is.')
    return exitCodes.done
  })
}

/** The flags of `template preview`, as the command line parses them. */
export interface PreviewFlags {
  readonly atVersion?: number
  readonly to?: string
  readonly channel?: string
  readonly locale?: string
  readonly variables?: string
  readonly price?: string
}

/** Fills a template in for somebody, without sending anything. */
export async function previewTemplate(
  session: Session,
  name: string,
  flags: PreviewFlags,
): Promise<ExitCode> {
  const { atVersion: version, to, channel, locale, variables, price } = flags
  const pricePerSegment = price === undefined ? undefined : readPrice(price)
  const given = variables === undefined ? undefined : readVariables(variables)
  const settings = await settingsOf(session)
  const channels =
    channel === undefined ? [] : await requireChannels(channelNames(settings, [channel]), settings, session)
  return withInviteMe(session, { settings, channels }, async (inviteMe) => {
    const preview = await inviteMe.templates.preview(name, {
      ...(version !== undefined && { version }),
      ...(to !== undefined && { to }),
      ...(channel !== undefined && { channel }),
      ...(locale !== undefined && { locale }),
      ...(given !== undefined && { variables: given }),
      ...(pricePerSegment !== undefined && { pricePerSegment }),
    })
    session.output.result({ preview }, () => drawn(preview))
    return exitCodes.done
  })
}

function drawn({ subject, text, details, length, segments, cost }: TemplatePreview): string {
  const counted = [
    `${String(length)} characters`,
    ...(segments === null ? [] : [`${String(segments)} segment${segments === 1 ? '' : 's'}`]),
    ...(cost === null ? [] : [`about ${String(cost.amount)} ${cost.currency}`]),
  ]
  const words = [subject, text, details].filter((part) => part !== null)
  return [...words.map(plainText), `(${counted.join(', ')})`].join('\n\n')
}

/** @throws InviteMeError `REQUEST_INVALID` when it is not understood */
function readPrice(price: string): { readonly amount: number; readonly currency: string } {
  const [, amount = '', currency = ''] = /^(\d+(?:\.\d+)?) ?([A-Z]{3})$/.exec(price) ?? []
  if (currency === '')
    throw new InviteMeError('REQUEST_INVALID', `"${price}" is not a price; write for example "0.0079 USD".`, {
      field: '--price',
    })
  return { amount: Number(amount), currency }
}

async function readTemplate({ host }: Session, file: string): Promise<TemplateInput> {
  const text =
    file === '-'
      ? await textOf(host.stdin)
      : await readFile(join(host.directory, file), 'utf8').catch(missing)
  if (text.length > maxFileBytes)
    throw new InviteMeError('TEMPLATE_INVALID', `The file ${file} is too large for a template.`, {
      field: 'file',
    })
  const { parse } = await import('../read-template-file.ts')
  // What it must be is the engine's to say, which names the field.
  return parse(file, text) as TemplateInput

  function missing(cause: unknown): never {
    throw new InviteMeError('REQUEST_INVALID', `The file ${file} cannot be read.`, { field: 'file', cause })
  }
}

async function textOf(stream: AsyncIterable<unknown>): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of stream) {
    const part = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk))
    bytes += part.length
    if (bytes > maxFileBytes) break
    chunks.push(part)
  }
  return Buffer.concat(chunks).toString('utf8')
}
