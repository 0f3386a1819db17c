import assert from 'node:assert/strict'
import type { Questions } from '../contract.ts'
import type { StoreBench } from '../store-bench.ts'
import { after, newIds, samplePerson, samplePreferenceLink, sampleSuppression } from '../store-samples.ts'

const email = { channel: 'email', address: 'ann@guests.test' }
const place = ({ id }: { readonly id: string }): string => id

/** Whether what people want, and what addresses refuse, is kept. */
export const preferenceQuestions = {
  'an address refuses one category, everything, or both, each by itself': async ({ store }) => {
    const { recipients } = store
    const ofNews = sampleSuppression(1, { ...email, category: 'news', source: 'one-click' })
    const everything = sampleSuppression(2, { ...email, source: 'reply' })
    const elsewhere = sampleSuppression(3, { ...email, channel: 'sms', category: 'news' })
    const fresh = await store.transaction((parts) =>
      parts.recipients.suppress([ofNews, everything, elsewhere]),
    )
    assert.deepEqual(fresh, [ofNews, everything, elsewhere])
    assert.deepEqual(await recipients.suppressed([email]), [everything, ofNews])
    const again = sampleSuppression(4, { ...email, category: 'news', source: 'host' })
    assert.deepEqual(await recipients.suppress([again]), [])
    await store.transaction((parts) => parts.recipients.unsuppress({ ...email, category: null }))
    assert.deepEqual(await recipients.suppressed([email]), [ofNews])
    await store.transaction((parts) => parts.recipients.unsuppress({ ...email, category: 'news' }))
    assert.deepEqual(await recipients.suppressed([email, { ...email, channel: 'sms' }]), [elsewhere])
  },

  'suppressions are listed page by page in the order they were written, and by what they say': async ({
    store,
  }) => {
    const all = [
      sampleSuppression(1),
      sampleSuppression(2, { category: 'news', source: 'link' }),
      sampleSuppression(3, { channel: 'sms', reason: 'bounced', source: 'provider' }),
      sampleSuppression(4, { channel: 'sms', category: 'news', source: 'import' }),
    ]
    await store.transaction((parts) => parts.recipients.suppress(all.toReversed()))
    const list = store.recipients.suppressions
    assert.deepEqual(await list({}, { limit: 10 }), all)
    assert.deepEqual(await list({}, { limit: 2 }), all.slice(0, 2))
    assert.deepEqual(await list({}, { limit: 2, after: all[1]?.id ?? '' }), all.slice(2))
    assert.deepEqual(await list({}, { limit: 2, after: all[3]?.id ?? '' }), [])
    const ids = all.map(place)
    const asked = async (filter: Parameters<typeof list>[0]): Promise<readonly number[]> =>
      (await list(filter, { limit: 10 })).map(({ id }) => ids.indexOf(id) + 1)
    assert.deepEqual(await asked({ channel: 'sms' }), [3, 4])
    assert.deepEqual(await asked({ category: 'news' }), [2, 4])
    assert.deepEqual(await asked({ category: null }), [1, 3])
    assert.deepEqual(await asked({ reason: 'bounced' }), [3])
    assert.deepEqual(await asked({ source: 'link' }), [2])
    assert.deepEqual(await asked({ channel: 'sms', source: 'link' }), [])
  },

  'what a person wants is written over what they wanted, and nothing else of them': async ({ store }) => {
    const input = { externalId: 'ann', name: 'Ann', zone: 'Asia/Tokyo', routes: { email: email.address } }
    const [id = ''] = await store.transaction((parts) =>
      parts.recipients.upsert([samplePerson(input)], newIds('ann'), after(0)),
    )
    const [before] = await store.recipients.byIds([id])
    assert.ok(before)
    const preferences = {
      order: ['sms', 'email'],
      off: [{ channel: 'email', category: 'news' }],
      on: [{ category: 'reminder' }],
      window: { mon: [{ from: '18:00', to: '22:00' }] },
    }
    await store.transaction((parts) =>
      parts.recipients.setPreferences(id, { preferences, zone: 'Europe/Berlin' }, after(1)),
    )
    assert.deepEqual(await store.recipients.byIds([id]), [{ ...before, preferences, zone: 'Europe/Berlin' }])
    await store.transaction((parts) =>
      parts.recipients.setPreferences(id, { preferences: before.preferences, zone: undefined }, after(2)),
    )
    assert.deepEqual(await store.recipients.byIds([id]), [{ ...before, zone: undefined }])
  },

  'a link to preferences is found by its hash, and dropped with the next one when it has run out': async ({
    store,
  }) => {
    const first = samplePreferenceLink(1)
    const ofAnother = samplePreferenceLink(2, { recipientId: 'another' })
    const second = samplePreferenceLink(3, { createdAt: first.expiresAt, expiresAt: after(9_000_000) })
    const { links } = store
    await links.issuePreferences(first)
    await links.issuePreferences(ofAnother)
    assert.deepEqual(await links.preferencesByHash(first.hash), first)
    assert.equal(await links.preferencesByHash('0'.repeat(64)), undefined)
    await links.issuePreferences(second)
    assert.equal(await links.preferencesByHash(first.hash), undefined)
    assert.deepEqual(await links.preferencesByHash(ofAnother.hash), ofAnother)
    assert.deepEqual(await links.preferencesByHash(second.hash), second)
  },
} satisfies Questions<StoreBench>
