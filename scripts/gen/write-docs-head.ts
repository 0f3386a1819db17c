import type { ChannelSupports } from '@invite-me/core/channel'
import { replaceBetween } from './replace-between.ts'
import type { DescribedChannel } from './read-channels.ts'

/**
 * Puts the head of a channel's page up to date: how it is imported, what it carries, what it must be given. The rest of the
 * page is written by hand.
 *
 * @param page the page as it is; the head stands below its first heading
 */
export function writeDocsHead(page: string, channel: DescribedChannel): string {
  return replaceBetween(page, 'head', head(channel), (text, block) =>
    text.replace(/^(# .*\n)/, (heading) => `${heading}\n${block}\n`),
  )
}

function head({ name, factory, supports, options }: DescribedChannel): string {
  const required = options.filter(({ isRequired }) => isRequired)
  const rows = [
    ['import', `\`import { ${factory} } from '@invite-me/channels/${name}'\``],
    ['answers by itself', answersOf(supports)],
    ['receipts', receiptsOf(supports)],
    ['brings up to date what was sent', supports.edits?.join(', ') ?? 'no'],
    ['sends once under one key', supports.idempotent ? 'yes' : 'no'],
    [
      'longest text',
      supports.maxTextLength === undefined ? 'as the engine’s' : String(supports.maxTextLength),
    ],
    ['must be given', required.map((option) => `\`${option.name}\``).join(', ') || 'nothing'],
  ]
  return [
    '| | |',
    '| --- | --- |',
    ...rows.map(([what, value]) => `| ${what ?? ''} | ${value ?? ''} |`),
  ].join('\n')
}

/** The answer types a medium carries by itself, in words. */
export function answersOf({ answers, links }: ChannelSupports): string {
  if (answers.length > 0) return answers.join(', ')
  return links ? 'none; by link' : 'none'
}

/** What is learned about a message by this medium. */
export function receiptsOf({ reports }: ChannelSupports): string {
  return ['accepted', ...reports].join(', ')
}
