import type { InvitationRecord } from '@invite-me/core'
import { act, actsOf } from './dinner-guest.ts'
import { readInvitationMail, type InvitationMail } from './invitation-mail.ts'
import type { MailServer } from './mail-server.ts'

const mostAtOnce = 8

interface Guest {
  readonly record: InvitationRecord
  /** Place in the list. */
  readonly number: number
}

/** Guests at work: each one answers as soon as their mail is there, a few of them at once; the slow ones wait for a second copy. */
export class DinnerGuests {
  /** Every copy of the mail, by externalId or address of the person. */
  readonly mails = new Map<string, InvitationMail[]>()
  /** Mails by which somebody who was not understood was asked back. */
  readonly wordsBack: InvitationMail[] = []
  /** Guests who have done all they do. */
  done = 0
  /** Deliveries of the slow guests. */
  readonly slow: ReadonlySet<string>
  readonly #server: MailServer
  readonly #guests: ReadonlyMap<string, Guest>
  readonly #acting = new Set<Promise<void>>()
  readonly #opened = new Set<string>()
  #failure: { readonly error: unknown } | undefined

  /** @param records the person of each delivery, in the order of the list */
  constructor(server: MailServer, records: ReadonlyMap<string, InvitationRecord>, slow: ReadonlySet<string>) {
    this.#server = server
    this.slow = slow
    this.#guests = new Map(
      [...records].map(([deliveryId, record], number) => [deliveryId, { record, number }]),
    )
  }

  /**
   * Opens the mails that are new; whoever has a first one begins to answer, when there is room.
   *
   * @throws Error when a guest could not do what they wanted
   */
  async openNewMails(): Promise<void> {
    const delivered = this.#opened.size < (await this.#server.count()) ? await this.#server.mails() : []
    for (const raw of delivered.filter((mail) => !this.#opened.has(mail))) {
      if (this.#acting.size >= mostAtOnce) await Promise.race(this.#acting)
      this.#opened.add(raw)
      await this.#open(raw)
    }
    if (this.#failure !== undefined) throw this.#failure.error
  }

  async #open(raw: string): Promise<void> {
    const mail = await readInvitationMail(raw)
    const guest = this.#guests.get(mail.deliveryId)
    if (guest === undefined && mail.link === undefined) {
      this.wordsBack.push(mail)
      return
    }
    if (guest === undefined) throw new Error(`A mail belongs to no known delivery: ${mail.deliveryId}`)
    const copies = this.mails.get(guest.record.to) ?? []
    this.mails.set(guest.record.to, [...copies, mail])
    if (copies.length === (this.slow.has(mail.deliveryId) ? 1 : 0)) this.#begin(guest, mail)
  }

  #begin(guest: Guest, mail: InvitationMail): void {
    const work: Promise<void> = this.#answer(guest, mail)
      .catch((error: unknown) => {
        this.#failure ??= { error }
      })
      .finally(() => this.#acting.delete(work))
    this.#acting.add(work)
  }

  async #answer({ number, record }: Guest, mail: InvitationMail): Promise<void> {
    const server = this.#server
    for (const [index, what] of actsOf(number, record.locale).entries())
      await act(what, { id: `${number}.${index}`, mail, server })
    this.done += 1
  }
}
