import assert from 'node:assert/strict'
import type { Store } from '../../ports/store.ts'
import type { Questions } from '../contract.ts'
import type { StoreBench } from '../store-bench.ts'
import { sampleId, sampleTemplate } from '../store-samples.ts'

const save = (store: Store, ...numbers: readonly number[]): Promise<readonly number[]> =>
  store.transaction(async ({ templates }) => {
    const versions: number[] = []
    for (const number of numbers) versions.push((await templates.save(sampleTemplate(number))).version)
    return versions
  })

/** Whether versions of templates are kept as they were saved, and each delivery its own words. */
export const templateQuestions = {
  'a template comes back as it was saved': async ({ store }) => {
    const full = sampleTemplate(1, {
      texts: {
        en: {
          text: 'Ánn’s "{{ city }}" 🎉',
          subject: 's',
          details: 'd',
          channels: { 'twilio-sms': { text: 't' } },
        },
        'pt-BR': { text: 'Olá' },
      },
      variables: {
        city: { type: 'string', default: 'Berlin' },
        guests: { type: 'array', items: { type: 'string' } },
      },
      category: 'news',
      layout: 'letter',
      description: 'the desk; --',
    })
    const saved = await store.templates.save(full)
    assert.deepEqual(saved, { ...full, version: 1 })
    assert.deepEqual(await store.templates.byName('welcome'), saved)
    assert.equal(await store.templates.byName('nothing'), undefined)
    assert.equal(await store.templates.byName('welcome', 2), undefined)
  },

  'each saving is the next version, and none before it changes': async ({ store }) => {
    assert.deepEqual(await save(store, 1, 2, 3), [1, 2, 3])
    await store.templates.save(sampleTemplate(4, { name: 'other' }))
    assert.equal((await store.templates.byName('welcome'))?.version, 3)
    assert.deepEqual(await store.templates.byName('welcome', 1), { ...sampleTemplate(1), version: 1 })
    assert.equal((await store.templates.byName('other'))?.version, 1)
  },

  'two connections that save at once get a version each': async ({ store, open }) => {
    const other = await open()
    const saving = Array.from({ length: 10 }, (_, number) =>
      (number % 2 === 0 ? store : other).templates.save(sampleTemplate(number)),
    )
    const versions = (await Promise.all(saving)).map(({ version }) => version)
    assert.deepEqual(
      versions.toSorted((a, b) => a - b),
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
    )
  },

  'versions are listed newest first, and of each template the newest': async ({ store }) => {
    await save(store, 1, 2, 3)
    for (const number of [4, 5]) await store.templates.save(sampleTemplate(number, { name: 'other' }))
    const first = await store.templates.versions('welcome', { limit: 2 })
    assert.deepEqual(
      first.map(({ version }) => version),
      [3, 2],
    )
    const next = await store.templates.versions('welcome', { limit: 2, after: first[1]?.id ?? '' })
    assert.deepEqual(
      next.map(({ version }) => version),
      [1],
    )
    const newest = await store.templates.list({ limit: 1 })
    assert.deepEqual(
      [...newest, ...(await store.templates.list({ limit: 9, after: newest[0]?.id ?? '' }))].map(
        ({ name, version }) => `${name} ${String(version)}`,
      ),
      ['welcome 3', 'other 2'],
    )
  },

  'a template is removed with all its versions, and no other': async ({ store }) => {
    await save(store, 1, 2)
    await store.templates.save(sampleTemplate(3, { name: 'other' }))
    assert.equal(await store.templates.remove('welcome'), true)
    assert.equal(await store.templates.remove('welcome'), false)
    assert.deepEqual(await store.templates.versions('welcome', { limit: 9 }), [])
    assert.equal((await store.templates.list({ limit: 9 })).length, 1)
  },

  'deliveries keep words of their own, thousands at once': async ({ store }) => {
    const all = Array.from({ length: 2_500 }, (_, number) => ({
      deliveryId: sampleId('delivery', number),
      contents: {
        common: { text: `Hello ${String(number)} 🎉`, subject: 's' },
        channels: { 'twilio-sms': { text: 'Hi' } },
      },
    }))
    await store.transaction(({ templates }) => templates.keepContents(all))
    assert.deepEqual(await store.templates.contents([sampleId('delivery', 7), 'nobody']), [all[7]])
    const everything = await store.templates.contents(all.map(({ deliveryId }) => deliveryId))
    assert.equal(new Set(everything.map(({ deliveryId }) => deliveryId)).size, 2_500)
    assert.deepEqual(await store.templates.contents([]), [])
  },
} satisfies Questions<StoreBench>
