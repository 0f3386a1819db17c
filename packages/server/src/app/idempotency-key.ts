import { InviteMeError } from '@invite-me/core'

/** What an idempotency key may look like outside a body: visible ASCII characters. */
export const keyShape: RegExp = /^[\x21-\x7e]{1,200}$/

/**
 * The idempotency key of a request, from its header or its body.
 *
 * @returns `{}` when neither has one
 * @throws InviteMeError `REQUEST_INVALID` when they differ
 */
export function keyOption(
  inHeader: string | undefined,
  inBody: string | undefined,
): { readonly key?: string } {
  if (inHeader !== undefined && inBody !== undefined && inHeader !== inBody)
    throw new InviteMeError(
      'REQUEST_INVALID',
      'The header "Idempotency-Key" and "key" in the body differ; give one.',
      {
        field: 'header.idempotency-key',
      },
    )
  const key = inHeader ?? inBody
  return key === undefined ? {} : { key }
}
