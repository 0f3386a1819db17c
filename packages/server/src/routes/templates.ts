import { z } from '@hono/zod-openapi'
import type { TemplateInput } from '@invite-me/core'
import { found } from '../app/found.ts'
import { pageAnswer, pageOf } from '../app/page-cursor.ts'
import { present } from '../app/present.ts'
import { defineRoute, reply, type Route } from '../app/route.ts'
import { pageOfSchema, pageQuery } from '../wire/page.ts'
import {
  previewBodySchema,
  previewSchema,
  templateBodySchema,
  templateNameSchema,
  templateSchema,
} from '../wire/template.ts'

const params = z.object({ name: templateNameSchema })
const ofOne = { params, rename: { name: 'path.name' } } as const

const save = defineRoute({
  method: 'put',
  path: '/v1/templates/{name}',
  operation: 'templates.save',
  scope: 'admin',
  summary: 'Saves a template as its next version',
  description: 'One that says the same as the newest version makes none, and that version is the answer.',
  body: templateBodySchema,
  answers: { 200: { description: 'The version.', schema: templateSchema } },
  ...ofOne,
  problems: ['TEMPLATE_INVALID', 'STOPPED'],
  refusals: {
    texts: 'TEMPLATE_INVALID',
    variables: 'TEMPLATE_INVALID',
    category: 'TEMPLATE_INVALID',
    layout: 'TEMPLATE_INVALID',
    description: 'TEMPLATE_INVALID',
    syntax: 'TEMPLATE_INVALID',
  },
  auditTarget: ({ path }) => path.name,
  handle: async ({ inviteMe, path: { name }, body }) =>
    // What variables may be is the engine's to say.
    reply(200, await inviteMe.templates.save(name, present(body) as TemplateInput)),
})

const list = defineRoute({
  method: 'get',
  path: '/v1/templates',
  operation: 'templates.list',
  scope: 'read',
  summary: 'The newest version of each template',
  query: z.strictObject(pageQuery),
  answers: { 200: { description: 'A page.', schema: pageOfSchema(templateSchema) } },
  handle: async ({ inviteMe, query }) =>
    reply(200, pageAnswer(await inviteMe.templates.list(pageOf(query)), query)),
})

const get = defineRoute({
  method: 'get',
  path: '/v1/templates/{name}',
  operation: 'templates.get',
  scope: 'read',
  summary: 'One template, in its newest version or the one named',
  query: z.strictObject({
    version: z
      .string()
      .regex(/^[1-9]\d{0,5}$/, 'a version is a number from 1')
      .optional(),
  }),
  answers: { 200: { description: 'The version.', schema: templateSchema } },
  ...ofOne,
  problems: ['TEMPLATE_UNKNOWN'],
  handle: async ({ inviteMe, path: { name }, query: { version } }) => {
    const which = version === undefined ? {} : { version: Number(version) }
    return reply(200, found(await inviteMe.templates.get(name, which), 'TEMPLATE_UNKNOWN', 'path.name'))
  },
})

const versions = defineRoute({
  method: 'get',
  path: '/v1/templates/{name}/versions',
  operation: 'templates.versions',
  scope: 'read',
  summary: 'All versions of a template, newest first',
  query: z.strictObject(pageQuery),
  answers: { 200: { description: 'A page.', schema: pageOfSchema(templateSchema) } },
  ...ofOne,
  handle: async ({ inviteMe, path: { name }, query }) =>
    reply(200, pageAnswer(await inviteMe.templates.versions(name, pageOf(query)), query)),
})

const remove = defineRoute({
  method: 'delete',
  path: '/v1/templates/{name}',
  operation: 'templates.remove',
  scope: 'admin',
  summary: 'Removes a template with all its versions; what was made of them stays',
  answers: { 204: { description: 'Removed.' } },
  ...ofOne,
  problems: ['TEMPLATE_UNKNOWN', 'TEMPLATE_IN_USE', 'STOPPED'],
  auditTarget: ({ path }) => path.name,
  handle: async ({ inviteMe, path: { name } }) => {
    await inviteMe.templates.remove(name)
    return reply(204)
  },
})

const preview = defineRoute({
  method: 'post',
  path: '/v1/templates/{name}/preview',
  operation: 'templates.preview',
  scope: 'read',
  summary: 'Fills a template in for somebody, without sending it',
  body: previewBodySchema,
  isBodyOptional: true,
  answers: { 200: { description: 'The words.', schema: previewSchema } },
  ...ofOne,
  problems: [
    'TEMPLATE_UNKNOWN',
    'TEMPLATE_INVALID',
    'TEMPLATE_VARIABLE_MISSING',
    'RECIPIENT_UNKNOWN',
    'CHANNEL_UNKNOWN',
    'RESOLVER_FAILED',
  ],
  handle: async ({ inviteMe, path: { name }, body }) =>
    reply(200, await inviteMe.templates.preview(name, present(body))),
})

/** `/v1/templates` */
export const templateRoutes: readonly Route[] = [save, list, get, versions, remove, preview]
