import { describe, expect, it } from 'vitest'
import { createOutput, type Output, type OutputSettings } from './output.ts'

interface Recorded {
  readonly output: Output
  readonly stdout: string[]
  readonly stderr: string[]
}

function record(settings: Partial<OutputSettings> = {}, isTTY = false): Recorded {
  const stdout: string[] = []
  const stderr: string[] = []
  const output = createOutput({
    stdout: { write: (text) => stdout.push(text), isTTY },
    stderr: { write: (text) => stderr.push(text), isTTY },
    environment: {},
    json: false,
    ...settings,
  })
  return { output, stdout, stderr }
}

describe('createOutput', () => {
  it('prints a result as a line of JSON or as text, never both', () => {
    const human = record()
    human.output.result({ a: 1 }, () => 'one')
    expect(human.stdout).toEqual(['one\n'])
    const json = record({ json: true })
    json.output.result({ a: 1, at: new Date(0) }, () => expect.fail('not called'))
    expect(json.stdout).toEqual(['{"a":1,"at":"1970-01-01T00:00:00.000Z"}\n'])
  })

  it('keeps stdout for results', () => {
    for (const isJson of [false, true]) {
      const { output, stdout, stderr } = record({ json: isJson })
      output.remark('beside')
      output.warning('careful', { code: 'X' })
      output.failure({ code: 'REQUEST_INVALID', message: 'No.', field: '--to' })
      expect(stdout).toEqual([])
      expect(stderr).toEqual(
        isJson
          ? [
              '{"warning":{"message":"careful","code":"X"}}\n',
              '{"error":{"code":"REQUEST_INVALID","message":"No.","field":"--to"}}\n',
            ]
          : ['beside\n', 'warning careful (code X)\n', 'error No.\n'],
      )
    }
  })

  it('lets nobody reach the terminal through JSON, a warning or an error', () => {
    const evil = 'a\x1b[31m\x9b2J\u202eb\nc'
    const { output, stdout, stderr } = record({ json: true })
    output.result({ name: evil }, () => '')
    expect(stdout.join('')).toBe('{"name":"a\\u001b[31m\\u009b2J\\u202eb\\nc"}\n')
    expect(JSON.parse(stdout.join(''))).toEqual({ name: evil })
    const human = record()
    human.output.warning(evil, { detail: evil })
    human.output.failure({ code: 'X', message: evil })
    expect(human.stderr).toEqual(['warning a[31m2Jb c (detail a[31m2Jb c)\n', 'error a[31m2Jb c\n'])
    expect(stderr).toEqual([])
  })

  it.each([
    [{}, true, true],
    [{}, false, false],
    [{ NO_COLOR: '1' }, true, false],
    [{ NO_COLOR: '' }, true, true],
    [{ FORCE_COLOR: '1' }, false, true],
    [{ FORCE_COLOR: '0' }, true, false],
    [{ FORCE_COLOR: '1', NO_COLOR: '1' }, true, false],
    [{ TERM: 'dumb' }, true, false],
  ])('with %j on a terminal (%s) colours: %s', (environment, isTTY, isColoured) => {
    const { output } = record({ environment }, isTTY)
    expect(output.paint.red('x') !== 'x').toBe(isColoured)
  })

  it('never colours JSON', () => {
    expect(record({ json: true, environment: { FORCE_COLOR: '1' } }, true).output.paint.red('x')).toBe('x')
  })

  it('draws a bar for somebody who watches, and takes it away before other text', () => {
    const { output, stderr } = record({}, true)
    output.progress({ done: 1, total: 2, label: 'half' })
    output.remark('text')
    output.progress(undefined)
    expect(stderr).toEqual([`\r\x1b[2K${'━'.repeat(12)}${'─'.repeat(12)} half`, '\r\x1b[2K', 'text\n'])
  })

  it.each([
    ['a pipe', {}, false],
    ['continuous integration', { CI: 'true' }, true],
  ])('draws no bar for %s', (_name, environment, isTTY) => {
    const { output, stderr } = record({ environment }, isTTY)
    output.progress({ done: 1, total: 2, label: 'half' })
    expect(stderr).toEqual([])
  })
})
