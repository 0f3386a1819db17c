import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { areServicesRequired, explainMissing, findService } from '../../scripts/services.ts'

/** Key and certificate in PEM form. */
export interface Certificate {
  readonly key: string
  readonly cert: string
}

/**
 * Tells why no certificate can be made here.
 *
 * @returns undefined when one can; else a sentence that says what to do
 * @throws when it cannot and `INVITE_ME_REQUIRE_SERVICES=1` asks for it
 */
export function explainNoCertificates(): string | undefined {
  if (findService('openssl') !== undefined) return undefined
  const reason = explainMissing('openssl')
  if (areServicesRequired()) throw new Error(reason)
  return reason
}

/** Makes a certificate for one host name that nobody vouches for, valid for two days. */
export function selfSignedCertificate(host: string): Certificate {
  const openssl = findService('openssl')
  if (openssl === undefined) throw new Error(explainMissing('openssl'))
  const folder = mkdtempSync(join(tmpdir(), 'invite-me-tls-'))
  const files = { key: join(folder, 'key.pem'), cert: join(folder, 'cert.pem') }
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  const named = ['-subj', `/CN=${host}`, '-addext', `subjectAltName=DNS:${host}`]
  try {
    execFileSync(openssl, ['req', ...kind, ...named, '-keyout', files.key, '-out', files.cert], {
      stdio: 'ignore',
      timeout: 20_000,
    })
    return { key: readFileSync(files.key, 'utf8'), cert: readFileSync(files.cert, 'utf8') }
  } finally {
    rmSync(folder, { recursive: true })
  }
}
