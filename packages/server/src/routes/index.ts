import type { Route } from '../app/route.ts'
import { auditRoutes } from './audit.ts'
import { channelRoutes } from './channels.ts'
import { eventRoutes } from './events.ts'
import { inboxRoutes } from './inbox.ts'
import { keyRoutes } from './keys.ts'
import { recipientRoutes } from './recipients.ts'
import { scheduleRoutes } from './schedules.ts'
import { segmentRoutes } from './segments.ts'
import { suppressionRoutes } from './suppressions.ts'
import { unmatchedRoutes } from './unmatched.ts'
import { webhookRoutes } from './webhooks.ts'
import { deliveryRoutes } from './deliveries.ts'
import { healthRoutes } from './health.ts'
import { hookRoutes } from './hooks.ts'
import { invitationRoutes } from './invitations.ts'
import { messageRoutes } from './messages.ts'
import { receiptRoutes } from './receipts.ts'
import { tallyRoutes } from './tallies.ts'
import { templateRoutes } from './templates.ts'
import { topicRoutes } from './topics.ts'

/** Every route of the HTTP interface. */
export const routes: readonly Route[] = [
  ...messageRoutes,
  ...invitationRoutes,
  ...tallyRoutes,
  ...deliveryRoutes,
  ...receiptRoutes,
  ...recipientRoutes,
  ...segmentRoutes,
  ...suppressionRoutes,
  ...inboxRoutes,
  ...channelRoutes,
  ...unmatchedRoutes,
  ...eventRoutes,
  ...webhookRoutes,
  ...scheduleRoutes,
  ...templateRoutes,
  ...keyRoutes,
  ...auditRoutes,
  ...hookRoutes,
  ...topicRoutes,
  ...healthRoutes,
]
