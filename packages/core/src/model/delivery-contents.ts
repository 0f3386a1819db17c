import type { Content } from './message.ts'

/** The words one delivery was given when it was accepted, put together from a template for its person. */
export interface DeliveryContents {
  readonly deliveryId: string
  readonly contents: {
    /** On every channel that has no words of its own. */
    readonly common: Content
    /** By channel. */
    readonly channels: Readonly<Record<string, Content>>
  }
}
