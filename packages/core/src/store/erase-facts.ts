import { sql, type Kysely } from 'kysely'
import type { ChannelAddress } from '../ports/store.ts'
import { inPortions } from './connection.ts'
import type { Database } from './schema.ts'

/** Members of a fact that say who is meant; the words in it say nothing about whose they are. */
const naming = new Set(['address', 'from', 'to', 'providerMessageId'])

/** Throws away what came in from these addresses, or about them, and fits nothing. */
export async function dropFactsFrom(db: Kysely<Database>, places: readonly ChannelAddress[]): Promise<void> {
  for (const { channel, address } of places) {
    const likely = await db
      .selectFrom('unmatched_facts')
      .select(['id', 'fact'])
      .where('channel', '=', channel)
      .where(({ eb, or }) =>
        or([
          eb('fact', 'like', sql<string>`${somewhere(address)} escape '!'`),
          // People write their own address in capitals as they like.
          eb(sql`lower(fact)`, 'like', sql<string>`${somewhere(address.toLowerCase())} escape '!'`),
        ]),
      )
      .execute()
    const theirs = likely.filter(({ fact }) => names(JSON.parse(fact), address))
    await inPortions(
      theirs.map(({ id }) => id),
      (portion) => db.deleteFrom('unmatched_facts').where('id', 'in', portion).returning('id').execute(),
    )
  }
}

/** A pattern of `like` for text that holds this one as JSON spells it; `!` takes the meaning of what stands behind it. */
function somewhere(text: string): string {
  return `%${JSON.stringify(text).slice(1, -1).replaceAll(/[!%_]/g, '!$&')}%`
}

/** Whether a fact names an address: alone, in brackets behind a name, or as the first part of a chat's message id. */
function names(fact: unknown, address: string, member = ''): boolean {
  if (typeof fact === 'string') return naming.has(member) && holds(fact, address)
  if (typeof fact !== 'object' || fact === null) return false
  return Object.entries(fact).some(([name, inner]) => names(inner, address, name))
}

function holds(text: string, address: string): boolean {
  const [whole, wanted] = [text.toLowerCase(), address.toLowerCase()]
  for (let at = whole.indexOf(wanted); at !== -1; at = whole.indexOf(wanted, at + 1)) {
    const isAlone = [whole[at - 1], whole[at + wanted.length]].every((beside) => !isOfWord(beside))
    if (isAlone) return true
  }
  return false
}

function isOfWord(character: string | undefined): boolean {
  return character !== undefined && /[\p{L}\p{N}_.+-]/u.test(character)
}
