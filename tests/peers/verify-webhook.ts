import { Webhook as StandardWebhook } from 'standardwebhooks'
import { Webhook as SvixWebhook } from 'svix'

/** What libraries of others, by name, make of a webhook's headers and raw body: `believed` or `refused`. */
export function verifyElsewhere(
  secret: string,
  body: string,
  headers: Readonly<Record<string, string>>,
): Readonly<Record<'standardwebhooks' | 'svix', 'believed' | 'refused'>> {
  const verdict = (verify: () => unknown): 'believed' | 'refused' => {
    try {
      verify()
      return 'believed'
    } catch {
      return 'refused'
    }
  }
  return {
    standardwebhooks: verdict(() => new StandardWebhook(secret).verify(body, headers)),
    svix: verdict(() => new SvixWebhook(secret).verify(body, headers)),
  }
}

/** Signs a webhook with `standardwebhooks`. @returns its headers */
export function signElsewhere(
  secret: string,
  { body, id, at }: { readonly body: string; readonly id: string; readonly at: Date },
): Readonly<Record<string, string>> {
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
    'webhook-signature': new StandardWebhook(secret).sign(id, at, body),
  }
}
