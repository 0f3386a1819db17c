import type { Settings, SettingsFlags } from './config.ts'
import type { Host } from './host.ts'
import type { Output } from './output.ts'

/** What one command works with. */
export interface Session {
  readonly host: Host
  readonly output: Output
  readonly flags: SettingsFlags
}

/** Reads the settings of a session; late, because commands such as `break` need none. */
export async function settingsOf({ flags, host }: Session): Promise<Settings> {
  const { loadSettings } = await import('./config.ts')
  return loadSettings(flags, host.environment, host.directory)
}
