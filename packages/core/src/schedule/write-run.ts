import type { DomainEventType } from '../model/domain-event.ts'
import type { Run, Schedule } from '../model/schedule.ts'
import type { StoreParts } from '../ports/store.ts'

const types: Readonly<Record<Run['state'], DomainEventType>> = {
  done: 'schedule.ran',
  failed: 'schedule.failed',
  skipped: 'schedule.skipped',
}

/** Writes down what became of a moment, and tells of it. */
export async function writeRun(parts: StoreParts, { name }: Pick<Schedule, 'name'>, run: Run): Promise<void> {
  if (!(await parts.schedules.addRun(run))) return
  const { id: runId, scheduleId, byHand, messages, missed, error, messageId } = run
  const nothing = { deliveryId: null, invitationId: null, recipientId: null }
  const at = run.at.toISOString()
  const data = { name, scheduleId, runId, at, byHand, messages, missed, error }
  await parts.outbox.append([{ type: types[run.state], at: run.firedAt, ...nothing, messageId, data }])
}
