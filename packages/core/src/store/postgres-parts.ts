import type { NewDomainEvent } from '../model/domain-event.ts'
import type { StoreParts } from '../ports/store.ts'
import { auditStore } from './audit.ts'
import { deliveryReader } from './deliveries.ts'
import { editWriter } from './edits.ts'
import { erasureStore } from './erase-recipient.ts'
import { inboundStore } from './inbound.ts'
import { inboxReader } from './inbox.ts'
import { invitationStore } from './invitations.ts'
import { keyStore } from './keys.ts'
import { linkReader } from './links.ts'
import { messageReader } from './messages.ts'
import { outboxReader } from './outbox.ts'
import { postgresClaims, type ClaimMemory, type PostgresClaims } from './postgres-claims.ts'
import { postgresKysely } from './postgres-dialect.ts'
import { postgresEdits } from './postgres-edits.ts'
import type { Gather } from './postgres-gather.ts'
import { postgresProgress } from './postgres-progress.ts'
import { postgresReads } from './postgres-reads.ts'
import { postgresRowLocks, type PostgresRowLocks } from './postgres-row-locks.ts'
import type { Executor } from './postgres-session.ts'
import { appendEvents, postgresWrites } from './postgres-writes.ts'
import { receiptReader } from './receipts.ts'
import { recipientsByFilter } from './recipients-by-filter.ts'
import { recipientStore } from './recipients.ts'
import { segmentStore } from './segments.ts'
import { scheduleStore } from './schedules.ts'
import { tallyStore } from './tallies.ts'
import { templateStore } from './templates.ts'
import { webhookStore } from './webhooks.ts'

/** What the parts of a store are made on. */
export interface PartsGround {
  readonly executor: Executor
  readonly schema: string
  readonly gather: Gather
  readonly memory: ClaimMemory
}

/** The parts, and what transactions that run together need besides. */
export interface PostgresParts {
  readonly parts: StoreParts
  /** See {@link PostgresClaims.claimDue}. */
  readonly claimDue: PostgresClaims['claimDue']
  /** See {@link PostgresRowLocks.tryCall}. */
  readonly tryLock: PostgresRowLocks['tryCall']
  /** See {@link appendEvents}. */
  readonly appendEvents: (events: readonly NewDomainEvent[]) => Promise<void>
}

/** The parts of the store: what every message passes through by prepared statements, the rest as queries are built. */
export function postgresParts({ executor, schema, gather, memory }: PartsGround): PostgresParts {
  const connection = {
    db: postgresKysely(executor),
    run: <Result>(work: () => Promise<Result>): Promise<Result> => work(),
  }
  const reads = postgresReads(executor, gather)
  const locks = postgresRowLocks(executor, gather)
  const writes = postgresWrites(executor, gather)
  const claims = postgresClaims(executor, memory)
  const append = (events: readonly NewDomainEvent[]) => appendEvents(executor, schema, events)
  const parts: StoreParts = {
    recipients: {
      ...recipientStore(connection),
      ...recipientsByFilter(connection, 'postgres'),
      byExternalIds: reads.recipientsByExternalIds,
      byIds: reads.recipientsByIds,
      hold: locks.heldRecipients.wait,
      lock: async (externalId) => (await locks.recipients.wait([externalId]))[0],
      suppressed: reads.suppressed,
    },
    messages: {
      ...messageReader(connection),
      byId: async (id) => (await reads.messagesByIds([id]))[0],
      byIds: reads.messagesByIds,
      byKeys: reads.messagesByKeys,
      lock: async (id) => (await locks.messages.wait([id]))[0],
      hold: async (id) => void (await locks.heldMessages.wait([id])),
      insert: writes.insertMessages,
    },
    deliveries: {
      ...deliveryReader(connection, true),
      ...claims,
      ...postgresProgress(executor, gather),
      claimDue: (request) => claims.claimDue(request, []),
      startAttempts: writes.startAttempts,
    },
    invitations: {
      ...invitationStore(connection, true),
      byId: async (id) => (await reads.invitationsByIds([id]))[0],
      byIds: reads.invitationsByIds,
      lock: async (id) => (await locks.invitations.wait([id]))[0],
    },
    tallies: tallyStore(connection, 'postgres'),
    links: { ...linkReader(connection), issue: writes.issueLinks },
    edits: { ...editWriter(connection), ...postgresEdits(executor) },
    inbound: { ...inboundStore(connection), unmatchedOf: reads.unmatchedOf },
    inbox: { ...inboxReader(connection), add: writes.addInboxItems },
    receipts: { ...receiptReader(connection), append: writes.appendReceipts },
    outbox: { ...outboxReader(connection), append },
    keys: keyStore(connection),
    erasure: erasureStore(connection),
    webhooks: webhookStore(connection, true),
    schedules: scheduleStore(connection, true),
    templates: templateStore(connection),
    audit: auditStore(connection),
    segments: segmentStore(connection),
  }
  return { parts, claimDue: claims.claimDue, tryLock: locks.tryCall, appendEvents: append }
}
