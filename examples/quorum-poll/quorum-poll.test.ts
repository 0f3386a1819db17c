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
let poll: RunningScript

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'quorum-poll-'))
  sink = await startSmtpSink()
  poll = runScript(join(import.meta.dirname, 'quorum-poll.ts'), folder, {
    SMTP_URL: `smtp://127.0.0.1:${sink.port}`,
    TO: 'ann@guests.test,bo@guests.test,cy@guests.test,di@guests.test',
    PORT: String(await freePort()),
  })
})
afterEach(async () => {
  await poll.end()
  await sink.close()
  await rm(folder, { recursive: true })
})

test('closes when two have said yes, and tells what became of it', async () => {
  const mails = await sink.waitFor(4, 20_000)
  const linkOf = (who: string): string => answerLinkIn(mails.find(({ to }) => to.includes(who))?.raw ?? '')
  await poll.waitFor(['0 of 4 can drive, 4 have not answered'])
  await answerByLink(linkOf('bo@guests.test'), { answer: 'no' })
  await answerByLink(linkOf('ann@guests.test'), { answer: 'yes' })
  await answerByLink(linkOf('di@guests.test'), { answer: 'yes' })
  await poll.waitFor([
    '2 of 4 can drive, 0 have not answered',
    'We have our drivers.',
    'ann@guests.test,,accepted,true,portal,1,',
    'bo@guests.test,,declined,false,portal,1,',
    'cy@guests.test,,cancelled,,,0,',
    'di@guests.test,,accepted,true,portal,1,',
  ])
  expect(sink.mails.length).toBeGreaterThanOrEqual(4)
})
