import type { Remote } from './poll.ts'
import { importByLine } from './import-by-line.ts'
import { page, type Reader } from './readers.ts'
import { objectOf } from './request-body.ts'
import { pageQuery, path } from './request-path.ts'
import {
  connectAddress,
  importReport,
  personPreferences,
  preferencesAddress,
  recipient,
  recipientExport,
} from './shapes.ts'
import type { ImportRecord, Recipients } from '../face/face.ts'
import type { RecipientInput } from '../model/recipient.ts'

const recipients = page(recipient)

/** People the server knows. */
export function remoteRecipients(remote: Remote): Recipients {
  const { transport, settings } = remote
  const suppress = (
    where: string,
    channel: string,
    address: string,
    { category }: { readonly category?: string } = {},
  ): Promise<void> =>
    transport.call({ method: 'POST', path: where, body: { channel, address, category }, isRepeatable: true })
  const load: Recipients['import'] = (source) =>
    importByLine(remote, { path: '/v1/recipients/import', source, read: importReport })
  return {
    upsert: async (person) => {
      const { externalId, ...rest } = objectOf(person, { what: 'The recipient', field: '' })
      return transport.call({
        method: 'PUT',
        path: path`/v1/recipients/${{ externalId }}`,
        body: rest,
        isRepeatable: true,
        read: recipient,
      })
    },
    get: (externalId) =>
      transport.call({
        method: 'GET',
        path: path`/v1/recipients/${{ externalId }}`,
        read: recipient as Reader<ReturnType<typeof recipient> | undefined>,
        absent: { code: 'RECIPIENT_UNKNOWN', value: undefined },
      }),
    list: async (given) => {
      const call = {
        method: 'GET',
        path: '/v1/recipients',
        query: pageQuery(given),
        read: recipients,
      } as const
      return (await transport.call(call)).items
    },
    import: load,
    importFrom: (directory, { signal = new AbortController().signal } = {}) =>
      load(recordsOf(directory.people({ signal, log: settings.log }))),
    optOut: (channel, address, options) => suppress('/v1/suppressions', channel, address, options),
    optIn: (channel, address, options) => suppress('/v1/suppressions/remove', channel, address, options),
    preferences: (externalId) =>
      transport.call({
        method: 'GET',
        path: path`/v1/recipients/${{ externalId }}/preferences`,
        read: personPreferences,
      }),
    setPreferences: (externalId, change) =>
      transport.call({
        method: 'PUT',
        path: path`/v1/recipients/${{ externalId }}/preferences`,
        body: change,
        isRepeatable: true,
        read: personPreferences,
      }),
    preferencesLink: (externalId, { expiresIn } = {}) =>
      transport.call({
        method: 'POST',
        path: path`/v1/recipients/${{ externalId }}/preferences/link`,
        body: { expiresIn },
        read: preferencesAddress,
      }),
    connectAddress: (externalId, channel, { expiresIn } = {}) =>
      transport.call({
        method: 'POST',
        path: path`/v1/recipients/${{ externalId }}/connect`,
        body: { channel, expiresIn },
        read: connectAddress,
      }),
    export: (externalId) =>
      transport.call({
        method: 'GET',
        path: path`/v1/recipients/${{ externalId }}/export`,
        read: recipientExport as Reader<ReturnType<typeof recipientExport> | undefined>,
        absent: { code: 'RECIPIENT_UNKNOWN', value: undefined },
      }),
    erase: (externalId) =>
      transport.call({
        method: 'DELETE',
        path: path`/v1/recipients/${{ externalId }}`,
        read: () => true,
        absent: { code: 'RECIPIENT_UNKNOWN', value: false },
      }),
  }
}

async function* recordsOf(people: AsyncIterable<RecipientInput>): AsyncGenerator<ImportRecord> {
  for await (const person of people) yield { recipient: person }
}
