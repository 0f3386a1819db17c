import type { HttpRequest } from '../shared/http.ts'
import type { HttpOptions } from './options.ts'
import { fillTemplate, fillText, type TemplateValues } from './template.ts'

/** A request as it is sent. */
export type ComposedRequest = Pick<HttpRequest, 'body'> & {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

/**
 * Fills a description with one message.
 *
 * @returns `undefined` when a value would lead to another place than the one described: `..` as a part of the path
 */
export function composeRequest(options: HttpOptions, values: TemplateValues): ComposedRequest | undefined {
  const url = fillText(options.url, values, (value) => encodeURIComponent(value.toWellFormed()))
  if (!isSamePlace(options.url, url)) return undefined
  const headers = Object.fromEntries(
    Object.entries(options.headers).map(([name, value]) => [name, fillText(value, values)]),
  )
  if (options.body === undefined) return { url, headers }
  return {
    url,
    headers: { 'content-type': contentTypes[options.format], ...lowerCased(headers) },
    body: writeBody(options, values),
  }
}

const contentTypes: Readonly<Record<HttpOptions['format'], string>> = {
  json: 'application/json',
  form: 'application/x-www-form-urlencoded',
  text: 'text/plain; charset=utf-8',
}

/** One spelling, so that a content type of the operator's own replaces ours. */
function lowerCased(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}

/** Percent-encoding keeps `.` and `..`, which every parser of URLs takes for steps. */
function isSamePlace(template: string, filled: string): boolean {
  const steps = (url: string): number =>
    (/^[^?]*/.exec(url)?.[0] ?? '').split('/').filter((part) => /^(?:\.|%2e){1,2}$/i.test(part)).length
  return steps(template) === steps(filled) && new URL(template).origin === new URL(filled).origin
}

function writeBody({ body = null, format }: HttpOptions, values: TemplateValues): string {
  const filled = fillTemplate(body, values)
  if (format === 'json') return JSON.stringify(filled ?? null)
  if (format === 'text') return typeof filled === 'string' ? filled : ''
  const fields = Object.entries(filled ?? {}).map(([name, value]): [string, string] => [
    name,
    typeof value === 'string' ? value : JSON.stringify(value),
  ])
  return new URLSearchParams(fields).toString()
}
