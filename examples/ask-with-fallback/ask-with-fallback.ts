import { yesNo, type InviteMe, type InvitationResult, type To } from '@invite-me/core'

/** What came of it, with the story in plain words. */
export interface Outcome {
  readonly result: InvitationResult<boolean>
  readonly why: string
}

/**
 * Asks by the first channel. When its provider refuses, or nobody has answered after `patience`, the second channel asks.
 * The first answer counts, whichever channel it comes by; two hours later it is too late for one.
 *
 * @param inviteMe an engine in this program, or one on a server: `connect` of `@invite-me/core/client`
 */
export async function askWithFallback(
  inviteMe: Pick<InviteMe, 'ask'>,
  to: To,
  { via, patience }: { readonly via: readonly [string, string]; readonly patience: `${number}${'s' | 'm'}` },
): Promise<Outcome> {
  const invitation = await inviteMe.ask(to, 'Dinner on Friday at 8?', {
    answer: yesNo(),
    via,
    next: { unlessAnswered: patience },
    until: '2h',
  })
  const result = await invitation.answer()
  return { result, why: await invitation.why() }
}
