import type { ReceiptStore } from '../ports/store.ts'
import type { Connection } from './connection.ts'
import { toReceipt } from './rows.ts'

/** The reading half of receipts; appending is written per database, since it is on the hot path. */
export function receiptReader({ db, run }: Connection): Omit<ReceiptStore, 'append'> {
  return {
    byId: (id) =>
      run(async () => {
        const row = await db.selectFrom('receipts').selectAll().where('id', '=', id).executeTakeFirst()
        return row && toReceipt(row)
      }),
    list: (filter, { after, limit }) =>
      run(async () => {
        let query = db
          .selectFrom('receipts')
          .selectAll()
          .where('id', '>', after ?? '')
          .orderBy('id')
          .limit(limit)
        if (filter.messageId !== undefined) query = query.where('message_id', '=', filter.messageId)
        if (filter.deliveryId !== undefined) query = query.where('delivery_id', '=', filter.deliveryId)
        if (filter.invitationId !== undefined) query = query.where('invitation_id', '=', filter.invitationId)
        if (filter.recipientId !== undefined) query = query.where('recipient_id', '=', filter.recipientId)
        if (filter.channel !== undefined) query = query.where('channel', '=', filter.channel)
        return (await query.execute()).map(toReceipt)
      }),
  }
}
