/** Settings taken from the environment: every `INVITE_ME_*` variable, and what the terminal says about colours. */
export type Environment = Readonly<Record<string, string | undefined>>

const terminalNames = ['NO_COLOR', 'FORCE_COLOR', 'TERM', 'CI']

/** Reads the environment of this process; the only place of the command line that does. */
export function readEnvironment(): Environment {
  return Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => name.startsWith('INVITE_ME_') || terminalNames.includes(name),
    ),
  )
}
