import { describe, expect, test } from 'vitest'
import { InviteMeError } from '../model/error.ts'
import { ConnectionLost, NotConnected, postgresError } from './postgres-error.ts'

const database = 'db.test:5432/guests, schema invite_me'

/** An error as the driver reports what the server said. */
const said = (code: string): Error =>
  Object.assign(new Error('as the server says it'), {
    code,
    severity: 'ERROR',
    detail: 'Key (address)=(ann@guests.test) already exists.',
  })

describe('A failure of Postgres', () => {
  test.each([
    ['28P01', 'STORE_UNAVAILABLE', 'password'],
    ['3D000', 'STORE_UNAVAILABLE', 'no database of this name'],
    ['42501', 'STORE_UNAVAILABLE', 'lacks a right'],
    ['42P01', 'STORE_UNAVAILABLE', 'gone'],
    ['53100', 'STORE_FULL', 'disk is full'],
    ['53200', 'STORE_BUSY', 'busy'],
    ['53300', 'STORE_BUSY', 'max_connections'],
    ['55P03', 'STORE_BUSY', 'busy'],
    ['57014', 'STORE_BUSY', 'busy'],
    ['40P01', 'STORE_BUSY', 'busy'],
    ['25006', 'STORE_UNAVAILABLE', 'primary'],
    ['57P01', 'STORE_UNAVAILABLE', 'when it is back'],
    ['57P03', 'STORE_UNAVAILABLE', 'when it is back'],
    ['08006', 'STORE_UNAVAILABLE', 'when it is back'],
    ['XX001', 'STORE_UNAVAILABLE', 'backup'],
  ])('%s is told as %s, with what to do and where, and without anybody’s data', (code, ours, word) => {
    const error = postgresError(said(code), database)
    expect(error).toBeInstanceOf(InviteMeError)
    expect(error).toMatchObject({ code: ours, field: 'store', message: expect.stringContaining(word) })
    expect(error).toMatchObject({ message: expect.stringContaining(database) })
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('ann@')
    expect((error as Error).cause).toMatchObject({ detail: undefined })
  })

  test.each(['ECONNREFUSED', 'ENOTFOUND', 'ECONNRESET', 'ETIMEDOUT', 'EHOSTUNREACH'])(
    'no connection because of %s is told as unavailable',
    (code) => {
      const cause = Object.assign(new Error('connect'), { code })
      const error = postgresError(new NotConnected('no connection', { cause }), database)
      expect(error).toMatchObject({
        code: 'STORE_UNAVAILABLE',
        message: expect.stringContaining('when it is back'),
      })
    },
  )

  test('a connection that broke is told as what may or may not have been written', () => {
    const error = postgresError(new ConnectionLost('it broke', { cause: said('57P01') }), database)
    expect(error).toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringContaining('is not known'),
    })
    const tooLong = postgresError(new ConnectionLost('it broke', { cause: said('25P03') }), database)
    expect(tooLong).toMatchObject({ code: 'STORE_BUSY' })
  })

  test('what is nobody’s story keeps its stack, and loses the row it tells', () => {
    const unique = said('23505')
    expect(postgresError(unique, database)).toBe(unique)
    expect(unique).toMatchObject({ detail: undefined })
    const ours = new InviteMeError('STORE_BUSY', 'known already')
    expect(postgresError(ours, database)).toBe(ours)
    const bug = new TypeError('a bug')
    expect(postgresError(bug, database)).toBe(bug)
    expect(postgresError('a string', database)).toBe('a string')
  })
})
