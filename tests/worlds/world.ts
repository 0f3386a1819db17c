/**
 * What the stories of `tests/flows` are run on, by the variable `INVITE_ME_WORLD`: `embedded` a SQLite database in the program ·
 * `postgres` Postgres alone · `rabbitmq` the same with work handed out by RabbitMQ · `redis` with processes woken by Redis ·
 * `server` all three, asked over HTTP.
 */
export const worldNames = ['embedded', 'postgres', 'rabbitmq', 'redis', 'server'] as const
/** See {@link worldNames}. */
export type WorldName = (typeof worldNames)[number]

/** The world this process runs in. */
export const world: WorldName = readWorld(process.env['INVITE_ME_WORLD'])

/** Whether work is handed out by a broker here. */
export const hasBroker: boolean = world !== 'embedded' && world !== 'postgres'

function readWorld(name = 'embedded'): WorldName {
  const known = worldNames.find((one) => one === name)
  if (known === undefined)
    throw new Error(`INVITE_ME_WORLD is "${name}"; it must be one of ${worldNames.join(', ')}.`)
  return known
}
