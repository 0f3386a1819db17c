import type { RawRequest } from '../accept/read-request.ts'
import type { To } from '../model/message.ts'
import type { Run, Schedule, ScheduleAction } from '../model/schedule.ts'
import type { World } from '../ports/world.ts'
import { newId } from '../rules/uuid.ts'

/** The request a schedule's action stands for, as `ask` and `send` would make it. */
export function requestOf(
  action: ScheduleAction,
  { to, key }: { readonly to?: readonly To[]; readonly key?: string } = {},
): RawRequest {
  const keyed = key === undefined ? {} : { key }
  if ('send' in action) {
    const { content, options } = action.send
    return { to: to ?? action.send.to, content, ask: null, options: { ...options, ...keyed } }
  }
  const { question, options } = action.ask
  const { answer, ...rest } = options
  return {
    to: to ?? action.ask.to,
    content: question,
    ask: { ...rest, ...keyed, answer: { spec: answer } },
    options: {},
  }
}

/** Under which a run's message is accepted once, whoever makes it. */
export function runKey({ id }: Pick<Schedule, 'id'>, at: Date): string {
  return `schedule:${id}:${at.toISOString()}`
}

/** A run that is made now; `done` and by the clock unless said otherwise. */
export function newRun(
  world: World,
  { id: scheduleId }: Pick<Schedule, 'id'>,
  run: Pick<Run, 'at' | 'messages'> & Partial<Run>,
): Run {
  return {
    id: newId(world),
    scheduleId,
    firedAt: new Date(world.clock.now()),
    state: 'done',
    byHand: false,
    messageId: null,
    error: null,
    missed: 0,
    ...run,
  }
}
