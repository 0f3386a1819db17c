// Everyday
export { createInviteMe } from './invite-me.ts'
export { choice, date, form, number, rsvp, text, yesNo } from './model/answer.ts'
export { InviteMeError, isInviteMeError } from './model/error.ts'

// Advanced
export { apiKeyInputSchema, roles, scopes } from './model/api-key.ts'
export { errorCodes } from './model/error.ts'
export { closestIssue } from './model/parse.ts'
export { outcomeClasses } from './model/outcome.ts'
export { answersCsvHeader, answersCsvRow } from './rules/answers-csv.ts'
export { isWorthAWord } from './rules/worth-a-word.ts'
export { domainEventTypes } from './model/domain-event.ts'
export { lanes } from './model/lane.ts'
export { formFields } from './model/form-field.ts'
export { workItemSchema } from './model/work-item.ts'
export { hashKeySecret } from './rules/key-secret.ts'
export { answerActions } from './rules/answers/answer-actions.ts'
export { storyLines } from './rules/explain.ts'
export { describeAnswer } from './rules/answers/describe-answer.ts'
export { systemClock } from './system.ts'

// Types
export type {
  Audit,
  ChannelStatus,
  ConnectAddress,
  ImportProblem,
  ImportRecord,
  ImportReport,
  Inbox,
  Inboxes,
  InboxEntry,
  Invitation,
  InvitationGroup,
  InviteMe,
  Keys,
  Links,
  Page,
  QuorumOptions,
  PreferencesAddress,
  RecipientExport,
  Recipients,
  Segments,
  Schedules,
  SentMessage,
  Tallies,
  SuppressionRecord,
  SuppressionReport,
  Suppressions,
  Templates,
  TopicEvent,
  Topics,
  WaitOptions,
  Webhooks,
} from './face/face.ts'
export type { AudienceEntry } from './campaign/audience.ts'
export type {
  AnswerInput,
  AnswerKind,
  AnswerOption,
  AnswerSpec,
  AnswerType,
  ChoiceOptions,
  Rsvp,
} from './model/answer.ts'
export type { ApiKey, ApiKeyInput, Role, Scope } from './model/api-key.ts'
export type { AuditEntry } from './model/audit-entry.ts'
export type { Category, CategoryInput } from './model/category.ts'
export type { CalendarEntry, CalendarInput } from './model/calendar.ts'
export type { DeliveryWindow, DeliveryWindowInput } from './model/delivery-window.ts'
export type { Delivery, DeliveryReason, DeliveryState, DeliveryStep } from './model/delivery.ts'
export type { DomainEvent, DomainEventType } from './model/domain-event.ts'
export type { Duration } from './model/duration.ts'
export type { ErrorCode } from './model/error.ts'
export type { FactResult, InboundFact } from './model/inbound-fact.ts'
export type { InboxItem } from './model/inbox-item.ts'
export type { UnmatchedFact } from './model/unmatched-fact.ts'
export type { Quorum, QuorumInput, QuorumOf, QuorumResult, QuorumStanding } from './model/quorum.ts'
export type { AnswerRow, AnswerTally, FieldTally, NumberTally, Tally, ValueCount } from './model/tally.ts'
export type { Story, StoryLine } from './rules/explain.ts'
export type { FormField, FormFieldKind, FormOption } from './model/form-field.ts'
export type { InvitationRecord, InvitationResult, InvitationState } from './model/invitation.ts'
export { invitationStates } from './model/invitation.ts'
export type { Lane } from './model/lane.ts'
export type { LinkView } from './model/link-view.ts'
export type {
  AskOptions,
  Content,
  ContentInput,
  Message,
  Next,
  Originator,
  SendOptions,
  TemplatedInput,
  To,
} from './model/message.ts'
export type { OutcomeClass, OutcomeScope, SendOutcome } from './model/outcome.ts'
export type { KeepReason, NextRule, Plan, PlannedRoute, SkipReason } from './model/plan.ts'
export type { Policies, PoliciesInput } from './model/policies.ts'
export type { Preferences, PreferencesInput } from './model/preference.ts'
export type { PersonPreferences, PreferenceChange, PreferenceChoices } from './model/preference-change.ts'
export type { PreferenceView } from './model/preference-view.ts'
export type { Receipt, ReceiptKind } from './model/receipt.ts'
export type { Recipient, RecipientInput } from './model/recipient.ts'
export type {
  LocaleTexts,
  LocaleTextsInput,
  Template,
  TemplateInput,
  TemplateMark,
} from './model/template.ts'
export type { PreviewOptions, TemplatePreview } from './model/template-preview.ts'
export type {
  VariableSchema,
  VariableSchemas,
  VariablesInput,
  VariableType,
} from './model/template-variable.ts'
export type { DeliveryContents } from './model/delivery-contents.ts'
export type { LinkPurpose } from './model/response-link.ts'
export type {
  AnsweredCondition,
  AttributeCondition,
  AttributeValue,
  CategoryCondition,
  ExternalIdCondition,
  HasCondition,
  LocaleCondition,
  Segment,
  SegmentCondition,
  SegmentFilter,
  ZoneCondition,
} from './model/segment.ts'
export type {
  Run,
  Schedule,
  ScheduleAction,
  ScheduleActionInput,
  ScheduleInput,
  When,
  WhenInput,
} from './model/schedule.ts'
export type {
  WebhookEndpoint,
  WebhookEndpointInput,
  WebhookEndpointUpdate,
  WebhookPosting,
} from './model/webhook-endpoint.ts'
export type { WorkItem } from './model/work-item.ts'
export type { ResponseReceipt, ResponseRecord, ResponseStatus } from './model/response.ts'
export type { Route, RouteState } from './model/route.ts'
export type { InviteMeOptions } from './options.ts'
export type { Channel, ChannelSupports, ProbeResult } from './ports/channel.ts'
export type { Directory, DirectoryContext } from './ports/directory.ts'
export type { Clock } from './ports/clock.ts'
export type { Log } from './ports/log.ts'
export type { ResolveContext, TemplateResolver } from './ports/template-resolver.ts'
export type { EventPublisher, OutgoingEvent } from './ports/event-publisher.ts'
export type { Notice, Notifier } from './ports/notifier.ts'
export type { DueHint, Queue, QueuePromises } from './ports/queue.ts'
export type { Random } from './ports/random.ts'
export type { SpanAttributes, SpanEnding, SpanOptions, TraceParent, Tracer } from './ports/tracer.ts'
export type { PostResult, WebhookPost, WebhookSender } from './ports/webhook-post.ts'
export type {
  Backlog,
  DeliveryCounts,
  DeliveryFilter,
  ReceiptFilter,
  Store,
  StoreOpener,
} from './ports/store.ts'
export type {
  Suppression,
  SuppressionFilter,
  SuppressionInput,
  SuppressionReason,
  SuppressionSource,
} from './model/suppression.ts'
