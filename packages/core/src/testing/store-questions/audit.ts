import assert from 'node:assert/strict'
import type { AuditEntry } from '../../model/audit-entry.ts'
import type { Questions } from '../contract.ts'
import type { StoreBench } from '../store-bench.ts'
import { after, sampleId } from '../store-samples.ts'

function sampleEntry(number: number, changes: Partial<AuditEntry> = {}): AuditEntry {
  return {
    id: sampleId('entry', number),
    at: after(number),
    actor: 'key:1',
    action: 'keys.create',
    target: sampleId('key', number),
    detail: { name: 'Ánn “ü” 🎉', nested: { list: [1, null, 'two'] } },
    ...changes,
  }
}

/** Whether the audit log is kept as it was written. */
export const auditQuestions = {
  'entries of the audit log come back whole, newest first, page by page': async ({ store }) => {
    const entries = [1, 2, 3, 4, 5].map((number) => sampleEntry(number))
    const bare = sampleEntry(6, { target: null, detail: {} })
    for (const entry of [...entries, bare]) await store.audit.append(entry)
    const newest = [bare, ...entries.toReversed()]
    assert.deepEqual(await store.audit.list({ limit: 10 }), newest)
    assert.deepEqual(await store.audit.list({ limit: 2 }), newest.slice(0, 2))
    assert.deepEqual(await store.audit.list({ limit: 3, after: sampleId('entry', 5) }), newest.slice(2, 5))
    assert.deepEqual(await store.audit.list({ limit: 3, after: sampleId('entry', 1) }), [])
  },

  'an act that is undone leaves no entry': async ({ store }) => {
    const undone = store.transaction(async (parts) => {
      await parts.audit.append(sampleEntry(1))
      throw new Error('planned by the test')
    })
    await assert.rejects(undone)
    assert.deepEqual(await store.audit.list({ limit: 10 }), [])
  },
} satisfies Questions<StoreBench>
