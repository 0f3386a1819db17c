import type { CatalogueOption } from '@invite-me/channels/catalog'
import { InviteMeError, isInviteMeError } from '@invite-me/core/channel'

/** What can be set about `serve` and `worker`, below `server` in the config file. */
export const serverSettings: readonly CatalogueOption[] = [
  setting(
    'roles',
    'ROLE',
    'string[]',
    'What a process does: all, or some of api, dispatcher, scheduler; default all.',
  ),
  setting('host', 'HOST', 'string', 'Address to listen on; default 127.0.0.1, 0.0.0.0 for every one.'),
  setting('port', 'PORT', 'number', 'Port to listen on; default 8080, and none for a worker.'),
  setting(
    'amqpUrl',
    'AMQP_URL',
    'string',
    'RabbitMQ that hands work to dispatchers on other machines.',
    true,
  ),
  setting('redisUrl', 'REDIS_URL', 'string', 'Redis by which processes wake each other.', true),
  setting(
    'prefix',
    'PREFIX',
    'string',
    'Begins every name on RabbitMQ and Redis; default one per workspace.',
  ),
  setting('commands', 'COMMANDS', 'boolean', 'Whether commands are taken from RabbitMQ; default false.'),
  setting(
    'commandScopes',
    'COMMAND_SCOPES',
    'string[]',
    'What commands from RabbitMQ may do: send, admin; default send.',
  ),
  setting('events', 'EVENTS', 'boolean', 'Whether events are published to RabbitMQ; default false.'),
  setting('origins', 'ORIGINS', 'string[]', 'Origins whose pages may call; default none.'),
  setting(
    'trustedProxies',
    'TRUSTED_PROXIES',
    'number',
    'Proxies of ours in front that set X-Forwarded-For; default 0.',
  ),
  setting('metrics', 'METRICS', 'boolean', 'Whether /metrics is there; default true.'),
  setting('docs', 'DOCS', 'boolean', 'Whether /docs and /openapi.json are there; default true.'),
  setting('logLevel', 'LOG_LEVEL', 'string', 'debug, info, warn, error or silent; default info.'),
  setting(
    'writesPerMinute',
    'WRITES_PER_MINUTE',
    'number',
    'Calls a key may make that change something; default 6000.',
  ),
  setting('readsPerMinute', 'READS_PER_MINUTE', 'number', 'Calls a key may make that look; default 6000.'),
  setting('maxConnections', 'MAX_CONNECTIONS', 'number', 'Connections at once; default 10000.'),
  setting(
    'privateWebhooks',
    'PRIVATE_WEBHOOKS',
    'boolean',
    'Whether webhooks may go to our own network; default false.',
  ),
  setting(
    'stopSeconds',
    'STOP_SECONDS',
    'number',
    'Time to finish what is under way when stopped; default 25.',
  ),
  setting(
    'drainSeconds',
    'DRAIN_SECONDS',
    'number',
    'Time between not being ready and taking no more; default 0.',
  ),
  setting('bootstrap', 'BOOTSTRAP', 'boolean', 'Whether a first owner key is made and shown; default true.'),
  setting('bootstrapKey', 'BOOTSTRAP_KEY', 'string', 'Secret of an owner key that must be there.', true),
]

function setting(
  name: string,
  variable: string,
  type: string,
  description: string,
  isSecret = false,
): CatalogueOption {
  return { name, env: `INVITE_ME_${variable}`, type, isRequired: false, isSecret, description }
}

/** Says where the setting a server refuses is set; other errors are passed on. */
export function explainSetting(error: unknown): unknown {
  if (!isInviteMeError(error) || error.code !== 'OPTIONS_INVALID') return error
  const [name = ''] = (error.field ?? '').split('.')
  const found = serverSettings.find((candidate) => candidate.name === name)
  if (found === undefined) return error
  return new InviteMeError(
    'OPTIONS_INVALID',
    `${error.message} Set server.${name} in invite-me.config.yaml or ${found.env}.`,
    { field: `server.${error.field ?? ''}`, cause: error },
  )
}
