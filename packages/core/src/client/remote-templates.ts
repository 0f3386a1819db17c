import type { Remote } from './poll.ts'
import { objectOf } from './request-body.ts'
import { number, page, record, text, type Reader } from './readers.ts'
import { pageQuery, path } from './request-path.ts'
import { template } from './shapes.ts'
import type { Templates } from '../face/face.ts'
import type { TemplatePreview } from '../model/template-preview.ts'
import type { Template } from '../model/template.ts'
import { plainVariables } from '../model/template-variable.ts'

const templates = page(template)
const previewed = record<TemplatePreview>({ name: text, version: number, text, length: number })

/** Templates on a server. */
export function remoteTemplates({ transport }: Remote): Templates {
  return {
    save: (name, input) => {
      const { variables, ...rest } = objectOf(input, { what: 'The template', field: '' })
      // A Zod object has no words in JSON; what it says of the variables has.
      const body = variables === undefined ? rest : { ...rest, variables: plainVariables(variables) }
      return transport.call({
        method: 'PUT',
        path: path`/v1/templates/${{ name }}`,
        body,
        isRepeatable: true,
        read: template,
      })
    },
    get: (name, { version } = {}) =>
      transport.call({
        method: 'GET',
        path: path`/v1/templates/${{ name }}`,
        query: { version },
        read: template as Reader<Template | undefined>,
        absent: { code: 'TEMPLATE_UNKNOWN', value: undefined },
      }),
    versions: async (name, given) => {
      const where = path`/v1/templates/${{ name }}/versions`
      const call = { method: 'GET', path: where, query: pageQuery(given), read: templates } as const
      return (await transport.call(call)).items
    },
    list: async (given) => {
      const call = { method: 'GET', path: '/v1/templates', query: pageQuery(given), read: templates } as const
      return (await transport.call(call)).items
    },
    remove: (name) => transport.call({ method: 'DELETE', path: path`/v1/templates/${{ name }}` }),
    preview: (name, options = {}) =>
      transport.call({
        method: 'POST',
        path: path`/v1/templates/${{ name }}/preview`,
        body: objectOf(options, { what: 'The options', field: 'options' }),
        isRepeatable: true,
        read: previewed,
      }),
  }
}
