import { existsSync } from 'node:fs'

/** Settings taken from the environment: every `INVITE_ME_*` variable, and what the terminal says about colours. */
export type Environment = Readonly<Record<string, string | undefined>>

const terminalNames = ['NO_COLOR', 'FORCE_COLOR', 'TERM', 'CI']

/**
 * Reads the environment of this process, and a `.env` file in the current folder when there is one; what is set in the
 * environment wins. The only place of the command line that does.
 */
export function readEnvironment(): Environment {
  if (existsSync('.env')) process.loadEnvFile('.env')
  return Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => name.startsWith('INVITE_ME_') || terminalNames.includes(name),
    ),
  )
}
