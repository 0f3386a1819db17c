import type { ScheduleInput } from '../model/schedule.ts'

/** A schedule as the server takes it: of an answer type what it is made of. */
export function scheduleBody(input: Omit<ScheduleInput, 'name'>): unknown {
  const { action } = input as { readonly action?: unknown }
  if (!isObject(action) || !isObject(action['ask'])) return input
  const { options } = action['ask']
  if (!isObject(options) || !isObject(options['answer']) || !('spec' in options['answer'])) return input
  const asked = { ...action['ask'], options: { ...options, answer: options['answer']['spec'] } }
  return { ...input, action: { ...action, ask: asked } }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
