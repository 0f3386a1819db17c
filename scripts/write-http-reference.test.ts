import { z } from 'zod'
import { expect, test } from 'vitest'
import { writeHttpReference } from './gen/write-http-reference.ts'

const document = {
  openapi: '3.1.0',
  info: { title: 'x', version: '1' },
  paths: {
    '/v1/pigeons/{id}': {
      post: {
        tags: ['pigeons'],
        operationId: 'pigeons.send',
        summary: 'Sends a pigeon',
        description: 'It comes back by itself.',
        security: [{ key: ['send'] }, { recipientToken: [] }],
        parameters: [
          { name: 'id', in: 'path', required: true, schema: { type: 'string' } },
          { name: 'wait', in: 'query', description: 'For how | long', schema: { type: 'string' } },
        ],
        requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Pigeon' } } } },
        responses: {
          '202': { description: 'It flies.' },
          '404': { description: '`PIGEON_UNKNOWN`' },
          '422': { description: '`REQUEST_INVALID`, `NO_WIND`' },
        },
      },
    },
  },
  components: {
    schemas: {
      Pigeon: {
        ...z.toJSONSchema(z.object({ name: z.string(), rings: z.array(z.int()).default([]) }), {
          io: 'input',
        }),
      },
    },
  },
}

test('an operation is told with its scope, its query, its body and its own refusals', () => {
  // The document of the server has more members than this one; the writer reads only these.
  const page = writeHttpReference(document as unknown as Parameters<typeof writeHttpReference>[0])
  expect(page).toContain(
    [
      '## Pigeons',
      '### POST /v1/pigeons/{id}',
      'Sends a pigeon. It comes back by itself.',
      'Scope `send`, or a recipient token. Answers `202` It flies. Refusals of its own: `PIGEON_UNKNOWN`, `NO_WIND`.',
      '| | type | |\n| --- | --- | --- |\n| `wait` | text | For how \\| long |',
      '| | type | |\n| --- | --- | --- |\n| `name` | text | required |\n| `rings` | list of integer | default `[]` |',
    ].join('\n\n'),
  )
})
