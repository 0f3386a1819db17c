/** How fast a provider takes messages from one sender: a number, a bot, an account. */
export interface ProviderRate {
  readonly name: string
  /** One of what: `number`, `bot`. */
  readonly sender: string
  readonly perSecond: number
  /** Where the figure is from, in words. */
  readonly source: string
}

/** Limits as providers told them in November 2026. They change, and most can be raised by asking. */
export const providerRates: readonly ProviderRate[] = [
  {
    name: 'SMS, a US long code',
    sender: 'number',
    perSecond: 1,
    source: 'Twilio, error 21611 and its support article on queues: one segment a second',
  },
  {
    name: 'SMS, a toll-free number',
    sender: 'number',
    perSecond: 3,
    source: 'Twilio’s rate limits as others list them',
  },
  {
    name: 'SMS, a short code',
    sender: 'short code',
    perSecond: 100,
    source: 'Twilio, the same article: 100 segments a second and more',
  },
  {
    name: 'Telegram',
    sender: 'bot',
    perSecond: 30,
    source: 'Telegram’s Bot Support, “Hitting limits”: about 30 a second, one a second to a chat',
  },
  {
    name: 'Telegram, paid broadcast',
    sender: 'bot',
    perSecond: 1_000,
    source: 'Bot API, `allow_paid_broadcast`',
  },
  {
    name: 'Discord',
    sender: 'bot',
    perSecond: 50,
    source: 'Discord’s documentation: 50 requests a second for all of a bot',
  },
  {
    name: 'E-mail by Amazon SES, at first',
    sender: 'account',
    perSecond: 14,
    source: 'the rate an account commonly has when it leaves the sandbox',
  },
  {
    name: 'E-mail by Amazon SES, raised',
    sender: 'account',
    perSecond: 500,
    source: 'an account whose rate was raised on request',
  },
  {
    name: 'E-mail by Resend',
    sender: 'account',
    perSecond: 2,
    source: 'Resend’s documentation: two requests a second unless raised',
  },
  {
    name: 'E-mail by a Postfix of your own',
    sender: 'server',
    perSecond: 600,
    source:
      'measured with Postfix 3.7 on two shared cores: it accepts 600 to 1,000 a second; receivers take fewer',
  },
]
