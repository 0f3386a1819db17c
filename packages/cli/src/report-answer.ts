import type { InvitationRecord, InvitationResult } from '@invite-me/core'
import { describeTime, describeValue } from './describe.ts'
import type { Output, Paint } from './output.ts'
import { plainText } from './plain-text.ts'

/** How a question to one person ended, or stands again: `withdrawn` waits for a new answer. */
export type AnswerNews = InvitationResult<unknown> | { readonly kind: 'withdrawn'; readonly at: Date }

/** Prints how a question to one person ended, as one result. */
export function reportAnswer(
  output: Output,
  { id, to, name }: Pick<InvitationRecord, 'id' | 'to' | 'name'>,
  news: AnswerNews,
): void {
  output.result({ type: 'answer', invitationId: id, to, name, ...news }, () => {
    const who = plainText(name === null ? to : `${name} (${to})`)
    return `${mark(news, output.paint)} ${who}  ${describeNews(news)}`
  })
}

function describeNews(news: AnswerNews): string {
  return news.kind === 'answered' || news.kind === 'declined'
    ? `${describeValue(news.value)}  by ${plainText(news.via)}, ${describeTime(news.at)}`
    : `${news.kind}, ${describeTime(news.at)}`
}

function mark({ kind }: AnswerNews, paint: Paint): string {
  if (kind === 'answered') return paint.green('✓')
  return kind === 'declined' ? paint.yellow('✗') : paint.red('!')
}
