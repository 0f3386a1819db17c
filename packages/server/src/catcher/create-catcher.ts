import { InviteMeError, type Channel, type FactResult, type InviteMe, type Log } from '@invite-me/core'
import { createPortal } from '../portal/create-portal.ts'
import { catcherRoutes } from './catcher-routes.ts'
import type { CatcherAnswer, CaughtMessage, ReplyOutcome } from './caught-message.ts'
import { fakeChannel, secretHeader } from './fake-channel.ts'
import { LiveStream } from './live-stream.ts'
import { media, mediumNames, type MediumMood, type MediumName } from './medium.ts'
import { MessageBox } from './message-box.ts'
import { Trails, type TrailSource } from './trail.ts'

/** The parts of the engine a catcher needs. */
export type CaughtEngine = TrailSource & Pick<InviteMe, 'links' | 'receive'>

/** How a catcher is set up. */
export interface CatcherOptions {
  /** Where its own failures are told; default nowhere. */
  readonly log?: Log
}

/** A small world of fake media that shows what people would see, and lets them answer. */
export interface Catcher {
  /** For `createInviteMe`: `sms`, `telegram`, `email`. Everything sent on them stays in this process. */
  readonly channels: readonly Channel[]
  /** Serves the page at `/` and, once an engine is attached, the portal at `/r` and `/u`. For this machine only. */
  readonly handler: (request: Request) => Promise<Response>
  /** Connects the engine whose channels these are: answers reach it, and its trail is shown. */
  attach(inviteMe: CaughtEngine): void
  /** What was caught, in the order it came. */
  messages(): readonly CaughtMessage[]
  /** Calls `listener` with every message that is new or whose replies have changed. Returns a function that ends it. */
  onMessage(listener: (message: CaughtMessage) => void): () => void
  /**
   * Answers a message as its receiver would.
   * @returns what became of it
   * @throws InviteMeError `DELIVERY_UNKNOWN` for a message that is not here, `STOPPED` while no engine is attached
   */
  answer(messageId: string, input: CatcherAnswer): Promise<ReplyOutcome>
  /**
   * Breaks a medium: it `refuses` (default) every message for good, so the next route is tried at once, or is `down`, so
   * sending is tried again for a while first.
   * @throws InviteMeError `CHANNEL_UNKNOWN`
   */
  break(channel: string, mood?: Exclude<MediumMood, 'works'>): void
  /**
   * Makes a medium work again; all of them without a name.
   * @throws InviteMeError `CHANNEL_UNKNOWN`
   */
  mend(channel?: string): void
  /** Names of the media that do not work now. */
  broken(): readonly MediumName[]
  /** Ends the streams of open pages and lets go of the engine. */
  close(): void
}

/**
 * Makes the fake world of `invite-me try`.
 *
 * @example
 * const catcher = createCatcher()
 * const { url } = await listenOnLoopback(catcher.handler)
 * const inviteMe = await createInviteMe({ store: sqlite('try.db'), channels: catcher.channels, portal: { url } })
 * catcher.attach(inviteMe)
 */
export function createCatcher({ log }: CatcherOptions = {}): Catcher {
  const box = new MessageBox()
  const moods = new Map<MediumName, MediumMood>(mediumNames.map((name) => [name, 'works']))
  const secret = crypto.randomUUID()
  let engine: CaughtEngine | undefined
  let trails: Trails | undefined
  let portal: ((request: Request) => Promise<Response>) | undefined

  const live = new LiveStream(
    async () => ({
      media: media.map(({ name, title }) => ({ name, title, mood: moods.get(name) })),
      messages: box.list(),
      trails: (await trails?.read()) ?? [],
    }),
    () => log?.error('The catcher could not show what happened.'),
  )
  box.listen(() => live.changed())

  const setMood = (channel: string, mood: MediumMood): void => {
    const name = mediumNames.find((candidate) => candidate === channel)
    if (name === undefined)
      throw new InviteMeError(
        'CHANNEL_UNKNOWN',
        `There is no fake medium "${channel}"; use one of ${mediumNames.join(', ')}.`,
        { field: 'channel' },
      )
    moods.set(name, mood)
    live.changed()
  }

  const answer = async (messageId: string, input: CatcherAnswer): Promise<ReplyOutcome> => {
    const message = box.get(messageId)
    if (message === undefined)
      throw new InviteMeError('DELIVERY_UNKNOWN', 'The catcher holds no such message.', {
        field: 'messageId',
      })
    if (engine === undefined)
      throw new InviteMeError('STOPPED', 'No engine is attached to the catcher; call attach first.')
    const said =
      input.kind === 'text'
        ? input.text
        : (message.actions.find((action) => action.value === input.value)?.label ?? input.value)
    const reply = { said, at: new Date(), outcome: 'waiting' } as const
    const number = box.setReply(messageId, reply) ?? 0
    const outcome = await receiveReply(engine, message, { messageId, number, input }, secret, log)
    box.setReply(messageId, { ...reply, outcome }, number)
    return outcome
  }

  const routes = catcherRoutes({ live, answer, setMood })
  return {
    channels: media.map((medium) =>
      fakeChannel(medium, { box, secret, moodOf: ({ name }) => moods.get(name) ?? 'works' }),
    ),
    handler: async (request) => {
      const { pathname } = new URL(request.url)
      if (!/^\/[ru]\//.test(pathname)) return routes(request)
      return portal?.(request) ?? new Response('No engine is attached yet.', { status: 503 })
    },
    attach: (inviteMe) => {
      trails?.end()
      engine = inviteMe
      trails = new Trails(inviteMe, () => live.changed())
      portal = createPortal(inviteMe, log === undefined ? {} : { log })
    },
    messages: () => box.list(),
    onMessage: (listener) => box.listen(listener),
    answer,
    break: (channel, mood = 'refuses') => setMood(channel, mood),
    mend: (channel) => {
      for (const name of channel === undefined ? mediumNames : [channel]) setMood(name, 'works')
    },
    broken: () => mediumNames.filter((name) => moods.get(name) !== 'works'),
    close: () => {
      trails?.end()
      live.close()
    },
  }
}

/** Hands a reply to the engine the way a provider's webhook would. */
async function receiveReply(
  engine: CaughtEngine,
  { channel }: CaughtMessage,
  reply: object,
  secret: string,
  log: Log | undefined,
): Promise<ReplyOutcome> {
  const request = new Request('http://catcher.invalid/reply', {
    method: 'POST',
    body: JSON.stringify(reply),
    headers: { 'content-type': 'application/json', [secretHeader]: secret },
  })
  try {
    const [result] = await engine.receive(channel, request)
    return outcomeOf(result)
  } catch (error) {
    log?.error('The engine did not take a reply from the catcher.', {
      error: error instanceof Error ? error.name : typeof error,
    })
    return 'failed'
  }
}

function outcomeOf(result: FactResult | undefined): ReplyOutcome {
  return result?.answer ?? 'unmatched'
}
