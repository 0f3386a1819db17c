import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { explainNoKannel, startKannel, type Kannel } from '../../../tests/peers/kannel.ts'
import { outboundMessage, sendContext } from '../../../tests/peers/outbound-message.ts'
import { smscAccount, startSmsc, type Smsc, type SubmittedPart } from '../../../tests/peers/smsc.ts'
import { smpp } from './smpp.ts'

const missing = explainNoKannel()

/** Kannel and our channel hand the same texts to message centres of the same kind; what arrives must be the same bytes. */
describe.skipIf(missing !== undefined)(`compared with Kannel ${missing ?? ''}`, () => {
  let theirs: Smsc
  let ours: Smsc
  let kannel: Kannel
  let channel: ReturnType<typeof smpp>
  beforeAll(async () => {
    theirs = await startSmsc()
    ours = await startSmsc()
    kannel = await startKannel({ smscPort: theirs.port, ...smscAccount })
    channel = smpp({ host: '127.0.0.1', port: ours.port, ...smscAccount, source: '+4915100000000' })
  }, 60_000)
  afterAll(async () => {
    await channel.close?.()
    await kannel.close()
    await theirs.close()
    await ours.close()
  })

  test.each([
    ['a short text', 'Dinner on Friday at 8?'],
    ['160 letters', 'a'.repeat(160)],
    ['161 letters', 'b'.repeat(161)],
    ['200 letters', 'c'.repeat(200)],
    [
      'every letter of the alphabet',
      '@£$¥èéùìòÇ\nØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCXYZÄÖÑÜ§¿abcxyzäöñüà',
    ],
    ['the letters of two places', '^{}\\[~]|€'],
    ['€ in the middle of a long text', `${'a'.repeat(100)}€${'b'.repeat(100)}`],
    ['€ where two parts meet', `${'a'.repeat(152)}€${'b'.repeat(152)}`],
    ['Cyrillic', 'Ужин в пятницу в 8?'],
    ['70 Cyrillic letters', 'ж'.repeat(70)],
    ['150 Cyrillic letters', 'щ'.repeat(150)],
    ['a letter GSM-7 lacks', 'Façade'],
    ['an emoji', 'Dinner 🍝?'],
    ['Arabic', 'العشاء يوم الجمعة الساعة الثامنة'],
  ])('%s', async (_name, text) => {
    const sent = await sendBoth(text)
    expect(sent.ours.map(comparable)).toEqual(sent.theirs.map(comparable))
  })

  test('an emoji where two parts meet is torn by Kannel and kept whole by us; phones show the same', async () => {
    const text = 'Ужин 👍 '.repeat(20)
    const sent = await sendBoth(text)
    expect(sent.ours.map(({ bytes }) => bytes.length)).toEqual([140, 138, 60])
    expect(sent.theirs.map(({ bytes }) => bytes.length)).toEqual([140, 140, 58])
    expect((await ours.received()).at(-1)).toBe(text)
    expect(
      Buffer.concat(sent.theirs.map(({ bytes }) => bytes.subarray(6)))
        .swap16()
        .toString('utf16le'),
    ).toBe(text)
  })

  /** Sends a text both ways and gives what arrived of it. */
  async function sendBoth(text: string): Promise<Record<'ours' | 'theirs', readonly SubmittedPart[]>> {
    const before = { theirs: theirs.parts.length, ours: ours.parts.length }
    expect(await kannel.send({ from: '+4915100000000', to: '+4915123456789', text })).toContain('Accepted')
    const notice = {
      to: { address: '+4915123456789' },
      content: { text },
      originator: null,
      answer: undefined as never,
    }
    expect(await channel.send(outboundMessage(notice), sendContext())).toMatchObject({ status: 'accepted' })
    const sent = ours.parts.slice(before.ours)
    await theirs.waitFor(before.theirs + sent.length)
    return { ours: sent, theirs: theirs.parts.slice(before.theirs) }
  }
})

/** A part without what is each one's own: its reference number. */
function comparable({ bytes, dataCoding, destination, esmClass, source }: SubmittedPart): object {
  const own = Buffer.from(bytes)
  const hasHeader = (esmClass & 0x40) !== 0
  if (hasHeader) own[3] = 0
  return { bytes: own.toString('hex'), dataCoding, destination, source, hasHeader }
}
