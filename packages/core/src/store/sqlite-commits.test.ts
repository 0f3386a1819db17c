import Driver from 'better-sqlite3'
import { beforeEach, expect, test } from 'vitest'
import type { StoreParts } from '../ports/store.ts'
import { groupCommit } from './sqlite-commits.ts'

let database: InstanceType<typeof Driver>
let commits: number
let transaction: ReturnType<typeof groupCommit>['transaction']

beforeEach(() => {
  commits = 0
  database = new Driver(':memory:')
  database.exec('CREATE TABLE words (word TEXT NOT NULL)')
  // Nothing here goes through the parts of a store.
  const parts = {} as StoreParts
  const inTurn = async (work: () => Promise<void>) => {
    commits += 1
    await work()
  }
  ;({ transaction } = groupCommit(database, parts, inTurn))
})

function write(word: string): void {
  database.prepare('INSERT INTO words VALUES (?)').run(word)
}

function words(): readonly unknown[] {
  return database.prepare('SELECT word FROM words ORDER BY rowid').pluck().all()
}

const add = (word: string, patienceMs = 0) =>
  transaction(async () => {
    write(word)
    return word.toUpperCase()
  }, patienceMs)

test('transactions that come together share one commit and have their own results', async () => {
  expect(await Promise.all(['one', 'two', 'three'].map((word) => add(word)))).toEqual(['ONE', 'TWO', 'THREE'])
  expect(words()).toEqual(['one', 'two', 'three'])
  expect(commits).toBe(1)
})

test('one that fails halfway is undone alone', async () => {
  const failing = transaction(async () => {
    write('half')
    throw new Error('no more')
  }, 0)
  const results = await Promise.allSettled([add('one'), failing, add('two')])
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  await expect(failing).rejects.toThrow('no more')
  expect(words()).toEqual(['one', 'two'])
})

test('one that is refused before it wrote anything does not make the others run again', async () => {
  let runs = 0
  const counted = transaction(async () => {
    runs += 1
    write('one')
  }, 0)
  const refused = transaction(() => Promise.reject(new Error('refused')), 0)
  const results = await Promise.allSettled([counted, refused])
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
  expect(runs).toBe(1)
  expect(commits).toBe(1)
})

test('patient ones wait for each other', async () => {
  const first = add('one', 20)
  await new Promise((resolve) => setImmediate(resolve))
  expect(words()).toEqual([])
  await Promise.all([first, add('two', 20)])
  expect(words()).toEqual(['one', 'two'])
  expect(commits).toBe(1)
})

test('an impatient one takes the patient ones along', async () => {
  const patient = add('one', 600_000)
  await Promise.all([add('two'), patient])
  expect(words()).toEqual(['one', 'two'])
  expect(commits).toBe(1)
})

test('patience ends, and work goes on after it', async () => {
  await add('one', 5)
  await add('two')
  expect(words()).toEqual(['one', 'two'])
})

test('more than a commit takes are written in the order they came', async () => {
  const many = Array.from({ length: 2_500 }, (_, index) => String(index))
  await Promise.all(many.map((word) => add(word)))
  expect(words()).toEqual(many)
  expect(commits).toBe(3)
})
