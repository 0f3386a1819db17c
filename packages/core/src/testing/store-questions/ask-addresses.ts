import type { ClaimedDelivery, Store } from '../../ports/store.ts'
import { sampleAccepted, sampleAttempt, sampleClaim, sampleRoute, sampleSent } from '../store-samples.ts'

/**
 * Asks a question by `email` at each address, in order, and has the provider take it; a route by `telegram` to `ann` stands
 * behind each. The sample ids count from 0.
 */
export async function askAddresses(
  store: Store,
  addresses: readonly string[],
): Promise<readonly ClaimedDelivery[]> {
  return store.transaction(async (parts) => {
    const plans = addresses.map((address) => [sampleRoute('email', address), sampleRoute('telegram', 'ann')])
    await parts.messages.insert(plans.map((plan, number) => sampleAccepted(number, { delivery: { plan } })))
    const claims = await parts.deliveries.claimDue(sampleClaim())
    await parts.deliveries.startAttempts(
      claims.map((claim) => sampleAttempt(claim, { address: claim.plan[0]?.address ?? null })),
    )
    const attempt = { number: 1, state: 'accepted', providerMessageId: null } as const
    await parts.deliveries.settle(claims.map((claim) => sampleSent(claim, { attempt })))
    return claims
  })
}
