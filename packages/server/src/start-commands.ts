import type { Store } from '@invite-me/core'
import type { App } from './app/create-app.ts'
import { commandsAmong } from './commands/command-routes.ts'
import { runCommand } from './commands/run-command.ts'
import type { ServerConfig } from './config.ts'
import type { Logger } from './observe/logger.ts'
import type { Metrics } from './observe/metrics.ts'
import type { RunningCommands } from './queues/rabbitmq-commands.ts'
import { routes } from './routes/index.ts'
import { prefixOf } from './workspace-prefix.ts'

/** What commands are taken for, and with. */
export interface CommandParts {
  readonly config: ServerConfig
  readonly store: Store
  /** The HTTP interface whose operations commands are; `undefined` where it is not served. */
  readonly app: App | undefined
  readonly log: Logger
  readonly metrics: Metrics
}

/** Begins to take commands from RabbitMQ, where the config says so and the HTTP interface is served. */
export async function startCommands(parts: CommandParts): Promise<RunningCommands | undefined> {
  const { app, config, log, metrics, store } = parts
  if (!config.commands || config.amqpUrl === undefined || app === undefined) return undefined
  const { rabbitmqCommands } = await import('./queues/rabbitmq-commands.ts')
  const world = { app: app.world, commands: commandsAmong(routes), scopes: config.commandScopes }
  return rabbitmqCommands({
    url: config.amqpUrl,
    prefix: await prefixOf(config, store),
    log,
    run: (message) => runCommand(world, message),
    onCommand: (command, outcome) => metrics.countCommand(command, outcome),
  })
}
