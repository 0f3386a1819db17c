import type { OutcomeClass, SendOutcome } from '../model/outcome.ts'

/** One typical outcome of each class, as a provider gives it. */
export const sampleOutcomes: Readonly<{
  [Status in OutcomeClass]: Extract<SendOutcome, { status: Status }>
}> = {
  accepted: { status: 'accepted' },
  retryable: {
    status: 'retryable',
    scope: 'provider',
    providerCode: '503',
    detail: 'the provider is unwell',
  },
  rate_limited: {
    status: 'rate_limited',
    scope: 'sender',
    retryAfterMs: 5_000,
    providerCode: '429',
    detail: 'too many at once',
  },
  permanent_recipient: {
    status: 'permanent_recipient',
    scope: 'recipient',
    providerCode: '550 5.1.1',
    detail: 'there is no such address',
  },
  opted_out: {
    status: 'opted_out',
    scope: 'recipient',
    providerCode: '21610',
    detail: 'the person said stop',
  },
  permanent_config: {
    status: 'permanent_config',
    scope: 'sender',
    providerCode: '401',
    detail: 'the credentials are wrong',
  },
  permanent_content: {
    status: 'permanent_content',
    scope: 'message',
    providerCode: '554',
    detail: 'the text was refused',
  },
  unknown: {
    status: 'unknown',
    scope: 'provider',
    providerCode: 'timeout',
    detail: 'it left and no answer came',
  },
}
