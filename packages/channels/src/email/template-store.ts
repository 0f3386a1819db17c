import type { Content, OutboundMessage } from '@invite-me/core/channel'
import { mailTemplate, type MailTemplate } from './mail-template.ts'
import type { RenderOptions } from './render.ts'

/** Most shapes of one content that are kept: languages, reminders. More are made anew each time. */
const mostShapes = 64

/**
 * Makes templates and keeps them for the next person.
 *
 * They hang on the content itself, which the engine keeps for as long as it sends it, and are gone with it: nothing of a
 * message outlives it here, and nobody's address, name, link or token is ever in a template.
 */
export class TemplateStore {
  readonly #shapesOf = new WeakMap<Content, Map<string, MailTemplate>>()

  templateFor(message: OutboundMessage, options: RenderOptions): MailTemplate {
    // What has changed is told in words that are one person's own: their answer.
    if (options.change !== undefined) return mailTemplate(message, options)
    const shape = shapeOf(message, options)
    let shapes = this.#shapesOf.get(message.content)
    if (shapes === undefined) {
      shapes = new Map()
      this.#shapesOf.set(message.content, shapes)
    }
    const known = shapes.get(shape)
    if (known !== undefined) return known
    const template = mailTemplate(message, options)
    if (shapes.size < mostShapes) shapes.set(shape, template)
    return template
  }
}

/** All that a rendered message depends on but its content and the addresses of its links. */
function shapeOf({ answer, calendar, links, ...message }: OutboundMessage, options: RenderOptions): string {
  return JSON.stringify([
    message.locale,
    message.zone,
    message.purpose,
    message.originator?.name,
    message.until,
    answer?.spec,
    answer?.actions.map(({ label, url }) => [label, url !== undefined]),
    links.respond !== undefined,
    links.unsubscribe !== undefined,
    calendar && [calendar.start, calendar.end, calendar.location],
    options.canReply,
  ])
}
