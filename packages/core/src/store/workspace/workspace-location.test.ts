import { describe, expect, test } from 'vitest'
import { describeLocation, readLocation } from './workspace-location.ts'

describe('the address of a workspace', () => {
  test.each([
    ['invites.db', '/home/ann/invites.db'],
    ['./a b/invites.db', '/home/ann/a b/invites.db'],
    ['/var/lib/invites.db', '/var/lib/invites.db'],
    ['sqlite:invites.db', '/home/ann/invites.db'],
    ['sqlite:///var/lib/invites.db', '/var/lib/invites.db'],
    [':memory:', ':memory:'],
  ])('%s is a file', (address, file) => {
    expect(readLocation(address, '/home/ann')).toEqual({ kind: 'sqlite', file })
  })

  test('of Postgres may name its schema, which the driver does not get', () => {
    expect(readLocation('postgres://app:s%40crit@db.test:6432/guests?schema=dinner&sslmode=require')).toEqual(
      {
        kind: 'postgres',
        url: 'postgres://app:s%40crit@db.test:6432/guests?sslmode=require',
        schema: 'dinner',
      },
    )
    expect(readLocation('postgresql://db.test/guests')).toMatchObject({ schema: 'invite_me' })
  })

  test.each([
    '',
    'mysql://app:s3cret@db.test/guests',
    'postgres://app:s3cret@db.test:port/',
    'postgres://app:s3cret@h/d?schema=Robert";--',
  ])('is refused without showing what may be a password: %s', (address) => {
    const reading = () => readLocation(address)
    expect(reading).toThrow(expect.objectContaining({ code: 'OPTIONS_INVALID', field: 'store' }))
    expect(reading).not.toThrow(/s3cret/)
  })

  test('is shown without user and password', () => {
    expect(describeLocation(readLocation('postgres://app:s3cret@db.test:6432/guests'))).toBe(
      'postgres://db.test:6432/guests, schema invite_me',
    )
  })
})
