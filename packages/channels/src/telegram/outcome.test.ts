import { describe, expect, test } from 'vitest'
import type { BotRefusal } from './bot-api.ts'
import { classifyRefusal, isAboutEntities, isNothingToEdit } from './outcome.ts'

const refusal = (code: number, description: string, more: Partial<BotRefusal> = {}): BotRefusal => ({
  status: 'refused',
  code,
  description,
  ...more,
})

// Texts of tdlib/telegram-bot-api v10.0 (Client.cpp, ClientManager.cpp), seen 2026-11-22.
test.each([
  [400, 'Bad Request: chat not found', 'permanent_recipient'],
  [400, 'Bad Request: user not found', 'permanent_recipient'],
  [400, 'Bad Request: chat_id is empty', 'permanent_recipient'],
  [400, 'Bad Request: PEER_ID_INVALID', 'permanent_recipient'],
  [400, 'Bad Request: group chat was upgraded to a supergroup chat', 'permanent_recipient'],
  [400, 'Bad Request: group chat was deactivated', 'permanent_recipient'],
  [400, 'Bad Request: not enough rights to send text messages to the chat', 'permanent_recipient'],
  [400, 'Bad Request: have no rights to send a message', 'permanent_recipient'],
  [400, 'Bad Request: need administrator rights in the channel chat', 'permanent_recipient'],
  [400, 'Bad Request: CHAT_WRITE_FORBIDDEN', 'permanent_recipient'],
  [400, 'Bad Request: TOPIC_CLOSED', 'permanent_recipient'],
  [400, 'Bad Request: INPUT_USER_DEACTIVATED', 'permanent_recipient'],
  [400, 'Bad Request: USER_IS_BLOCKED', 'opted_out'],
  [400, 'Bad Request: message is too long', 'permanent_content'],
  [400, 'Bad Request: text is too long', 'permanent_content'],
  [400, 'Bad Request: reply markup is too long', 'permanent_content'],
  [400, 'Bad Request: message text is empty', 'permanent_content'],
  [400, "Bad Request: can't parse entities: Unsupported start tag", 'permanent_content'],
  [400, 'Bad Request: Wrong HTTP URL specified', 'permanent_content'],
  [400, 'Bad Request: BUTTON_DATA_INVALID', 'permanent_content'],
  [400, 'Bad Request: something nobody has seen yet', 'permanent_content'],
  [401, 'Unauthorized: invalid token specified', 'permanent_config'],
  [401, 'Unauthorized', 'permanent_config'],
  [403, 'Forbidden: bot was blocked by the user', 'opted_out'],
  [403, 'Forbidden: user is deactivated', 'permanent_recipient'],
  [403, "Forbidden: bot can't initiate conversation with a user", 'permanent_recipient'],
  [403, "Forbidden: bots can't send messages to bots", 'permanent_recipient'],
  [403, 'Forbidden: bot was kicked from the group chat', 'permanent_recipient'],
  [403, 'Forbidden: bot was kicked from the supergroup chat', 'permanent_recipient'],
  [403, 'Forbidden: bot is not a member of the supergroup chat', 'permanent_recipient'],
  [403, 'Forbidden: the group chat was deleted', 'permanent_recipient'],
  [403, 'Forbidden: something nobody has seen yet', 'permanent_recipient'],
  [404, 'Not Found', 'permanent_config'],
  [
    409,
    'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running',
    'permanent_config',
  ],
  [
    409,
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
    'permanent_config',
  ],
  [413, 'Request Entity Too Large', 'permanent_content'],
  [420, 'Too Many Requests: retry after 3', 'rate_limited'],
  [421, 'Misdirected Request: the token is not allowed', 'permanent_config'],
  [429, 'Too Many Requests: retry after 3', 'rate_limited'],
  [500, 'Internal Server Error: restart', 'retryable'],
  [502, '', 'retryable'],
  [504, 'Gateway Timeout', 'retryable'],
  // Not the Bot API: a page of something else.
  [200, '', 'permanent_config'],
  [302, '', 'permanent_config'],
])('%i %s is %s', (code, description, status) => {
  const outcome = classifyRefusal(refusal(code, description), 'private')
  expect(outcome).toMatchObject({ status, providerCode: String(code) })
  const said = description.replace(/^[^:]*: /, '')
  expect(said === '' || !outcome.detail?.includes(said)).toBe(true)
})

describe('a pause', () => {
  test.each([
    [3, 3_000],
    [0.5, 500],
    [0, 5_000],
    [-1, 5_000],
    [undefined, 5_000],
    [999_999, 3_600_000],
  ])('of %s seconds is %i ms', (retryAfterSeconds, retryAfterMs) => {
    const more = retryAfterSeconds === undefined ? {} : { retryAfterSeconds }
    expect(classifyRefusal(refusal(429, '', more), 'private')).toMatchObject({
      scope: 'sender',
      retryAfterMs,
    })
  })

  test('is laid to the group when it was met in one', () => {
    expect(classifyRefusal(refusal(429, ''), 'group')).toMatchObject({ scope: 'recipient' })
  })
})

test.each([
  ['Bad Request: can\'t parse entities: Unsupported start tag "x"', true],
  ['Bad Request: ENTITY_MENTION_USER_INVALID', true],
  ['Bad Request: entity beginning at UTF-16 offset 0 ends after the end of the text', true],
  ['Bad Request: message text is empty', false],
])('%s is about entities: %s', (description, expected) => {
  expect(isAboutEntities(refusal(400, description))).toBe(expected)
})

test.each([
  [
    'Bad Request: message is not modified: specified new message content and reply markup are exactly the same',
    true,
  ],
  ['Bad Request: message to edit not found', true],
  ["Bad Request: message can't be edited", true],
  ['Bad Request: MESSAGE_ID_INVALID', true],
  ['Bad Request: message with poll to stop not found', true],
  ['Bad Request: poll has already been closed', true],
  ['Bad Request: chat not found', false],
])('%s leaves nothing to edit: %s', (description, expected) => {
  expect(isNothingToEdit(refusal(400, description))).toBe(expected)
  expect(isNothingToEdit(refusal(500, description))).toBe(false)
})
