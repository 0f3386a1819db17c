import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { answerByLink, answerLinkIn } from '../../tests/peers/answer-by-link.ts'
import { freePort } from '../../tests/peers/free-port.ts'
import { runScript, type RunningScript } from '../../tests/peers/run-script.ts'
import { startSmtpSink, type SmtpSink } from '../../tests/peers/smtp-sink.ts'

let sink: SmtpSink
let run: RunningScript

beforeEach(async () => {
  sink = await startSmtpSink({ fault: () => ({ at: 'recipient', reply: '550 5.1.1 No such user' }) })
  run = runScript(join(import.meta.dirname, 'run.ts'), tmpdir(), {
    SMTP_URL: `smtp://127.0.0.1:${sink.port}`,
    PORT: String(await freePort()),
  })
})
afterEach(async () => {
  await run.end()
  await sink.close()
})

test('a mail server refuses the address, so the terminal asks, and the story says so', async () => {
  await run.waitFor(['[Yes] http'])
  await answerByLink(answerLinkIn(run.printed()), { answer: 'yes' })

  const printed = await run.waitFor(['now: accepted by portal'])
  expect(printed).toContain("kind: 'answered'")
  expect(printed).toMatch(/email failed: .*\(550 5\.1\.1\)/)
  expect(printed).toContain('log accepted it')
})
