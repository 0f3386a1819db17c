import assert from 'node:assert/strict'
import type { ChannelBench } from '../channel-bench.ts'
import type { Questions } from '../contract.ts'

/** Whether an address is one address. */
export const addressQuestions = {
  'an address has one spelling, which stays as it is': async ({ channel, address }) => {
    const once = channel.address?.(address)
    assert.ok(once?.ok)
    assert.deepEqual(channel.address?.(once.address), once)
    assert.deepEqual(channel.address?.(`  ${address} `), once)
  },

  'what is no address, or more than one, is refused without being repeated': async (bench) => {
    const { channel, address, badAddresses } = bench
    const hostile = [
      `${address}\r\nBcc: eve@evil.test`,
      `${address}\n`,
      `${address}\u0000`,
      '',
      ' ',
      'x'.repeat(5_000),
    ]
    for (const bad of [...badAddresses, ...hostile.filter((text) => text.trim() !== address)]) {
      const checked = channel.address?.(bad)
      assert.ok(checked?.ok === false, `${JSON.stringify(bad.slice(0, 60))} is refused`)
      assert.ok(checked.reason !== '')
      assert.ok(bad.trim() === '' || !checked.reason.includes(bad), 'the address is not repeated')
    }
  },
} satisfies Questions<ChannelBench>
