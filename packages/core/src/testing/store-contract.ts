import type { Store } from '../ports/store.ts'
import { registerQuestions, type Exceptions, type TestRegistrar } from './contract.ts'
import type { StoreBench, StorePlace } from './store-bench.ts'
import { acceptQuestions } from './store-questions/accept.ts'
import { answerQuestions } from './store-questions/answer.ts'
import { auditQuestions } from './store-questions/audit.ts'
import { byAddressQuestions } from './store-questions/by-address.ts'
import { calendarQuestions } from './store-questions/calendar.ts'
import { claimQuestions } from './store-questions/claim.ts'
import { connectQuestions } from './store-questions/connect.ts'
import { editQuestions } from './store-questions/edits.ts'
import { eraseQuestions } from './store-questions/erase.ts'
import { inboundQuestions } from './store-questions/inbound.ts'
import { inboxQuestions } from './store-questions/inbox.ts'
import { keyQuestions } from './store-questions/keys.ts'
import { listQuestions } from './store-questions/list.ts'
import { moveQuestions } from './store-questions/move.ts'
import { namedQuestions } from './store-questions/named.ts'
import { peopleQuestions } from './store-questions/people.ts'
import { preferenceQuestions } from './store-questions/preferences.ts'
import { readerTurnQuestions } from './store-questions/reader-turns.ts'
import { recordQuestions } from './store-questions/record.ts'
import { segmentQuestions } from './store-questions/segments.ts'
import { scheduleQuestions } from './store-questions/schedules.ts'
import { settleQuestions } from './store-questions/settle.ts'
import { tallyQuestions } from './store-questions/tallies.ts'
import { togetherQuestions } from './store-questions/together.ts'
import { topicQuestions } from './store-questions/topics.ts'
import { transactionQuestions } from './store-questions/transaction.ts'
import { templateQuestions } from './store-questions/templates.ts'
import { webhookQuestions } from './store-questions/webhooks.ts'

const storeQuestions = {
  ...transactionQuestions,
  ...acceptQuestions,
  ...claimQuestions,
  ...namedQuestions,
  ...settleQuestions,
  ...editQuestions,
  ...calendarQuestions,
  ...answerQuestions,
  ...byAddressQuestions,
  ...tallyQuestions,
  ...inboundQuestions,
  ...inboxQuestions,
  ...peopleQuestions,
  ...preferenceQuestions,
  ...connectQuestions,
  ...moveQuestions,
  ...segmentQuestions,
  ...recordQuestions,
  ...readerTurnQuestions,
  ...topicQuestions,
  ...keyQuestions,
  ...auditQuestions,
  ...webhookQuestions,
  ...scheduleQuestions,
  ...templateQuestions,
  ...eraseQuestions,
  ...togetherQuestions,
  ...listQuestions,
}

/** The name of something the store contract asks. */
export type StoreQuestion = keyof typeof storeQuestions

/** How a store is put to the contract. */
export interface StoreContractOptions extends TestRegistrar {
  /** Makes an empty place; called for every question. */
  readonly create: () => Promise<StorePlace>
  readonly exceptions?: Exceptions<StoreQuestion>
}

/**
 * Asks a store everything the engine relies on, a test each.
 *
 * @example storeContract({ test, create: async () => ({ open: () => sqlite(newFile()).open() }) })
 */
export function storeContract({ create, exceptions = {}, ...registrar }: StoreContractOptions): void {
  registerQuestions<StoreBench>(registrar, storeQuestions, exceptions, async (ask) => {
    const place = await create()
    const opened: Store[] = []
    const open = async (): Promise<Store> => {
      const store = await place.open()
      opened.push(store)
      return store
    }
    try {
      await ask({ store: await open(), open })
    } finally {
      await Promise.allSettled(opened.map((store) => store.close()))
      await place.remove?.()
    }
  })
}
