import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { yesNo } from '@invite-me/core'
import { describe, expect, onTestFinished, test } from 'vitest'
import { emptyWorkspace, explainNoPostgres } from '../peers/postgres-server.ts'
import { waitUntil } from '../peers/wait-until.ts'
import { rawConnection, someoneWaits, startProcessOn, told, type PostgresPlace } from './race-bench.ts'
import type { StormPlace } from './storm-place.ts'

const missing = explainNoPostgres()

async function onPostgres(): Promise<PostgresPlace> {
  const workspace = await emptyWorkspace()
  onTestFinished(() => workspace.remove())
  return { url: workspace.url, schema: workspace.schema }
}

async function onSqlite(): Promise<StormPlace> {
  const folder = await mkdtemp(join(tmpdir(), 'invite-me-races-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return { file: join(folder, 'invites.db') }
}

const quiet = { dispatch: false }

describe.each([
  { name: 'Postgres', place: onPostgres, why: missing },
  { name: 'SQLite', place: onSqlite, why: undefined },
])('while a message is accepted on $name', ({ name, place: makePlace, why }) => {
  test.skipIf(why !== undefined)(
    `its person’s address moves: it goes to the new one, and is answered from there ${why ?? ''}`,
    async () => {
      const place = await makePlace()
      const [host, other] = [await startProcessOn(place, quiet), await startProcessOn(place, quiet)]
      await host.inviteMe.recipients.upsert({ externalId: 'ann', routes: { chat: 'old' } })

      const looked = host.store.pauseAfter('recipients', 'suppressed')
      const asking = host.inviteMe.ask('ann', 'Dinner?', { answer: yesNo(), until: '1h' })
      await looked.reached
      const moving = other.inviteMe.receive('chat', told({ kind: 'moved', address: 'old', to: 'new' }))
      // On SQLite nobody else writes until the message is; then its plan is found and moved.
      if (name === 'Postgres') await moving
      looked.go()
      await Promise.all([asking, moving])

      const sender = await startProcessOn(place)
      await waitUntil('it is sent', () => sender.chat.outbox.length === 1, 5_000)
      expect(sender.chat.outbox[0]?.message.to.address).toBe('new')
      const invitation = await asking
      const [delivery] = await sender.inviteMe.deliveries.list({ invitationId: invitation.id })
      expect(delivery?.plan.map(({ address }) => address)).toEqual(['new'])
      await other.inviteMe.receive(
        'chat',
        told({
          kind: 'answer',
          reference: { by: 'address', address: 'new' },
          from: 'new',
          input: { kind: 'text', text: 'yes' },
        }),
      )
      expect(await invitation.state()).toBe('accepted')
    },
  )
})

describe.skipIf(missing !== undefined)(`while a person is erased ${missing ?? ''}`, () => {
  test('a message that is being accepted for them is found and overwritten', async () => {
    const place = await onPostgres()
    const [host, other] = [await startProcessOn(place, quiet), await startProcessOn(place, quiet)]
    await host.inviteMe.recipients.upsert({
      externalId: 'quince',
      name: 'A. Quince',
      routes: { chat: 'quince-42' },
    })

    const looked = host.store.pauseAfter('recipients', 'suppressed')
    const asking = host.inviteMe.ask('quince', 'Dinner?', { answer: yesNo(), until: '1h' })
    await looked.reached
    const erasing = other.inviteMe.recipients.erase('quince')
    await Promise.race([erasing, rawConnection(place).then((client) => someoneWaits(client, place))])
    looked.go()
    await Promise.all([asking, erasing])

    const kept = [await host.inviteMe.deliveries.list({}), await host.inviteMe.invitations.list({})]
    expect(kept.map((rows) => rows.length)).toEqual([1, 1])
    expect(JSON.stringify(kept)).not.toMatch(/quince/i)
    expect(await host.inviteMe.recipients.get('quince')).toBeUndefined()
  })

  test('who asks them at the moment they go is told that there is nobody of this name', async () => {
    const place = await onPostgres()
    const [host, other] = [await startProcessOn(place, quiet), await startProcessOn(place, quiet)]
    await host.inviteMe.recipients.upsert({ externalId: 'ann', routes: { chat: 'ann-quince' } })

    const gone = other.store.pauseAfter('erasure', 'forget')
    const erasing = other.inviteMe.recipients.erase('ann')
    await gone.reached
    const asking = host.inviteMe.ask('ann', 'Dinner?', { answer: yesNo(), until: '1h' }).then(
      () => 'accepted',
      (error: { readonly code?: string }) => error.code,
    )
    await Promise.race([asking, rawConnection(place).then((client) => someoneWaits(client, place))])
    gone.go()
    await erasing

    expect(await asking).toBe('RECIPIENT_UNKNOWN')
    expect(await host.inviteMe.deliveries.list({})).toEqual([])
  })
})
