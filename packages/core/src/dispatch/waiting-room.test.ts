import { describe, expect, it } from 'vitest'
import { Gate } from './gate.ts'
import { WaitingRoom, type GivenPlaces } from './waiting-room.ts'
import type { Lane } from '../model/lane.ts'
import type { World } from '../ports/world.ts'
import { scriptedChannel } from '../testing/scripted-channel.ts'
import { virtualClock } from '../testing/virtual-clock.ts'

/** A channel with two places, and who of those that wait for one was let in. */
function busyChannel() {
  const clock = virtualClock()
  const world = {
    clock,
    settings: { policies: { circuit: { failures: 1, pauseMs: 60_000, mostMs: 60_000 } } },
  }
  const channel = scriptedChannel({ name: 'email', limits: { concurrency: 2 } })
  const gate = new Gate(world as unknown as World, channel)
  const room = new WaitingRoom(clock, gate)
  const admitted: { readonly lane: Lane; readonly places: GivenPlaces | undefined }[] = []
  const wait = (lane: Lane, wanted = 1, withinMs = 60_000) =>
    void room.places(lane, wanted, clock.now() + withinMs).then((places) => admitted.push({ lane, places }))
  return { clock, gate, room, admitted, wait }
}

describe('free places', () => {
  it('go at once to who comes first, and no more than there are', async () => {
    const { clock, admitted, wait } = busyChannel()
    wait(6, 100)
    wait(6)
    await clock.settle()
    expect(admitted.map(({ places }) => places?.count)).toEqual([2])
  })

  it('go to the urgent lane however many of another came before, and now and then to that', async () => {
    const { clock, room, admitted, wait } = busyChannel()
    for (let number = 0; number < 150; number += 1) wait(6)
    await clock.settle()
    for (let number = 0; number < 150; number += 1) wait(1)
    for (let ended = 0; ended < 128; ended += 1) {
      admitted[ended]?.places?.giveBack()
      room.look()
      await clock.settle()
    }
    const later = admitted.slice(2).map(({ lane }) => lane)
    expect(later).toHaveLength(128)
    expect(later[0]).toBe(1)
    expect(later.filter((lane) => lane === 6).length).toBeGreaterThan(0)
    expect(later.filter((lane) => lane === 6).length).toBeLessThan(10)
  })

  it('that do not come in time are not waited for', async () => {
    const { clock, admitted, wait } = busyChannel()
    wait(2, 2)
    wait(2, 1, 25_000)
    await clock.advance('24s')
    expect(admitted).toHaveLength(1)
    await clock.advance('2s')
    expect(admitted[1]?.places).toBeUndefined()
  })

  it('are none while the channel is left alone', async () => {
    const { clock, gate, room, admitted, wait } = busyChannel()
    wait(2, 2)
    wait(2)
    await clock.settle()
    gate.learn({ status: 'permanent_config', scope: 'sender' })
    room.look()
    wait(1)
    await clock.settle()
    expect(admitted.slice(1).map(({ places }) => places)).toEqual([undefined, undefined])
  })

  it('are none after the end', async () => {
    const { clock, room, admitted, wait } = busyChannel()
    wait(2, 2)
    wait(3)
    await clock.settle()
    room.close()
    wait(1)
    await clock.settle()
    expect(admitted.slice(1).map(({ places }) => places)).toEqual([undefined, undefined])
  })
})

it('edits that are due have half of the places left to them', async () => {
  const { clock, room, admitted, wait } = busyChannel()
  room.expectEdits(true)
  wait(1, 10)
  await clock.settle()
  expect(admitted.map(({ places }) => places?.count)).toEqual([1])
  room.expectEdits(false)
  wait(1, 10)
  await clock.settle()
  expect(admitted.map(({ places }) => places?.count)).toEqual([1, 1])
})
