import assert from 'node:assert/strict'
import { maxTextLength as longestText } from '../../model/message.ts'
import {
  answerKinds,
  keptLog,
  sampleAnswer,
  sampleLinks,
  sampleOutbound,
  sampleText,
  send,
  type ChannelBench,
} from '../channel-bench.ts'
import type { Questions } from '../contract.ts'

async function onlyReceived({ provider }: ChannelBench): Promise<string> {
  const received = await provider.received()
  assert.equal(received.length, 1)
  return received[0] ?? ''
}

/** Whether what people read is what was written, and nothing else. */
export const contentQuestions = {
  'every answer it declares is asked for with its buttons': async (bench) => {
    for (const kind of bench.channel.supports.answers) {
      const answer = sampleAnswer(kind)
      const before = (await bench.provider.received()).length
      assert.equal((await send(bench, bench.channel, { message: { answer } })).status, 'accepted', kind)
      const [text = ''] = (await bench.provider.received()).slice(before)
      assert.ok(text.includes(sampleText), kind)
      // A medium without buttons may write them its own way: YES or NO.
      for (const { label } of answer.actions)
        assert.ok(text.toLowerCase().includes(label.toLowerCase()), `${kind}: "${label}" is there`)
    }
  },

  'an answer it does not carry itself travels by its link, or is refused': async (bench) => {
    const { answers, links } = bench.channel.supports
    for (const kind of answerKinds.filter((known) => !answers.includes(known))) {
      const before = (await bench.provider.received()).length
      const { status } = await send(bench, bench.channel, { message: { answer: sampleAnswer(kind) } })
      const received = (await bench.provider.received()).slice(before)
      if (links) assert.ok(received[0]?.includes(sampleLinks.respond), `${kind}: the link is there`)
      else assert.deepEqual([status, received], ['permanent_content', []], kind)
    }
  },

  'a notice without a name, an asker or links goes out': async (bench) => {
    const { channel, address } = bench
    const { answer: _answer, replyToken: _token, ...rest } = sampleOutbound(address)
    const notice = {
      ...rest,
      to: { address },
      originator: null,
      links: {},
      content: { text: 'Doors open at 7.' },
    }
    const signal = new AbortController().signal
    const context = { ...keptLog().context, signal, attempt: 0, idempotencyKey: 'contract-notice.0.0' }
    const outcome = await channel.send(notice, context)
    assert.equal(outcome.status, 'accepted')
    assert.ok((await onlyReceived(bench)).includes('Doors open at 7.'))
  },

  'emoji, right-to-left text, markup and quotes arrive as they were written': async (bench) => {
    const text = `Pâté 🍝 👩‍👩‍👧 שלום مرحبا <b>not bold</b> & "quoted" 'so' *stars* _lines_ \`ticks\` {{name}} %s 100%`
    assert.equal((await send(bench, bench.channel, { message: { content: { text } } })).status, 'accepted')
    assert.ok((await onlyReceived(bench)).includes(text))
  },

  'no name or subject can add a line to the message': async (bench) => {
    const injected = 'X-Injected: yes'
    const evil = `Ann\r\n${injected}\r\n\r\n${injected}\u2028${injected}\n.\r\nRSET`
    const message = {
      to: { address: bench.address, name: evil },
      originator: { name: evil },
      content: { subject: evil, text: sampleText },
    }
    const { status } = await send(bench, bench.channel, { message })
    assert.ok(['accepted', 'permanent_content'].includes(status), `it is not ${status}`)
    for (const text of await bench.provider.received())
      assert.ok(!text.split(/\r\n|[\r\n\u2028\u2029]/).includes(injected), 'a line was added')
    assert.equal((await send(bench, bench.channel)).status, 'accepted', 'the next message goes out')
  },

  'a text that ends transmissions elsewhere ends nothing': async (bench) => {
    const text = 'before\r\n.\r\nQUIT\r\n--boundary--\r\n\u0000\u0004after'
    const { status } = await send(bench, bench.channel, { message: { content: { text } } })
    assert.ok(['accepted', 'permanent_content'].includes(status), `it is not ${status}`)
    if (status === 'accepted') assert.ok((await onlyReceived(bench)).includes('after'))
  },

  'the longest text the engine takes goes out whole, or is refused as too long': async (bench) => {
    const { maxTextLength = longestText } = bench.channel.supports
    const text = 'ÿ'.repeat(Math.min(longestText, maxTextLength))
    assert.equal((await send(bench, bench.channel, { message: { content: { text } } })).status, 'accepted')
    assert.ok((await onlyReceived(bench)).replaceAll(/\s/g, '').includes(text))
  },

  'a text longer than it declares is refused, not cut': async (bench) => {
    const { maxTextLength } = bench.channel.supports
    if (maxTextLength === undefined) return
    const text = 'x'.repeat(maxTextLength + 1)
    const { status } = await send(bench, bench.channel, { message: { content: { text } } })
    assert.equal(status, 'permanent_content')
    assert.deepEqual(await bench.provider.received(), [])
  },
} satisfies Questions<ChannelBench>
