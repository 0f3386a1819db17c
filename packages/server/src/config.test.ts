import { describe, expect, it } from 'vitest'
import { readServerConfig, serverConfigNames, type ServerConfigInput } from './config.ts'
import { forwardedAddress } from './client-address.ts'

describe('how a server is set up', () => {
  it('is everything on this machine alone when nothing is said', () => {
    expect(readServerConfig({})).toMatchObject({
      host: '127.0.0.1',
      isApi: true,
      sends: true,
      doesChores: true,
      metrics: true,
      trustedProxies: 0,
      stopSeconds: 25,
    })
  })

  it('is what its roles say', () => {
    expect(readServerConfig({ roles: ['dispatcher'] })).toMatchObject({
      isApi: false,
      sends: true,
      doesChores: false,
    })
    expect(readServerConfig({ roles: ['api', 'scheduler'] })).toMatchObject({
      isApi: true,
      sends: false,
      doesChores: true,
    })
  })

  it.each<[string, unknown, string]>([
    ['roles', ['boss'], '"roles.0"'],
    ['roles', [], '"roles"'],
    ['port', 70_000, '"port"'],
    ['port', '80a', 'it is "80a"'],
    ['origins', ['https://app.test/path'], 'scheme, host and port alone'],
    ['origins', ['*'], '"origins.0"'],
    ['amqpUrl', 'http://localhost', 'amqp://localhost:5672'],
    ['commands', true, 'set "amqpUrl" too'],
    ['events', true, 'set "amqpUrl" too'],
    ['commandScopes', ['owner'], '"commandScopes.0"'],
    ['logLevel', 'loud', 'it is "loud"'],
    ['trustedProxies', -1, '"trustedProxies"'],
    ['prot', 80, 'there is no such setting'],
  ])('is refused by name: %s %j', (name, value, told) => {
    const read = () => readServerConfig({ [name]: value } as ServerConfigInput)
    expect(read).toThrow(
      expect.objectContaining({ code: 'OPTIONS_INVALID', message: expect.stringContaining(told) }),
    )
    if (name !== 'prot') expect(serverConfigNames).toContain(name)
  })

  it.each([
    { amqpUrl: 'amqq://guest:s3cret@rabbit' },
    { redisUrl: 's3cret' },
    { bootstrapKey: 'imk_s3cret' },
  ])('keeps to itself what may be secret: %j', (config) => {
    const read = () => readServerConfig(config)
    expect(read).toThrow(expect.objectContaining({ field: Object.keys(config)[0] }))
    expect(read).not.toThrow(/s3cret/)
  })
})

describe('who sent a request', () => {
  const env = { incoming: { socket: { remoteAddress: '10.0.0.9' } } }
  const from = (header?: string) =>
    new Request('https://api.test/', { headers: header === undefined ? {} : { 'x-forwarded-for': header } })

  it('is the other end of the socket, whatever it says of itself', () => {
    expect(forwardedAddress(0)(from('1.2.3.4'), env)).toBe('10.0.0.9')
  })

  it('is whom the outermost of our proxies saw; what came before anybody could have written', () => {
    expect(forwardedAddress(1)(from('6.6.6.6, 203.0.113.7'), env)).toBe('203.0.113.7')
    expect(forwardedAddress(2)(from('6.6.6.6, 203.0.113.7, 10.0.0.2'), env)).toBe('203.0.113.7')
    expect(forwardedAddress(1)(from('2001:db8::1'), env)).toBe('2001:db8::1')
  })

  it('is the socket when the header is missing, short or nonsense', () => {
    expect(forwardedAddress(1)(from(), env)).toBe('10.0.0.9')
    expect(forwardedAddress(2)(from('203.0.113.7'), env)).toBe('10.0.0.9')
    expect(forwardedAddress(1)(from('<script>'), env)).toBe('10.0.0.9')
    expect(forwardedAddress(1)(from('1.1.1.1'), undefined)).toBe('1.1.1.1')
  })
})
