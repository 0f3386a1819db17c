import { expect, test } from 'vitest'
import { runInProcess } from '../../packages/cli/src/run-in-process.ts'

const here = import.meta.dirname
const simulate = (...flags: readonly string[]) =>
  runInProcess(['simulate', 'sms-down-in-tokyo.yaml', ...flags], { directory: here }).ended

test('SMS is down in Tokyo at 23:00: e-mail takes over after half an hour, and who has none is not reached', async () => {
  const { code, stdout } = await simulate('--json')
  expect(code).toBe(0)
  const { outcomes, timeLine, tallies } = JSON.parse(stdout)
  expect(outcomes).toMatchObject([
    { who: 'yuki', state: 'accepted', value: true, via: 'email' },
    { who: 'kenji', state: 'unreachable', value: null, via: null },
    { who: 'ann', state: 'declined', value: false, via: 'email' },
  ])
  expect(tallies).toMatchObject([{ asked: 3, answered: 2, answers: { type: 'yesNo', yes: 1, no: 1 } }])
  const firstOf = (who: string, text: string) =>
    timeLine.find((line: { who: string; text: string }) => line.who === who && line.text.includes(text))
  expect(firstOf('yuki', 'twilio-sms failed')).toMatchObject({
    local: '2026-11-26 23:05:00',
    zone: 'Asia/Tokyo',
  })
  expect(firstOf('ann', 'twilio-sms failed')).toMatchObject({
    local: '2026-11-26 15:05:00',
    zone: 'Europe/Berlin',
  })
  expect(firstOf('yuki', 'email accepted').at > '2026-11-26T14:30').toBe(true)
  expect(firstOf('kenji', 'no route is left')).toBeDefined()
})

test('the time line is printed in the zone of each person, the same every time', async () => {
  const first = await simulate()
  expect(first.stdout).toContain('fault: twilio-sms is retryable, 23:00 to 01:00 (Asia/Tokyo)')
  expect(first.stdout).toContain('2026-11-26 15:50:00 Europe/Berlin  Ann    answered No by email')
  expect(first.stdout).toContain('Kenji: unreachable')
  expect((await simulate()).stdout).toBe(first.stdout)
})
