import type { Delivery } from '../model/delivery.ts'
import type { Message } from '../model/message.ts'
import type { World } from '../ports/world.ts'
import type { DecisionInput } from '../rules/decide-next.ts'
import { progressOf } from '../rules/settlement.ts'

/** Everything a rule needs to decide about a delivery now. */
export function decisionInput(world: World, delivery: Delivery, message: Message): DecisionInput {
  return {
    delivery,
    progress: progressOf(delivery),
    terms: {
      wantsAnswer: message.answer !== null,
      onUnknown: message.onUnknown,
      remindersMs: message.remindersMs,
      untilMs: message.until?.getTime() ?? null,
    },
    canFind: world.channels.get(delivery.plan[delivery.position]?.channel ?? '')?.find !== undefined,
    policies: world.settings.policies,
    nowMs: world.clock.now(),
    fraction: world.random.fraction(),
  }
}
