import type { ChannelLimits } from '@invite-me/core/channel'
import type { EmailOptions } from './options.ts'

/** The limit of a recipient's domain: its own, else a bucket of its own with the limit named `*`. */
export function bucketOf(
  domainRates: NonNullable<EmailOptions['domainRates']>,
): NonNullable<ChannelLimits['bucket']> {
  const rates = new Map(Object.entries(domainRates))
  return (address) => {
    const domain = address.slice(address.lastIndexOf('@') + 1).toLowerCase()
    const rate = rates.get(domain) ?? rates.get('*')
    return rate === undefined ? undefined : { key: domain, rate }
  }
}
