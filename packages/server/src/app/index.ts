export { createApp } from './create-app.ts'
export type { App, AppOptions } from './create-app.ts'
export type { RateLimitOptions } from './rate-limits.ts'
export type { RequestRecord } from './watch-request.ts'
