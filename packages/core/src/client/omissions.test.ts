import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connect, omissions } from './index.ts'
import { testInviteMe, type InviteMeTest } from '../testing/invite-me-test.ts'

/** `recipients.import`, one for each function of a face, as deep as it goes. */
function members(face: object, prefix = ''): readonly string[] {
  return Object.entries(face).flatMap(([name, value]: [string, unknown]) => {
    if (typeof value === 'function') return [`${prefix}${name}`]
    return typeof value === 'object' && value !== null ? members(value, `${prefix}${name}.`) : []
  })
}

const client = connect({ url: 'https://api.test', key: 'imk_test' })
let t: InviteMeTest
beforeAll(async () => {
  t = await testInviteMe()
})
afterAll(() => t.stop())

describe('the client and the embedded engine', () => {
  it('have the same members, but for those written down with a reason', () => {
    const left = Object.keys(omissions)
    const expected = members(t.inviteMe).filter(
      (name) => !left.some((gone) => name === gone || name.startsWith(`${gone}.`)),
    )
    expect(members(client).toSorted()).toEqual(expected.toSorted())
    const embedded = members(t.inviteMe)
    const unknown = left.filter(
      (gone) => !embedded.some((name) => name === gone || name.startsWith(`${gone}.`)),
    )
    expect(unknown).toEqual([])
  })

  it('have the same inboxes', () => {
    expect(members(client.inbox('sam')).toSorted()).toEqual(members(t.inviteMe.inbox('sam')).toSorted())
  })
})

it('the client needs nothing a browser has not', () => {
  const folder = import.meta.dirname
  const files = readdirSync(folder).filter((name) => !/\.test(-d)?\.ts$/.test(name))
  expect(files.length).toBeGreaterThan(10)
  const text = files.map((name) => readFileSync(join(folder, name), 'utf8')).join('\n')
  expect(text).not.toMatch(/from 'node:|\bBuffer\b|\bprocess\./)
  // The face's own code belongs to the engine; only its types may come along.
  const values = text.split(/^(?=import |export )/m).filter((part) => !/^(import|export) type /.test(part))
  expect(values.join('')).not.toMatch(/ from '\.\.\/(face|ports)\//)
})
