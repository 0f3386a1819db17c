import { z } from 'zod'
import { deliveryWindowSchema, type DeliveryWindow } from './delivery-window.ts'
import { preferencesSchema, type Preferences } from './preference.ts'
import { zoneSchema } from './recipient.ts'

const { order, off, on } = preferencesSchema.shape

/**
 * A change of what a person wants: each part that is given replaces that part, the others stay. `window: null` takes the hours of
 * the workspace again, `zone: null` forgets the zone.
 */
export const preferenceChangeSchema = z.strictObject({
  order: order.unwrap().optional(),
  off: off.unwrap().optional(),
  on: on.unwrap().optional(),
  window: deliveryWindowSchema.nullish(),
  zone: zoneSchema.nullish(),
})
/** See {@link preferenceChangeSchema}. */
export type PreferenceChange = z.input<typeof preferenceChangeSchema>
/** A {@link PreferenceChange} after validation. */
export type PreferenceChanges = z.output<typeof preferenceChangeSchema>

/** What a person wants, with their zone. */
export interface PersonPreferences {
  readonly order: readonly string[]
  readonly off: readonly Preferences['off'][number][]
  readonly on: readonly NonNullable<Preferences['on']>[number][]
  /** `undefined`: the hours of the workspace. */
  readonly window: DeliveryWindow | undefined
  /** IANA zone; `undefined`: not known. */
  readonly zone: string | undefined
}

/** What a person chose on their page of preferences. */
export const preferenceChoicesSchema = z.strictObject({
  order,
  /** Whole channels, on or off; those not named stay as they are. */
  channels: z.array(z.strictObject({ channel: z.string(), isOn: z.boolean() })).max(50),
  /** Categories on channels, on or off; those not named stay as they are. */
  categories: z
    .array(z.strictObject({ channel: z.string(), category: z.string(), isOn: z.boolean() }))
    .max(5_000),
  window: deliveryWindowSchema.nullable(),
  zone: zoneSchema.nullable(),
})
/** See {@link preferenceChoicesSchema}. */
export type PreferenceChoices = z.input<typeof preferenceChoicesSchema>
/** {@link PreferenceChoices} after validation. */
export type CheckedChoices = z.output<typeof preferenceChoicesSchema>
