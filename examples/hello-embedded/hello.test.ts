import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { answerByLink, answerLinkIn } from '../../tests/peers/answer-by-link.ts'
import { freePort } from '../../tests/peers/free-port.ts'
import { runScript, type RunningScript } from '../../tests/peers/run-script.ts'
import { startSmtpSink, type SmtpSink } from '../../tests/peers/smtp-sink.ts'

let folder: string
let sink: SmtpSink
let hello: RunningScript

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hello-'))
  sink = await startSmtpSink()
  hello = runScript(join(import.meta.dirname, 'hello.ts'), folder, {
    SMTP_URL: `smtp://127.0.0.1:${sink.port}`,
    TO: 'sam@guests.test',
    PORT: String(await freePort()),
  })
})
afterEach(async () => {
  await hello.end()
  await sink.close()
  await rm(folder, { recursive: true })
})

test('asks by e-mail, is answered on the page behind the link, and prints the typed answer', async () => {
  const [mail] = await sink.waitFor(1, 20_000)
  expect(mail?.to).toEqual(['sam@guests.test'])

  const page = await answerByLink(answerLinkIn(mail?.raw ?? ''), { answer: 'yes' })
  expect(page.text).toContain('Thank you')

  await hello.waitFor(["kind: 'answered'", 'value: true', "via: 'portal'", 'revision: 1'])
})
