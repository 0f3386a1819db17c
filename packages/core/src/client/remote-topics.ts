import { oneRound, type Remote } from './poll.ts'
import { list, record, text } from './readers.ts'
import { eventQuery, pageQuery, path, type Query } from './request-path.ts'
import { topicEvent } from './shapes.ts'
import type { TopicEvent, Topics, WaitOptions } from '../face/face.ts'
import { isInviteMeError } from '../model/error.ts'
import { readPlainObject } from '../model/plain-json.ts'
import { readTopic } from '../model/topic.ts'

/** A page of a topic; `next` is where to read on, also from an empty page. */
interface TopicPage {
  readonly items: readonly TopicEvent[]
  readonly next: string
}

const topicPage = record<TopicPage>({ items: list(topicEvent), next: text })

/** Live topics of the server, by long poll: a lost connection costs one round, and nothing is missed or told twice. */
export function remoteTopics(remote: Remote): Topics {
  const { transport } = remote
  return {
    publish: async (topic, data) => {
      const where = path`/v1/topics/${{ topic: nameOf(topic) }}`
      // With the rules of the engine: what can be kept is known here already.
      await transport.call({ method: 'POST', path: where, body: { data: readPlainObject(data, 'data') } })
    },
    events: async (topic, { after = 0, limit } = {}) => {
      const query = eventQuery({ after, ...(limit !== undefined && { limit }) })
      return (
        await transport.call({
          method: 'GET',
          path: path`/v1/topics/${{ topic: nameOf(topic) }}`,
          query,
          read: topicPage,
        })
      ).items
    },
    follow: (topic, options) => follow(remote, nameOf(topic), options),
  }
}

/** @throws InviteMeError `REQUEST_INVALID`, field `topic` */
function nameOf(topic: string): string {
  return readTopic(topic).name
}

async function* follow(
  remote: Remote,
  topic: string,
  { after, signal }: WaitOptions & { readonly after?: number } = {},
): AsyncGenerator<TopicEvent, void, undefined> {
  // What happens before the first answer is there, comes with the next.
  let query: Query = after === undefined ? { after: 'now' } : pageQuery({ after })
  while (!isAborted(signal)) {
    const call = { path: path`/v1/topics/${{ topic }}`, query, read: topicPage, signal } as const
    const answer = await unlessAborted(oneRound(remote, call, query['after'] !== 'now'))
    for (const event of answer?.items ?? []) {
      if (isAborted(signal)) return
      yield event
    }
    query = { after: answer?.next }
  }
}

/** @returns `undefined` when the signal ended it: whoever follows ends without an error */
async function unlessAborted<Value>(work: Value | Promise<Value>): Promise<Value | undefined> {
  try {
    return await work
  } catch (error) {
    if (isInviteMeError(error) && error.code === 'WAIT_ABORTED') return undefined
    throw error
  }
}

function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true
}
