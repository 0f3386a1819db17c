import { expect, it } from 'vitest'
import { serverConfigNames } from '../../server/src/config.ts'
import { serverSettings } from './server-settings.ts'

it('everything a server can be set up with can be set, and nothing else', () => {
  expect(serverSettings.map(({ name }) => name).toSorted()).toEqual([...serverConfigNames].toSorted())
})
