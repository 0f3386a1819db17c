import type { SendOutcome } from '@invite-me/core/channel'
import { readObject, retryAfterMs, type HttpReply } from '../shared/http.ts'

/** Pause when Slack asks for one without naming it: one message a second fits each conversation. */
const defaultPauseMs = 1_000

const meanings = {
  recipient: {
    status: 'permanent_recipient',
    scope: 'recipient',
    detail: 'Slack cannot reach this person or channel.',
  },
  config: {
    status: 'permanent_config',
    scope: 'sender',
    detail: 'Slack refuses the app, its token or its permissions.',
  },
  content: { status: 'permanent_content', scope: 'message', detail: 'Slack refuses this message.' },
  unwell: { status: 'retryable', scope: 'provider', detail: 'Slack is out of order.' },
  lost: { status: 'unknown', scope: 'provider', detail: 'Slack failed while it worked on the message.' },
} as const satisfies Readonly<Record<string, SlackFailure>>

type Meaning = keyof typeof meanings

const errorsByMeaning: Readonly<Record<Meaning, string>> = {
  recipient: `channel_not_found user_not_found users_not_found user_not_visible user_disabled is_archived
    not_in_channel cannot_dm_bot is_inactive messages_tab_disabled restricted_action
    restricted_action_read_only_channel restricted_action_thread_only_channel
    restricted_action_non_threadable_channel invalid_user_combination method_not_supported_for_channel_type
    not_enough_users external_channel_migrating`,
  config: `account_inactive token_revoked token_expired invalid_auth not_authed missing_scope no_permission
    not_allowed_token_type org_login_required ekm_access_denied access_denied team_access_not_granted team_not_found
    enterprise_is_restricted two_factor_setup_required access_disabled accesslimited app_missing_action_url
    as_user_not_supported deprecated_endpoint method_deprecated unknown_method invalid_arg_name invalid_array_arg
    invalid_charset invalid_form_data invalid_post_type missing_post_type invalid_json json_not_object team_added_to_org
    upgrade_required`,
  content: `msg_too_long no_text invalid_blocks invalid_blocks_format invalid_attachments too_many_attachments
    message_limit_exceeded msg_blocks_too_long duplicate_channel_not_found metadata_too_large slack_connect_file_link_sharing_blocked
    message_not_found cant_update_message edit_window_closed thread_not_found markdown_text_conflict invalid_arguments`,
  unwell: 'service_unavailable',
  // These come out of the middle of Slack's work: the message may be there.
  lost: 'fatal_error internal_error request_timeout',
}

const meaningOf: ReadonlyMap<string, Meaning> = new Map(
  (['recipient', 'config', 'content', 'unwell', 'lost'] as const).flatMap((meaning) =>
    errorsByMeaning[meaning].split(/\s+/).map((error) => [error, meaning] as const),
  ),
)

/** Why a call came to nothing, as an outcome. */
export type SlackFailure = Exclude<SendOutcome, { readonly status: 'accepted' }>

/** What a call of Slack's Web API came to. */
export type SlackReading =
  | { readonly ok: true; readonly body: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly failure: SlackFailure }

/**
 * Sorts an answer of the Web API. Slack says most of its errors with status 200 and `ok: false`
 * (docs.slack.dev/reference/methods/chat.postMessage, "Errors", seen 2026-11-22).
 *
 * @param nowMs Unix ms, for a Retry-After that is a date
 */
export function readSlackReply(
  { status, headers, body: text }: Extract<HttpReply, { ok: true }>,
  nowMs: number,
): SlackReading {
  const body = readObject(text)
  const error =
    typeof body['error'] === 'string' && /^\w{1,60}$/.test(body['error']) ? body['error'] : undefined
  if (status === 429 || error === 'ratelimited' || error === 'rate_limited')
    return failed({
      status: 'rate_limited',
      // Slack counts per method and workspace, so the pause is the app's.
      scope: 'sender',
      retryAfterMs: Math.max(retryAfterMs(headers, nowMs) ?? defaultPauseMs, 1),
      providerCode: error ?? '429',
      detail: 'Slack asks for a pause.',
    })
  if (status === 200 && body['ok'] === true) return { ok: true, body }
  const meaning = error === undefined ? undefined : meaningOf.get(error)
  if (meaning === undefined && status >= 500)
    return failed({ ...meanings.unwell, providerCode: error ?? String(status) })
  if (error !== undefined) return failed({ ...meanings[meaning ?? 'content'], providerCode: error })
  return failed({
    status: 'permanent_config',
    scope: 'provider',
    providerCode: String(status),
    detail: 'This does not answer like Slack; look at the option apiUrl.',
  })
}

function failed(failure: SlackFailure): SlackReading {
  return { ok: false, failure }
}
