import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { findViolations } from './layers/find-violations.ts'

let root = ''

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'invite-me-layers-'))
})
afterEach(() => {
  rmSync(root, { recursive: true })
})

/** Writes a small house and returns its violations as `path:line rule`. */
function violationsOf(files: Readonly<Record<string, string>>): readonly string[] {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return findViolations(root).map(({ path, line, rule }) => `${path}:${line} ${rule}`)
}

const core = 'packages/core/src'
const noun = { [`${core}/model/delivery.ts`]: 'export const delivery = 1' }

describe('a house in order', () => {
  test('has no violations', () => {
    const found = violationsOf({
      ...noun,
      [`${core}/model/message.ts`]:
        "import { z } from 'zod'\nimport { delivery } from './delivery.ts'\nexport const m = [z, delivery]",
      [`${core}/rules/response-link.ts`]:
        "import { createHmac } from 'node:crypto'\nexport const hash = createHmac",
      [`${core}/ports/clock.ts`]:
        "import type { delivery } from '../model/delivery.js'\nexport type T = typeof delivery",
      [`${core}/dispatch/dispatcher.ts`]:
        "import PQueue from 'p-queue'\nimport '../rules/response-link.ts'\nexport const q = PQueue",
      [`${core}/store/open.ts`]:
        "import { Kysely } from 'kysely'\nimport 'kysely/migration'\nexport const k = [Kysely, new Date()]",
      [`${core}/testing/index.ts`]:
        "import 'node:assert'\nexport const load = () => import('../store/open.ts')",
      [`${core}/rules/parse.ts`]: 'export const at = (ms: number) => new Date(ms)',
      'packages/channels/src/email.ts':
        "import { defineChannel } from '@invite-me/core/channel'\nexport const e = defineChannel",
      'packages/server/src/portal/index.ts':
        "import '@invite-me/core'\nimport '@invite-me/channels/catalog'\nimport 'hono'",
      'packages/cli/src/commands/try.ts':
        "import '@invite-me/server/catcher'\nimport '@invite-me/core/sqlite'",
      'packages/cli/src/commands/simulate.ts': "import '@invite-me/core/testing'",
    })
    expect(found).toEqual([])
  })

  test('lets tests import what they need', () => {
    expect(
      violationsOf({
        ...noun,
        [`${core}/model/delivery.test.ts`]: "import 'fast-check'\nimport '@invite-me/core/testing'",
      }),
    ).toEqual([])
  })
})

describe('the import table of core', () => {
  const cases: readonly (readonly [string, string, string, string])[] = [
    [
      'model takes nothing from above',
      'model/message.ts',
      "import '../ports/clock.ts'",
      'model may not import ports',
    ],
    [
      'rules know no sockets, even as a type',
      'rules/plan.ts',
      "import type { Clock } from '../ports/clock.ts'",
      'rules may not import ports',
    ],
    [
      'an inline type import counts',
      'rules/plan.ts',
      "export type C = import('../ports/clock.ts').Clock",
      'rules may not import ports',
    ],
    [
      'a re-export counts',
      'rules/plan.ts',
      "export { clock } from '../ports/clock.ts'",
      'rules may not import ports',
    ],
    [
      'a lazy import counts',
      'rules/plan.ts',
      "export const c = () => import('../ports/clock.ts')",
      'rules may not import ports',
    ],
    ['rules take no packages', 'rules/plan.ts', "import { z } from 'zod'", 'rules may not import zod'],
    [
      'only response-link takes node:crypto',
      'rules/plan.ts',
      "import 'node:crypto'",
      'rules may not import node:crypto',
    ],
    [
      'flows know no store',
      'accept/accept-message.ts',
      "import '../store/sqlite.ts'",
      'accept may not import store',
    ],
    [
      'accept knows nothing of respond',
      'accept/accept-message.ts',
      "import '../respond/receive.ts'",
      'accept may not import respond',
    ],
    [
      'p-queue belongs to dispatch',
      'accept/accept-message.ts',
      "import 'p-queue'",
      'accept may not import p-queue',
    ],
    ['SQL has one home', 'respond/receive.ts', "import 'kysely'", 'respond may not import kysely'],
    [
      'the face loads no store',
      'index.ts',
      "export { sqlite } from './store/sqlite.ts'",
      'index may not import store',
    ],
    [
      'the face loads no testing',
      'invite-me.ts',
      "import './testing/index.ts'",
      'invite-me may not import testing',
    ],
    [
      'testing loads the store late',
      'testing/index.ts',
      "import '../store/sqlite.ts'",
      'testing loads store late',
    ],
    [
      'a channel author sees no flows',
      'channel.ts',
      "import './accept/accept-message.ts'",
      'channel may not import accept',
    ],
    [
      'core knows no other package',
      'accept/accept-message.ts',
      "import '@invite-me/channels/log'",
      'may not import @invite-me/channels/log',
    ],
    ['a new floor is a decision', 'misc/thing.ts', '', 'Core has no floor "misc"'],
    ['a missing file is named', 'model/message.ts', "import './absent.ts'", 'There is no file "./absent.ts"'],
  ]
  test.each(cases)('%s', (_story, path, line, rule) => {
    const neighboursOfCase = {
      ...noun,
      [`${core}/ports/clock.ts`]: 'export const clock = 1',
      [`${core}/store/sqlite.ts`]: 'export const sqlite = 1',
      [`${core}/respond/receive.ts`]: '',
      [`${core}/accept/accept-message.ts`]: '',
      [`${core}/testing/index.ts`]: '',
    }
    const found = violationsOf({ ...neighboursOfCase, [`${core}/${path}`]: `// planted\n${line}` })
    expect(found).toHaveLength(1)
    expect(found[0]).toContain(`${core}/${path}:`)
    expect(found[0]).toContain(rule)
  })

  test('a violation names its line', () => {
    expect(violationsOf({ [`${core}/rules/plan.ts`]: "// one\n// two\nimport 'zod'" })[0]).toMatch(
      /plan\.ts:3 /,
    )
  })

  test('two files that import each other form a circle, by types too', () => {
    const found = violationsOf({
      [`${core}/model/a.ts`]: "import type { B } from './b.ts'\nexport type A = B",
      [`${core}/model/b.ts`]: "import type { A } from './a.ts'\nexport type B = A",
    })
    expect(found).toEqual([
      expect.stringContaining('model/a.ts → packages/core/src/model/b.ts → packages/core/src/model/a.ts'),
    ])
  })
})

describe('the doors between packages', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['channels/src/email.ts', '@invite-me/core'],
    ['channels/src/email.ts', '@invite-me/core/testing'],
    ['server/src/app.ts', '@invite-me/channels/email'],
    ['server/src/app.ts', '@invite-me/core/testing'],
    ['cli/src/commands/ask.ts', '@invite-me/server/portal'],
    ['cli/src/commands/ask.ts', '@invite-me/core/testing'],
  ]
  test.each(cases)('%s may not import %s', (path, specifier) => {
    const found = violationsOf({ [`packages/${path}`]: `import '${specifier}'` })
    expect(found).toEqual([expect.stringContaining(`may not import ${specifier}`)])
  })

  test('a relative import does not leave its package', () => {
    const found = violationsOf({
      ...noun,
      'packages/cli/src/ask.ts': "import '../../core/src/model/delivery.ts'",
    })
    expect(found).toEqual([expect.stringContaining('Relative imports stay inside their package')])
  })
})

describe('bans', () => {
  const cases: readonly (readonly [string, string, string, string])[] = [
    ['new Date()', `${core}/accept/a.ts`, 'export const now = new Date()', 'ports/clock'],
    ['Date()', `${core}/accept/a.ts`, 'export const now = Date()', 'ports/clock'],
    ['enum', `${core}/model/a.ts`, 'export enum A { b }', 'enum'],
    ['export *', `${core}/model/a.ts`, "export * from './delivery.ts'", 'export *'],
    ['a camelCase name', `${core}/model/theNoun.ts`, '', 'kebab-case'],
    ['a dumping ground', 'scripts/utils.ts', '', 'says nothing'],
    ['a types file', 'packages/cli/src/types.ts', '', 'says nothing'],
  ]
  test.each(cases)('%s', (_name, path, text, rule) => {
    const found = violationsOf({ ...noun, [path]: text })
    expect(found).toEqual([expect.stringContaining(rule)])
  })
})
