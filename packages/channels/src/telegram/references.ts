/** How a message is named: ids of messages are counted in each chat. */
export function messageReference(chatId: number, messageId: number): string {
  return `${String(chatId)}:${String(messageId)}`
}

const spelling = /^(-?\d{1,16}):(\d{1,16})$/

/** Reads what {@link messageReference} wrote; `undefined` when it did not. */
export function readMessageReference(
  text: string,
): { readonly chatId: number; readonly messageId: number } | undefined {
  const [, chatId, messageId] = spelling.exec(text) ?? []
  return chatId === undefined ? undefined : { chatId: Number(chatId), messageId: Number(messageId) }
}

/** How a person's votes are named. A poll can be forwarded, and then anybody may vote in it: only the one asked is meant. */
export function voteReference(pollId: string, user: number): string {
  return `poll:${pollId}:${String(user)}`
}
