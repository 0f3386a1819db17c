import assert from 'node:assert/strict'
import { isInviteMeError } from '../../model/error.ts'
import { channelNameSchema } from '../../model/route.ts'
import { answerKinds, messageOfOurs, type ChannelBench } from '../channel-bench.ts'
import type { Questions } from '../contract.ts'

const positive = (value: number | undefined): boolean =>
  value === undefined || (Number.isInteger(value) && value > 0)
const distinct = (values: readonly string[]): boolean => new Set(values).size === values.length

/** Whether a channel can be made, and says of itself what is so. */
export const optionQuestions = {
  'its name is lower-case words, and what it supports is known to the engine': async ({ channel }) => {
    assert.ok(channelNameSchema.safeParse(channel.name).success, `"${channel.name}" is no name for a channel`)
    const { answers, links, tokens, reports, idempotent, maxTextLength } = channel.supports
    assert.ok(answers.every((kind) => answerKinds.includes(kind)) && distinct(answers))
    assert.ok(
      tokens.every((token) => ['respond', 'unsubscribe', 'reply'].includes(token)) && distinct(tokens),
    )
    assert.ok(reports.every((report) => ['delivered', 'read'].includes(report)) && distinct(reports))
    assert.equal(typeof links, 'boolean')
    assert.equal(typeof idempotent, 'boolean')
    assert.ok(positive(maxTextLength))
  },

  'its limits are numbers the engine can keep to': async ({ channel }) => {
    const { concurrency, rate, timeoutMs } = channel.limits ?? {}
    assert.ok(positive(concurrency) && positive(timeoutMs) && positive(rate?.count) && positive(rate?.perMs))
  },

  'bad options are refused with the name of the field, and no value is repeated': async ({
    badOptions,
    secret,
  }) => {
    assert.ok(Object.keys(badOptions).length > 0, 'give at least one bad option')
    for (const [field, make] of Object.entries(badOptions)) {
      assert.throws(make, (error) => {
        const message = messageOfOurs(error)
        assert.ok(isInviteMeError(error))
        assert.equal(error.code, 'OPTIONS_INVALID')
        assert.equal(error.field, field)
        assert.ok(message.includes(field), `the message names "${field}": ${message}`)
        assert.ok(secret === undefined || !message.includes(secret), 'the secret is not repeated')
        return true
      })
    }
  },
} satisfies Questions<ChannelBench>
