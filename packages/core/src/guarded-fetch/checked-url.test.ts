import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkUrl } from './checked-url.ts'

test.each([
  'https://hooks.guests.test/invitations',
  'https://hooks.guests.test:8443/',
  'https://93.184.216.34/hook',
  'https://[2606:4700::1111]/hook',
  'https://[64:ff9b::5db8:d822]/',
  'https://xn--mnchen-3ya.guests.test/',
  'https://münchen.guests.test/',
  'https://hooks.guests.test./',
  'https://hooks.guests.test/a@b?c=d@e',
])('%s may be called', (text) => {
  expect(checkUrl(text).ok).toBe(true)
})

test.each([
  // The machine itself, however it is spelled.
  'https://127.0.0.1/',
  'https://127.1/',
  'https://2130706433/',
  'https://0x7f000001/',
  'https://0x7f.0.0.1/',
  'https://0177.0.0.1/',
  'https://017700000001/',
  'https://127.0.0.1./',
  'https://１２７.０.０.１/',
  'https://①②⑦.⓪.⓪.①/',
  'https://0.0.0.0/',
  'https://0/',
  'https://[::1]/',
  'https://[::]/',
  'https://[::127.0.0.1]/',
  'https://[::ffff:127.0.0.1]/',
  'https://[::ffff:7f00:1]/',
  'https://[0:0:0:0:0:ffff:7f00:0001]/',
  // Networks inside.
  'https://10.0.0.1/',
  'https://172.16.3.4/',
  'https://192.168.1.1/',
  'https://100.64.0.1/',
  'https://[fd00::1]/',
  'https://[fe80::1]/',
  'https://[fec0::1]/',
  // What clouds answer secrets at.
  'https://169.254.169.254/latest/meta-data/',
  'https://[fd00:ec2::254]/',
  'https://[::ffff:169.254.169.254]/',
  'https://[64:ff9b::a9fe:a9fe]/',
  'https://[64:ff9b:1::a9fe:a9fe]/',
  'https://[2002:7f00:1::]/',
  'https://[2002:a9fe:a9fe::1]/',
  'https://[2001:0:7f00:1::]/',
  // Nobody, and everybody.
  'https://255.255.255.255/',
  'https://224.0.0.1/',
  'https://240.0.0.1/',
  'https://192.0.2.1/',
  'https://198.18.0.1/',
  'https://[ff02::1]/',
  'https://[2001:db8::1]/',
  'https://[100::1]/',
  // Other schemes, ports and people.
  'http://hooks.guests.test/',
  'ftp://hooks.guests.test/',
  'file:///etc/passwd',
  'javascript:alert(1)',
  'data:text/plain,x',
  'gopher://hooks.guests.test:70/',
  'https://hooks.guests.test:22/',
  'https://hooks.guests.test:6379/',
  'https://hooks.guests.test:80/',
  'https://hooks.guests.test@127.0.0.1/',
  'https://hooks.guests.test:secret@evil.test/',
  'https://:@hooks.guests.test:1/',
  // Texts that are not what they seem.
  'https://hooks.guests.test\\@127.0.0.1/',
  'https:\\\\127.0.0.1\\',
  'https://hooks.guests.test/\r\nHost: evil.test',
  'https://hooks.gue\tsts.test/',
  ' https://hooks.guests.test/',
  'https://hooks.guests.test/\u0000',
  'https://hooks.guests.test/\u2028x',
  'https://256.256.256.256/',
  'https:///',
  'https://',
  'hooks.guests.test',
  '//hooks.guests.test/',
  '',
])('%j may not', (text) => {
  const checked = checkUrl(text)
  expect(checked.ok).toBe(false)
  if (!checked.ok && text !== '') expect(checked.reason).not.toContain(text)
})

test('plain http, other ports and the own network are opened one by one', () => {
  expect(checkUrl('http://hooks.guests.test:8080/', { allowHttp: true }).ok).toBe(true)
  expect(checkUrl('https://hooks.guests.test:9000/', { ports: [9000] }).ok).toBe(true)
  expect(checkUrl('https://hooks.guests.test:9001/', { ports: [9000] }).ok).toBe(false)
  expect(checkUrl('https://hooks.guests.test:9001/', { ports: 'any' }).ok).toBe(true)
  expect(checkUrl('https://10.0.0.1/', { isAllowed: () => true }).ok).toBe(true)
})

test('whatever the text, what may be called is https on a usual port of a public host', () => {
  const host = fc.oneof(
    fc.ipV4(),
    fc.ipV4Extended(),
    fc.ipV6().map((ip) => `[${ip}]`),
    fc.domain(),
  )
  fc.assert(
    fc.property(host, fc.string(), (name, rest) => {
      const checked = checkUrl(`https://${name}/${rest}`)
      if (!checked.ok) return
      expect([checked.url.protocol, checked.url.username]).toEqual(['https:', ''])
      expect(['', '8443']).toContain(checked.url.port)
    }),
  )
})
