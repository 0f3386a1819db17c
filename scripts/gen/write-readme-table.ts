import { answersOf, receiptsOf } from './write-docs-head.ts'
import type { DescribedChannel } from './read-channels.ts'
import { replaceBetween } from './replace-between.ts'

/** A channel with the page about it; `undefined` when it has none. */
export interface DocumentedChannel extends DescribedChannel {
  readonly page: string | undefined
}

/**
 * Puts the README's table of channels up to date: what answers and receipts each carries, and which program nobody here wrote
 * it is proven against, which its own page names in a line that begins with `Proven against:`.
 *
 * @throws when the README has no place for it
 */
export function writeReadmeTable(readme: string, channels: readonly DocumentedChannel[]): string {
  const rows = channels.map(
    ({ name, supports, page }) =>
      `| ${page === undefined ? name : `[${name}](docs/channels/${name}.md)`} | ${answersOf(supports)} | ${receiptsOf(supports)} | ${provenAgainst(page)} |`,
  )
  const table = ['| channel | answers by | receipts | proven against |', '| --- | --- | --- | --- |', ...rows]
  return replaceBetween(readme, 'channels', table.join('\n'), () => {
    throw new Error(
      'README.md has no place for the table of channels: <!-- gen:channels --> … <!-- /gen:channels -->',
    )
  })
}

function provenAgainst(page: string | undefined): string {
  return /^Proven against: (.+?)\.?$/m.exec(page ?? '')?.[1] ?? '–'
}
