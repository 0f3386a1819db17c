import type { OutboundMessage } from '@invite-me/core/channel'
import { z } from 'zod'
import { oneLine } from '../shared/one-line.ts'

const fieldSchema = z.enum(['text', 'message', 'name', 'from', 'link', 'linkToken'])
type Field = z.output<typeof fieldSchema>

const templateSchema = z.strictObject({
  contentSid: z
    .string()
    .regex(/^HX[0-9a-fA-F]{32}$/, 'give the SID of the content: HX and 32 hexadecimal digits'),
  variables: z
    .record(z.string().min(1).max(16), fieldSchema)
    .optional()
    .describe(
      'What goes into each placeholder: `text` the question · `message` all of it with how to answer · `name` the person · `from` who asks · `link` the page · `linkToken` the end of its address.',
    ),
})

/** Templates of Twilio's Content API that WhatsApp has approved. */
export const templatesSchema = z.strictObject({
  yesNo: templateSchema
    .optional()
    .describe(
      'For yes or no, with two quick replies whose ids are `yes` and `no`. Placeholder 1 is the question.',
    ),
  rsvp: templateSchema.optional().describe('The same with three: `yes`, `no` and `maybe`.'),
  text: templateSchema
    .optional()
    .describe(
      'For everything else to people who have not written for 24 hours. Placeholder 1 is the whole message.',
    ),
})

type Template = z.output<typeof templateSchema>
type Templates = z.output<typeof templatesSchema>

/** A template chosen for a message. */
export interface ChosenTemplate {
  readonly template: Template
  /** With buttons it is the better form of the question, not only a way around the 24 hours. */
  readonly hasButtons: boolean
}

/** The template a message can go by; `undefined` when none is set up for it. */
export function templateFor({ answer }: OutboundMessage, templates: Templates): ChosenTemplate | undefined {
  const type = answer?.spec.type
  const buttons = type === 'yesNo' || type === 'rsvp' ? templates[type] : undefined
  if (buttons !== undefined) return { template: buttons, hasButtons: true }
  return templates.text === undefined ? undefined : { template: templates.text, hasButtons: false }
}

/**
 * The fields of a message that goes by a template. WhatsApp takes no line breaks, no tabs, no rows of spaces and nothing empty
 * for a placeholder; some values with a straight apostrophe were refused with 21656 (twilio/twilio-node issue 1082), so it
 * becomes a curly one. More than 255 characters are refused (Twilio docs, `content/using-variables-with-content-api`, seen
 * 2026-11-22).
 */
export function templateContent(
  { hasButtons, template }: ChosenTemplate,
  message: OutboundMessage,
  whole: string,
): Readonly<Record<string, string>> {
  const variables = template.variables ?? { '1': hasButtons ? ('text' as const) : ('message' as const) }
  const filled = Object.entries(variables).map(([place, field]) => [place, valueOf(field, message, whole)])
  return { ContentSid: template.contentSid, ContentVariables: JSON.stringify(Object.fromEntries(filled)) }
}

function valueOf(field: Field, { content, links, originator, to }: OutboundMessage, whole: string): string {
  const link = links.respond ?? ''
  const values: Readonly<Record<Field, string | undefined>> = {
    text: content.text,
    message: whole,
    name: to.name,
    from: originator?.name,
    link,
    linkToken: link.slice(link.lastIndexOf('/') + 1),
  }
  const value = oneLine((values[field] ?? '').replaceAll('\n', ' / '))
    .replaceAll(/ {2,}/g, ' ')
    .replaceAll("'", '’')
  return value === '' ? '-' : value
}
