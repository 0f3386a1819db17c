import {
  explainNoPostgres,
  privatePostgres,
  type PrivatePostgres,
  type PrivatePostgresOptions,
} from '../../peers/postgres-server.ts'
import {
  explainNoPrivateRabbitmq,
  privateRabbitmq,
  type PrivateRabbitmq,
} from '../../peers/rabbitmq-server.ts'
import { explainNoPrivateRedis, privateRedis, type PrivateRedis } from '../../peers/redis-server.ts'

/** What a server is made of beside itself, to be killed and started. */
export interface Services {
  readonly postgres: PrivatePostgres
  readonly rabbitmq: PrivateRabbitmq
  readonly redis: PrivateRedis
  close(): Promise<void>
}

/**
 * Tells why tests that kill services of their own cannot run here.
 *
 * @returns undefined when they can; else a sentence that says what to do
 * @throws when they cannot and `INVITE_ME_REQUIRE_SERVICES=1` asks for them
 */
export function explainNoServices(): string | undefined {
  return explainNoPostgres('installed') ?? explainNoPrivateRabbitmq() ?? explainNoPrivateRedis()
}

/** Starts one of each; when one of them fails, none is left. @param options how Postgres is made */
export async function startServices(options?: PrivatePostgresOptions): Promise<Services> {
  const started = await Promise.allSettled([privatePostgres(options), privateRabbitmq(), privateRedis()])
  const [postgres, rabbitmq, redis] = started
  const closeAll = async (): Promise<void> => {
    await Promise.allSettled(started.map(async (one) => one.status === 'fulfilled' && one.value.close()))
  }
  if (postgres.status === 'fulfilled' && rabbitmq.status === 'fulfilled' && redis.status === 'fulfilled')
    return { postgres: postgres.value, rabbitmq: rabbitmq.value, redis: redis.value, close: closeAll }
  await closeAll()
  throw new Error('A service did not start.', {
    cause: started.find((one) => one.status === 'rejected')?.reason,
  })
}
