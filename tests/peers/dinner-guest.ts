import { answerByLink } from './answer-by-link.ts'
import type { InvitationMail } from './invitation-mail.ts'
import { keptReplies, writeReply, type KeptReply } from './mail-programs.ts'
import type { MailServer } from './mail-server.ts'

/** One thing a guest does with the question. */
export type GuestAct =
  | { readonly by: 'page'; readonly answer: 'no' | 'yes' }
  /** `from` is another address than the one invited. */
  | { readonly by: 'mail'; readonly reply: KeptReply; readonly from?: string }

/** How a question ends for somebody. */
export interface ExpectedEnd {
  readonly state: 'accepted' | 'declined' | 'pending'
  readonly revision: number
  readonly via: 'email' | 'portal' | null
}

/**
 * Says what a guest does, one act after the other. Of twenty guests seven answer on the page and eight by mail; the others
 * change their mind, say it twice, are away, cannot decide or never answer.
 *
 * @param number the guest's place in the list
 * @param locale decides the mail programs, English for people without one
 */
export function actsOf(number: number, locale: string | null): readonly GuestAct[] {
  const language = locale ?? 'en'
  const mail = (...says: readonly KeptReply['says'][]) =>
    ({ by: 'mail', reply: pick(number, language, says) }) as const
  const page = (answer: 'no' | 'yes'): GuestAct => ({ by: 'page', answer })
  const part = number % 20
  if (part < 5) return [page('yes')]
  if (part < 7) return [page('no')]
  if (part === 7) return [{ ...mail('yes', 'no'), from: `private.${number}@elsewhere.test` }]
  if (part < 15) return [mail('yes', 'no')]
  if (part === 15) return [page('yes'), mail('no')]
  if (part === 16) return [page('yes'), mail('yes')]
  if (part === 17) return [mail('automatic'), page('no')]
  if (part === 18) return number < 100 ? [mail('automatic')] : [mail('maybe')]
  return []
}

/** The end a human would expect of these acts: what machines and the undecided say does not count. */
export function endOf(acts: readonly GuestAct[]): ExpectedEnd {
  let end: ExpectedEnd = { state: 'pending', revision: 0, via: null }
  for (const act of acts) {
    const said = act.by === 'page' ? act.answer : act.reply.says
    if (said === 'automatic' || said === 'maybe') continue
    const state = said === 'yes' ? 'accepted' : 'declined'
    if (state === end.state) continue
    end = { state, revision: end.revision + 1, via: act.by === 'page' ? 'portal' : 'email' }
  }
  return end
}

/** Does one act. Like a person, tries again when the page does not come, for at most 30 seconds. */
export async function act(
  what: GuestAct,
  { id, mail, server }: { readonly id: string; readonly mail: InvitationMail; readonly server: MailServer },
): Promise<void> {
  if (what.by === 'page') return answerOnPage(mail, what.answer)
  const from = what.from ?? mail.to.address
  await server.handIn({
    // Machines give no address to answer to (RFC 3834 §3.3), so that two of them never talk to each other.
    from: what.reply.says === 'automatic' ? '' : from,
    to: mail.replyTo,
    raw: writeReply(what.reply, { from, id: `${what.reply.name}.${id}`, to: mail.replyTo }),
  })
}

async function answerOnPage({ link = '' }: InvitationMail, answer: 'no' | 'yes'): Promise<void> {
  const deadline = Date.now() + 30_000
  for (;;) {
    // The page is away while the command is: the connection is refused, cut, or asked to come back.
    const page = await answerByLink(link, { answer }).catch((error: unknown) => ({ status: 503, error }))
    if (page.status === 200) return
    if (page.status !== 503 || Date.now() > deadline)
      throw new Error(`The page answered ${page.status}`, { cause: page })
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

/** Goes through the kept mails of a language; where it has none that says this, through the English ones. */
function pick(number: number, language: string, says: readonly KeptReply['says'][]): KeptReply {
  const saying = keptReplies.filter((reply) => says.includes(reply.says))
  const own = saying.filter((reply) => reply.language === language)
  const choice = own.length === 0 ? saying.filter((reply) => reply.language === 'en') : own
  const reply = choice[number % choice.length]
  if (reply === undefined) throw new Error(`No kept mail says ${says.join(' or ')}.`)
  return reply
}
