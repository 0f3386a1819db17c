import { z } from 'zod'
import { parseInput } from './parse.ts'

/** Whose topics there are: the engine's own about a person, and two kinds the host app publishes on. */
export const topicKinds = ['user', 'group', 'event'] as const
/** See {@link topicKinds}. */
export type TopicKind = (typeof topicKinds)[number]

/** A live topic, by its name: `group:7` is `{ kind: 'group', id: '7' }`. */
export interface Topic {
  readonly name: string
  readonly kind: TopicKind
  readonly id: string
}

const problem = 'a topic looks like "user:sam", "group:7" or "event:42"'

/** An externalId may have spaces within, and so may the topic of its person; ids of groups and events have none. */
const namePattern =
  /^(?:user:[^\s\p{Cc}\p{Cs}\u2028\u2029](?:[^\p{Cc}\p{Cs}\u2028\u2029]{0,198}[^\s\p{Cc}\p{Cs}\u2028\u2029])?|(?:group|event):[^\s\p{Cc}\p{Cs}]{1,128})$/u

const nameSchema = z.string(problem).max(205, problem).regex(namePattern, problem)

/**
 * Reads the name of a topic.
 * @throws InviteMeError `REQUEST_INVALID`, field `topic`
 */
export function readTopic(name: unknown): Topic {
  const checked = parseInput(nameSchema, name, {
    code: 'REQUEST_INVALID',
    path: 'topic',
    what: 'The topic was refused',
  })
  const end = checked.indexOf(':')
  return { name: checked, kind: checked.slice(0, end) as TopicKind, id: checked.slice(end + 1) }
}

/** The topic of a person, by their externalId or the address of their inbox. */
export function topicOfPerson(id: string): string {
  return `user:${id}`
}
