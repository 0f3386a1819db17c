import type { Webhooks } from './face.ts'
import { pageOf } from './recipients-desk.ts'
import { durationSchema, type Duration } from '../model/duration.ts'
import { InviteMeError } from '../model/error.ts'
import { parseInput } from '../model/parse.ts'
import {
  webhookEndpointInputSchema,
  webhookEndpointUpdateSchema,
  type WebhookEndpoint,
  type WebhookEndpointInput,
  type WebhookEndpointUpdate,
} from '../model/webhook-endpoint.ts'
import { postingStateSchema, webhookReplaySchema } from '../model/webhook-replay.ts'
import type { WebhookEndpointChanges, WebhookStore } from '../ports/store.ts'
import type { WebhookSender } from '../ports/webhook-post.ts'
import type { World } from '../ports/world.ts'
import { newId } from '../rules/uuid.ts'
import { rotateSecrets, spellWebhookSecret, webhookSecretBytes } from '../rules/webhook-secret.ts'

type Change = <Result>(work: () => Promise<Result>) => Promise<Result>

/**
 * The engine's desk of webhook endpoints.
 * @param sender how this process posts; without it endpoints can be looked at and removed, and none can be made
 */
export function webhooksDesk(world: World, change: Change, sender: WebhookSender | undefined): Webhooks {
  const { store, clock } = world
  const now = (): Date => new Date(clock.now())
  const newSecret = (): string => spellWebhookSecret(world.random.bytes(webhookSecretBytes))
  const mustExist = async (id: string): Promise<void> => {
    if ((await store.webhooks.byId(id)) === undefined) throw unknown()
  }

  return {
    create: (input) =>
      change(async () => {
        const endpoint = newEndpoint(world, input, sender)
        const secret = newSecret()
        await store.webhooks.insert(endpoint, [{ secret, validUntil: null }])
        return { endpoint, secret }
      }),
    get: (id) => store.webhooks.byId(id),
    list: (page) => store.webhooks.list(pageOf(page)),
    update: (id, input) =>
      change(async () => {
        const endpoint = await store.webhooks.update(id, readChanges(input, sender))
        if (endpoint === undefined) throw unknown()
        return endpoint
      }),
    remove: (id) =>
      change(async () => {
        if (!(await store.webhooks.remove(id))) throw unknown()
      }),
    rotateSecret: (id, { keepFor = '24h' } = {}) =>
      change(() => {
        const until = new Date(clock.now() + readKeepFor(keepFor))
        const secret = newSecret()
        return store.transaction(async ({ webhooks }) => {
          const secrets = await webhooks.secrets(id)
          if (secrets.length === 0) throw unknown()
          await webhooks.setSecrets(id, rotateSecrets(secrets, secret, until, clock.now()))
          return { secret }
        })
      }),
    postings: async (id, { state } = {}, page = {}) => {
      const wanted = parseInput(postingStateSchema.optional(), state, {
        code: 'REQUEST_INVALID',
        path: 'state',
        what: 'The filter was refused',
      })
      await mustExist(id)
      const filter = { endpointId: id, ...(wanted !== undefined && { state: wanted }) }
      return store.webhooks.postings(filter, pageOf(page))
    },
    replay: (id, which) =>
      change(async () => {
        const wanted = readReplay(which)
        await mustExist(id)
        return store.webhooks.replay(id, wanted, now())
      }),
  }
}

function newEndpoint(
  world: World,
  input: WebhookEndpointInput,
  sender: WebhookSender | undefined,
): WebhookEndpoint {
  if (sender === undefined)
    throw new InviteMeError(
      'OPTIONS_INVALID',
      'This engine posts no webhooks; give createInviteMe the option webhooks.',
      { field: 'webhooks' },
    )
  const { url, description, types } = parseInput(webhookEndpointInputSchema, input, {
    code: 'REQUEST_INVALID',
    what: 'The endpoint was refused',
  })
  checkUrl(url, sender)
  return {
    id: newId(world),
    url,
    description: description ?? null,
    types: types ?? null,
    state: 'enabled',
    disabledReason: null,
    failingSince: null,
    createdAt: new Date(world.clock.now()),
  }
}

function readChanges(
  input: WebhookEndpointUpdate,
  sender: WebhookSender | undefined,
): WebhookEndpointChanges {
  const { url, description, types, state } = parseInput(webhookEndpointUpdateSchema, input, {
    code: 'REQUEST_INVALID',
    what: 'The endpoint was refused',
  })
  if (url !== undefined) checkUrl(url, sender)
  return {
    ...(url !== undefined && { url }),
    ...(description !== undefined && { description }),
    ...(types !== undefined && { types }),
    ...(state !== undefined && { state, disabledReason: state === 'enabled' ? null : 'by hand' }),
    // Another place, or another try: what failed before says nothing about it.
    ...((url !== undefined || state === 'enabled') && { failingSince: null }),
  }
}

function checkUrl(url: string, sender: WebhookSender | undefined): void {
  const reason = sender?.check?.(url)
  if (reason !== undefined)
    throw new InviteMeError('REQUEST_INVALID', `The endpoint was refused: "url" is wrong: ${reason}.`, {
      field: 'url',
    })
}

function readKeepFor(keepFor: Duration): number {
  return parseInput(durationSchema, keepFor, {
    code: 'REQUEST_INVALID',
    path: 'keepFor',
    what: 'The time was refused',
  })
}

function readReplay(which: Parameters<Webhooks['replay']>[1]): Parameters<WebhookStore['replay']>[1] {
  const { ids, since, state } = parseInput(webhookReplaySchema, which, {
    code: 'REQUEST_INVALID',
    what: 'The replay was refused',
  })
  if (since === undefined) return { ids: ids ?? [] }
  return { since, ...(state !== undefined && { state }) }
}

function unknown(): InviteMeError {
  return new InviteMeError('WEBHOOK_UNKNOWN', 'There is no webhook endpoint with this id.', { field: 'id' })
}
