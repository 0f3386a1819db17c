import type { OutboundMessage, SendContext } from '@invite-me/core/channel'

/** Moment all test contexts show. */
export const testMoment = Date.UTC(2026, 10, 22, 5, 0)

/** A question to Ann with two buttons; every member can be replaced. */
export function outboundMessage(change: Partial<OutboundMessage> = {}): OutboundMessage {
  return {
    to: { address: 'ann@guests.test', name: 'Ann Lee' },
    content: { text: 'Dinner on Friday at 8?' },
    originator: { name: 'Anna' },
    locale: 'en',
    category: 'invitation',
    purpose: 'message',
    answer: {
      spec: { type: 'yesNo' },
      actions: [
        { value: 'yes', label: 'Yes', url: 'https://portal.test/r/tokentokentoken?choose=yes' },
        { value: 'no', label: 'No', url: 'https://portal.test/r/tokentokentoken?choose=no' },
      ],
    },
    links: {
      respond: 'https://portal.test/r/tokentokentoken',
      unsubscribe: 'https://portal.test/u/stopstopstop',
    },
    replyToken: 'k7Qm2xV9bT4sW8nL3pR6dY',
    until: null,
    ...change,
  }
}

/** A context whose signal aborts after `timeoutMs` (default 5,000). */
export function sendContext(
  change: Partial<SendContext> & { readonly timeoutMs?: number } = {},
): SendContext {
  const { timeoutMs = 5_000, ...rest } = change
  return {
    idempotencyKey: '0192f0c1-6d2e-7000-8000-000000000001.0',
    attempt: 0,
    signal: AbortSignal.timeout(timeoutMs),
    clock: {
      now: () => testMoment,
      schedule: (delayMs, run) => {
        const timer = setTimeout(run, delayMs)
        return () => clearTimeout(timer)
      },
    },
    log: { warn: () => {}, error: () => {} },
    ...rest,
  }
}
