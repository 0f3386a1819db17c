import type { Category } from './category.ts'
import type { DeliveryWindow } from './delivery-window.ts'

/** What a person's page of preferences shows. */
export type PreferenceView =
  | {
      readonly status: 'open'
      readonly name: string | null
      readonly locale: string
      /** Media the person can be reached by, in their order. */
      readonly channels: readonly {
        readonly channel: string
        readonly isOn: boolean
        /** Every address there said stop or is dead: nothing is sent, whatever is switched on. */
        readonly isStopped: boolean
      }[]
      /** Categories in the order they are shown. */
      readonly categories: readonly Category[]
      /** Whether each category comes by each channel; whether the channel itself is on is told by `channels`. */
      readonly choices: readonly {
        readonly channel: string
        readonly category: string
        readonly isOn: boolean
      }[]
      /** `null`: the hours of the workspace, which are `usualWindow`. */
      readonly window: DeliveryWindow | null
      readonly usualWindow: DeliveryWindow
      readonly zone: string | null
    }
  | { readonly status: 'expired'; readonly locale: string }
  | { readonly status: 'unknown' }
