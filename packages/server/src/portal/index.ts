export { createPortal } from './create-portal.ts'
export type { PortalOptions } from './create-portal.ts'
