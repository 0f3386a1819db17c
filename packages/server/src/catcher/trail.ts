import type { InviteMe, Receipt } from '@invite-me/core'

/** What the page tells about one question. */
export interface Trail {
  readonly invitationId: string
  readonly to: string
  readonly question: string
  readonly state: string
  /** `why` in lines. */
  readonly why: readonly string[]
  readonly receipts: readonly {
    readonly at: Date
    readonly kind: Receipt['kind']
    readonly channel: string | null
    readonly detail: string | null
  }[]
}

/** The parts of the engine a trail is read from. */
export type TrailSource = Pick<InviteMe, 'invitation' | 'receipts' | 'messages' | 'on'>

/** More questions than this are not shown at once. */
const mostShown = 8
const mostReceipts = 40

/** Follows the questions of an engine, the newest first. */
export class Trails {
  readonly #source: TrailSource
  readonly #ids: string[] = []
  readonly #end: () => void

  /** @param changed called after anything happened */
  constructor(source: TrailSource, changed: () => void) {
    this.#source = source
    this.#end = source.on('*', ({ invitationId }) => {
      if (invitationId !== null && !this.#ids.includes(invitationId)) this.#ids.unshift(invitationId)
      this.#ids.splice(mostShown)
      changed()
    })
  }

  /** Reads what is known now. */
  read(): Promise<readonly Trail[]> {
    return Promise.all(this.#ids.map((id) => this.#readOne(id)))
  }

  end(): void {
    this.#end()
  }

  async #readOne(invitationId: string): Promise<Trail> {
    const invitation = await this.#source.invitation(invitationId)
    const [message, state, why, receipts] = await Promise.all([
      this.#source.messages.get(invitation.messageId),
      invitation.state(),
      invitation.why(),
      this.#source.receipts.list({ invitationId }, { limit: mostReceipts }),
    ])
    return {
      invitationId,
      to: invitation.to,
      question: message?.content.text ?? '',
      state,
      why: why.split('\n').filter((line) => line.trim() !== ''),
      receipts: receipts.map(({ at, kind, channel, detail }) => ({ at, kind, channel, detail })),
    }
  }
}
