import type { FactReference, InboundFact } from '../model/inbound-fact.ts'
import type { Channel } from '../ports/channel.ts'
import type { StoreParts } from '../ports/store.ts'
import type { World } from '../ports/world.ts'
import { newId } from '../rules/uuid.ts'

/** Longest text kept of something that fits nothing. */
const keptCharacters = 2_000

/** Keeps a fact that fits nothing: words of a person for a human, a report for the record that may still be on its way. */
export async function keepUnmatched(
  world: World,
  parts: StoreParts,
  channel: Channel,
  fact: InboundFact & { readonly reference: FactReference },
): Promise<void> {
  const now = new Date(world.clock.now())
  const { reference } = fact
  const kept = await parts.inbound.keepUnmatched([
    {
      id: newId(world),
      channel: channel.name,
      providerMessageId: reference.by === 'provider-message' ? reference.providerMessageId : null,
      receivedAt: now,
      fact: shortened(fact),
    },
  ])
  if (kept.length === 0) return
  const nobody = { messageId: null, deliveryId: null, invitationId: null, recipientId: null }
  const data = { channel: channel.name, kind: fact.kind }
  await parts.outbox.append([{ type: 'inbound.unmatched', at: now, ...nobody, data }])
}

/** What is stored of it: nothing that only answers the moment, and no more text than a human reads. */
function shortened(fact: InboundFact): InboundFact {
  const { replyTo: _never, ...lasting } = fact
  if (lasting.kind === 'proposed') return { ...lasting, text: lasting.text.slice(0, keptCharacters) }
  if (lasting.kind !== 'answer' || lasting.input.kind !== 'text') return lasting
  return { ...lasting, input: { kind: 'text', text: lasting.input.text.slice(0, keptCharacters) } }
}
