import { connect, type Channel, type ConsumeMessage, type Options } from 'amqplib'
import { afterEach, describe, expect, test } from 'vitest'
import { emptyBroker, explainNoRabbitmq } from '../../../../tests/peers/rabbitmq-server.ts'
import { startSwallowingWire } from '../../../../tests/peers/swallowing-wire.ts'
import { waitUntil } from '../../../../tests/peers/wait-until.ts'
import { testApi } from '../app/__fixtures__/api.ts'
import { commandsAmong } from '../commands/command-routes.ts'
import { runCommand, type CommandEnd, type CommandMessage } from '../commands/run-command.ts'
import { routes } from '../routes/index.ts'
import { keepingLog } from './__fixtures__/work.ts'
import { mostCommandReturns } from './rabbitmq-names.ts'
import { rabbitmqCommands, type CommandsOptions } from './rabbitmq-commands.ts'

const reason = await explainNoRabbitmq()

const cleanUp: (() => unknown)[] = []
afterEach(async () => {
  for (const clean of cleanUp.splice(0).toReversed()) await clean()
})

type Run = CommandsOptions['run']

/** A server's commands on a broker, and a program beside them that speaks AMQP. */
async function open(through: (run: Run) => Run = (run) => run) {
  const { url, prefix, remove } = await emptyBroker()
  cleanUp.push(remove)
  const api = await testApi()
  cleanUp.push(() => api.stop())
  const log = keepingLog()
  const outcomes: string[] = []
  const world = { app: api.app.world, commands: commandsAmong(routes), scopes: ['send'] as const }
  const start = (more: Partial<CommandsOptions> = {}) => {
    const commands = rabbitmqCommands({
      url,
      prefix,
      log,
      run: through((message) => runCommand(world, message)),
      onCommand: (command, outcome) => outcomes.push(`${command} ${outcome}`),
      ...more,
    })
    cleanUp.push(() => commands.stop(1_000))
    return commands
  }
  const commands = start()
  const program = await programOn(url, prefix)
  return { url, prefix, api, log, outcomes, start, commands, ...program }
}

async function programOn(url: string, prefix: string) {
  const connection = await connect(url)
  cleanUp.push(() => connection.close())
  const channel = await connection.createConfirmChannel()
  const looking = await connection.createChannel()
  const isThere = (queue: string) =>
    connection.createChannel().then((one) => {
      one.on('error', () => undefined)
      return one.checkQueue(queue).then(
        () => true,
        () => false,
      )
    })
  await waitUntil('the queue is there', () => isThere(`${prefix}.commands`), 10_000)
  const replies: ConsumeMessage[] = []
  const { queue: replyTo } = await channel.assertQueue('', { exclusive: true })
  await channel.consume(replyTo, (message) => message !== null && replies.push(message), { noAck: true })
  const put = async (content: unknown, options: Options.Publish = {}): Promise<void> => {
    const body = Buffer.isBuffer(content) ? content : Buffer.from(JSON.stringify(content))
    channel.sendToQueue(`${prefix}.commands`, body, { persistent: true, replyTo, ...options })
    await channel.waitForConfirms()
  }
  const replied = async (count: number): Promise<readonly ConsumeMessage[]> => {
    await waitUntil(`${String(count)} replies`, () => replies.length >= count, 20_000)
    return replies
  }
  return { channel, replies, replied, put, parked: (count: number) => parked(looking, prefix, count) }
}

async function parked(channel: Channel, prefix: string, count: number): Promise<readonly ConsumeMessage[]> {
  const messages: ConsumeMessage[] = []
  const look = async (): Promise<boolean> => {
    for (let isMore = true; isMore;) {
      const message = await channel.get(`${prefix}.parked`, { noAck: true })
      if (message !== false) messages.push(message as unknown as ConsumeMessage)
      isMore = message !== false
    }
    return messages.length >= count
  }
  await waitUntil(`${String(count)} messages are parked`, look, 20_000)
  return messages
}

const ask = {
  version: 1,
  command: 'invitations.ask',
  body: { to: { routes: { telegram: '4711' } }, question: 'Coming?', answer: { type: 'yesNo' } },
}
const read = (message: ConsumeMessage | undefined) => JSON.parse(message?.content.toString() ?? '{}')
const headersOf = (message: ConsumeMessage | undefined): Readonly<Record<string, unknown>> =>
  message?.properties.headers ?? {}

describe.skipIf(reason !== undefined)(
  `commands from RabbitMQ${reason === undefined ? '' : ` (${reason})`}`,
  () => {
    test('a command is done and answered, under the correlation its sender chose', async () => {
      const place = await open()
      await place.put(ask, { messageId: 'order-1', correlationId: 'mine' })
      const [reply] = await place.replied(1)
      expect(reply?.properties).toMatchObject({
        correlationId: 'mine',
        contentType: 'application/json',
        type: 'invitations.ask',
        headers: { 'x-invite-me-status': 202 },
      })
      const { messageId, invitations } = read(reply)
      expect(await place.api.t.inviteMe.messages.get(messageId)).toMatchObject({ key: 'order-1' })
      // And now it is called off; an answer is known by the id of its command.
      const cancel = { version: 1, command: 'invitations.cancel', params: { id: invitations[0].id } }
      await place.put(cancel, { messageId: 'order-2' })
      const [, cancelled] = await place.replied(2)
      expect([cancelled?.properties.correlationId, read(cancelled)]).toEqual([
        'order-2',
        { state: 'cancelled' },
      ])
      await waitUntil('both are acknowledged', () => place.outcomes.length === 2, 5_000)
      expect(place.outcomes).toEqual(['invitations.ask done', 'invitations.cancel done'])
      expect(place.log.told).toEqual([])
    })

    test('a reply reaches whoever waits by direct reply-to, without a queue of their own', async () => {
      const place = await open()
      const got: ConsumeMessage[] = []
      const take = (message: ConsumeMessage | null) => message !== null && got.push(message)
      await place.channel.consume('amq.rabbitmq.reply-to', take, { noAck: true })
      await place.put(ask, { messageId: 'order-1', replyTo: 'amq.rabbitmq.reply-to' })
      await waitUntil('the reply', () => got.length === 1, 10_000)
      expect(read(got[0])).toHaveProperty('messageId')
    })

    test('handed over twice, it asks once', async () => {
      const place = await open()
      for (let time = 0; time < 3; time += 1) await place.put(ask, { messageId: 'order-1' })
      const replies = await place.replied(3)
      expect(new Set(replies.map((reply) => read(reply).messageId)).size).toBe(1)
      expect(await place.api.t.inviteMe.messages.list()).toHaveLength(1)
    })

    test('a hundred at once are each done once', { timeout: 30_000 }, async () => {
      const place = await open()
      for (let number = 0; number < 100; number += 1)
        await place.put(ask, { messageId: `order-${String(number)}` })
      await place.replied(100)
      expect(await place.api.t.inviteMe.messages.list({ limit: 1_000 })).toHaveLength(100)
    })

    test(
      'the connection is cut while one is done: it comes again and asks once',
      { timeout: 60_000 },
      async () => {
        let taken = 0
        let goOn = (): void => undefined
        const gate = new Promise<void>((resolve) => (goOn = resolve))
        const place = await open((run) => async (message) => {
          taken += 1
          const end = await run(message)
          if (taken === 1) await gate
          return end
        })
        const wire = await startSwallowingWire(Number(new URL(place.url).port || '5672'))
        cleanUp.push(() => wire.close())
        await place.commands.stop(0)
        place.start({ url: withPort(place.url, wire.port) })
        await place.put(ask, { messageId: 'order-1' })
        await waitUntil('it is taken', () => taken === 1, 10_000)
        const messages = await place.api.t.inviteMe.messages.list()
        expect(messages).toHaveLength(1)
        await wire.close()
        place.start()
        const [reply] = await place.replied(1)
        goOn()
        expect(read(reply).messageId).toBe(messages[0]?.id)
        expect(await place.api.t.inviteMe.messages.list()).toHaveLength(1)
        expect(taken).toBe(2)
      },
    )

    test(
      'what is refused is told, and parked as it came with the field in its headers',
      { timeout: 60_000 },
      async () => {
        const place = await open()
        const bad: readonly (readonly [name: string, content: Buffer, field: string, code: string])[] = [
          ['not JSON', Buffer.from('ask ann, please'), 'body', 'REQUEST_INVALID'],
          ['5 MB', Buffer.alloc(5 * 1024 * 1024, ' '), 'body', 'BODY_TOO_LARGE'],
          [
            '10,000 deep',
            Buffer.from(`${'['.repeat(10_000)}${']'.repeat(10_000)}`),
            'body',
            'REQUEST_INVALID',
          ],
          ['another version', json({ ...ask, version: 7 }), 'version', 'REQUEST_INVALID'],
          ['unknown command', json({ ...ask, command: 'invitations.forget' }), 'command', 'REQUEST_INVALID'],
          ['unknown field', json({ ...ask, body: { ...ask.body, urgent: 1 } }), 'urgent', 'REQUEST_INVALID'],
          ['__proto__', Buffer.from('{"version":1,"__proto__":{}}'), '__proto__', 'REQUEST_INVALID'],
          [
            'beyond its scopes',
            json({ version: 1, command: 'recipients.erase', params: { externalId: 'x' } }),
            'command',
            'FORBIDDEN',
          ],
        ]
        for (const [name, content] of bad)
          await place.put(content, { messageId: name.replaceAll(' ', '_'), contentType: 'text/evil' })
        await place.put(ask, { messageId: 'good' })
        const kept = await place.parked(bad.length)
        const byName = new Map(kept.map((one) => [headersOf(one)['x-invite-me-message-id'], one]))
        const replies = new Map(
          (await place.replied(bad.length + 1)).map((one) => [one.properties.correlationId, one]),
        )
        for (const [name, content, field, code] of bad) {
          const id = name.replaceAll(' ', '_')
          const message = byName.get(id)
          const why = headersOf(message)
          expect([
            name,
            message?.content.equals(content),
            why['x-invite-me-field'],
            why['x-invite-me-reason'],
          ]).toEqual([name, true, field, code])
          expect(String(why['x-invite-me-detail']).length).toBeGreaterThan(10)
          expect(message?.properties.replyTo).toBe(replies.get(id)?.fields.routingKey)
          expect(read(replies.get(id))).toMatchObject({ code, field })
          expect(replies.get(id)?.properties.contentType).toBe('application/problem+json')
        }
        expect(headersOf(replies.get('good'))['x-invite-me-status']).toBe(202)
        await waitUntil('all are acknowledged', () => place.outcomes.length === bad.length + 1, 5_000)
        expect(JSON.stringify(place.log.told)).not.toMatch(/ann, please|evil/)
      },
    )

    test('a command nobody can do now is kept, tried again, and done once', { timeout: 30_000 }, async () => {
      let isAway = true
      const away: CommandEnd = {
        kind: 'later',
        command: 'invitations.ask',
        requestId: '',
        status: 503,
        contentType: '',
        body: '',
      }
      const place = await open((run) => async (message) => (isAway ? away : run(message)))
      await place.put(ask, { messageId: 'order-1' })
      await waitUntil('it is told', () => place.log.told.length > 0, 10_000)
      expect(place.replies).toEqual([])
      isAway = false
      await place.replied(1)
      await waitUntil('it is done', () => place.outcomes.length === 1, 5_000)
      expect(place.outcomes).toEqual(['invitations.ask done'])
    })

    test('a server that stops gives back what it could not do', { timeout: 30_000 }, async () => {
      let tries = 0
      const place = await open((run) => async (message: CommandMessage) => {
        tries += 1
        return tries === 1
          ? {
              kind: 'later',
              command: 'invitations.ask',
              requestId: '',
              status: 503,
              contentType: '',
              body: '',
            }
          : run(message)
      })
      await place.put(ask, { messageId: 'order-1' })
      await waitUntil('it is tried', () => place.log.told.length > 0, 10_000)
      await place.commands.stop(1_000)
      expect(place.outcomes).toEqual(['invitations.ask returned'])
      place.start()
      await place.replied(1)
      expect(tries).toBe(2)
    })

    test(
      'a command that came back again and again is parked, and its sender told',
      { timeout: 30_000 },
      async () => {
        const place = await open()
        await place.commands.stop(0)
        await place.put(ask, { messageId: 'deadly' })
        const aside = await connect(place.url)
        const taking = await aside.createChannel()
        for (let returns = 0; returns < mostCommandReturns; returns += 1) {
          const message = await taking.get(`${place.prefix}.commands`)
          if (message !== false) taking.nack(message, false, true)
        }
        await aside.close()
        place.start()
        const [reply] = await place.replied(1)
        expect(read(reply)).toMatchObject({ code: 'INTERNAL', status: 500 })
        const [kept] = await place.parked(1)
        expect(headersOf(kept)['x-invite-me-message-id']).toBe('deadly')
        expect(await place.api.t.inviteMe.messages.list()).toEqual([])
      },
    )

    test('nobody is answered by way of our own queues, and a sender who went keeps nothing up', async () => {
      const place = await open()
      await place.put(ask, { messageId: 'a', replyTo: `${place.prefix}.commands` })
      await place.put(ask, { messageId: 'b', replyTo: 'somebody-who-went' })
      await place.put(ask, { messageId: 'c' })
      await place.replied(1)
      await waitUntil('all are done', () => place.outcomes.length === 3, 10_000)
      expect(new Set(place.outcomes)).toEqual(new Set(['invitations.ask done']))
      expect(place.replies).toHaveLength(1)
    })
  },
)

function withPort(url: string, port: number): string {
  const address = new URL(url)
  address.port = String(port)
  return address.href
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value))
}
