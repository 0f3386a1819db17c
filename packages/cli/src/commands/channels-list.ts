import { channelCatalogue, type CatalogueEntry } from '@invite-me/channels/catalog'
import { exitCodes, type ExitCode } from '../exit-code.ts'
import { settingsOf, type Session } from '../session.ts'
import { table } from '../table.ts'

/** Lists every channel that can be set up, which are, and what each needs and can do. Prints no value of any option. */
export async function listChannels(session: Session): Promise<ExitCode> {
  const { channels: configured } = await settingsOf(session)
  const { output } = session
  const known = channelCatalogue.map((entry) => ({ ...entry, isSetUp: configured.has(entry.name) }))
  const outsiders = [...configured.keys()]
    .filter((name) => !known.some((entry) => entry.name === name))
    .map((name) => ({ name, package: `invite-me-channel-${name}` }))
  const document = known.map(({ name, isSetUp, supports, options }) => ({ name, isSetUp, supports, options }))
  output.result({ channels: document, outsiders }, () => {
    const lines = outsiders.map(({ name, package: from }) => `${name}, from the package ${from}`)
    return [table(columns, known), ...lines].join('\n')
  })
  return exitCodes.done
}

interface Known extends CatalogueEntry {
  readonly isSetUp: boolean
}

const columns = [
  { heading: 'channel', cell: ({ name }: Known) => name },
  { heading: 'set up', cell: ({ isSetUp }: Known) => (isSetUp ? 'yes' : '') },
  { heading: 'needs', cell: needsOf },
  { heading: 'answers', cell: ({ supports }: Known) => supports.answers.join(', ') || 'by link' },
  { heading: 'receipts', cell: ({ supports }: Known) => ['accepted', ...supports.reports].join(', ') },
]

function needsOf({ options }: Known): string {
  return options
    .filter(({ isRequired }) => isRequired)
    .map(({ name }) => name)
    .join(', ')
}
