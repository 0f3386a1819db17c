import { connect, type ConnectOptions, type InviteMeClient } from '@invite-me/core/client'
import type { TestApi } from '../../app/__fixtures__/api.ts'

/** What a request met on its way, for tests that break the way. */
export type Interference = (request: Request, pass: () => Promise<Response>) => Promise<Response>

/** A client over the interface of a test, by the same virtual clock. */
export function clientOver(
  api: TestApi,
  options: Partial<ConnectOptions> & { readonly interfere?: Interference } = {},
): InviteMeClient {
  const { interfere = (_request, pass) => pass(), ...rest } = options
  return connect({
    url: 'http://api.test',
    key: api.owner,
    clock: api.t.clock,
    fetch: async (input, init) => {
      const request = new Request(input, init)
      return interfere(request, () => api.answer(request))
    },
    ...rest,
  })
}
