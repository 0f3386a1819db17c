import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { replyText, type ReadableMail } from './reply-text.ts'
import { receiveEmail } from './receive.ts'

const fixtures = new URL('../__fixtures__/email/', import.meta.url)

/** What each client's reply says; the old message, signatures and device lines are gone. */
const replies: readonly (readonly [file: string, text: string])[] = [
  ['gmail-en', 'Yes, with pleasure!'],
  ['gmail-ru', 'Да, приду'],
  ['gmail-de', 'Ja, gerne'],
  ['gmail-es', 'Sí'],
  ['gmail-fr', 'Oui, volontiers'],
  ['gmail-he', 'כן'],
  ['gmail-en-bottom', 'No, I am in Paris'],
  ['gmail-en-html-only', 'Yes\nand my brother too'],
  ['outlook-en', 'Yes'],
  ['outlook-en-original', 'Sushi, please'],
  ['outlook-ru', 'Нет, к сожалению'],
  ['outlook-ru-koi8r', 'Да'],
  ['outlook-de', 'Nein'],
  ['outlook-de-original', 'Ja, zu zweit'],
  ['outlook-es', 'No puedo'],
  ['outlook-fr', 'Oui'],
  ['outlook-web-en', 'Yes, three of us'],
  ['outlook-web-ru', 'Может быть'],
  ['outlook-ios-en', 'No'],
  ['outlook-ios-de', 'Ja'],
  ['apple-iphone-en', 'Yes'],
  ['apple-iphone-ru', 'Да'],
  ['apple-iphone-de', 'Nein, danke'],
  ['apple-iphone-es', 'Sí, dos personas'],
  ['apple-iphone-fr', 'Non'],
  ['apple-mac-en', 'Pizza'],
  ['apple-mac-de-html-only', 'Ja, schön!'],
  ['apple-mac-ru', 'Нет, не смогу'],
  ['thunderbird-en-top', 'Nine'],
  [
    'thunderbird-en-bottom',
    'Yes, we come. It may be a little later than eight because the train is slow on Fridays.',
  ],
  ['thunderbird-en-inline', 'Yes\n\nTwo'],
  ['thunderbird-ru', 'Да'],
  ['thunderbird-de', 'Ja, mit Wein'],
  ['thunderbird-es', 'No'],
  ['thunderbird-fr', 'Oui, à deux'],
  ['yandex-ru', 'Да, буду'],
  ['yandex-ru-header', 'Нет'],
  ['yandex-en', 'Maybe'],
  ['mail-ru', 'Да, спасибо'],
  ['mail-ru-mobile', 'Нет'],
  ['mail-ru-html-only', 'Может быть'],
  ['yahoo-en', 'Yes please'],
  ['samsung-en', 'Yes'],
  ['web-plain-no-quote', 'YES'],
  ['signature-only-dashes', 'No'],
]

describe('a reply as a mail client writes it', () => {
  test.each(replies)('%s', async (file, text) => {
    const request = new Request('http://mail.test/', {
      method: 'POST',
      headers: { 'content-type': 'message/rfc822' },
      body: readFileSync(new URL(`${file}.eml`, fixtures)),
    })
    const facts = await receiveEmail(request, {
      reply: undefined,
      bounce: undefined,
      maxBytes: 100_000,
      now: 0,
    })
    expect(facts).toMatchObject([{ kind: 'answer', input: { kind: 'text', text } }])
  })
})

const quote = '> Dinner on Friday?'

/** Plain text, and what is left of it. */
const texts: readonly (readonly [name: string, text: string, left: string])[] = [
  ['nothing', '', ''],
  ['blank lines', '\n \n\t\n', ''],
  ['one word', 'Yes', 'Yes'],
  ['only a quotation', `${quote}\n>\n> Yes: link`, ''],
  ['a quotation indented by a space', `No\n ${quote}`, 'No'],
  ['a quotation of a quotation', `No\n>> older\n${quote}`, 'No'],
  ['an answer above and one below', `Yes\n\n${quote}\n\nand my wife too`, 'Yes\n\nand my wife too'],
  [
    'a header folded over three lines',
    `Yes\n\nOn Sun, Nov 22, 2026 at 5:00 AM\nDinner at the Lake <dinner@dinner.test>\nwrote:\n\n${quote}`,
    'Yes',
  ],
  [
    'a header with non-breaking spaces',
    `Yes\n\nOn\u00a022\u00a0Nov\u00a02026 at\u00a005:00, Dinner\u00a0wrote:\n${quote}`,
    'Yes',
  ],
  [
    'a header between direction marks',
    `Yes\n\n\u202aOn 22 Nov 2026 at 05:00, Dinner wrote:\u202c\n${quote}`,
    'Yes',
  ],
  [
    'a header with the verb before the date',
    `Ja\n\nDinner <dinner@dinner.test> schrieb am So., 22. Nov. 2026, 05:00:\n\n${quote}`,
    'Ja',
  ],
  [
    'a header in a language we do not know',
    `Sì\n\nIl giorno dom 22 nov 2026 alle ore 05:00 Dinner ha scritto:\n\n${quote}`,
    'Sì',
  ],
  ['an answer right above the header', `Yes\nOn 22 Nov 2026 at 05:00, Dinner wrote:\n${quote}`, 'Yes'],
  [
    'an answer that begins like the header below',
    `Am liebsten ja\nAm 22.11.26 um 05:00 schrieb Dinner:\n${quote}`,
    'Am liebsten ja',
  ],
  [
    'a header without marks below',
    'Yes\n\nOn Sun, Nov 22, 2026, Dinner <dinner@dinner.test> wrote:\nDinner on Friday?\nYes: link',
    'Yes',
  ],
  ['a sentence that only looks like a header', 'On Monday Peter wrote:\nYes', 'On Monday Peter wrote:\nYes'],
  ['a colon in the answer', 'Two things:\nwine and bread', 'Two things:\nwine and bread'],
  ['a time in the answer', 'At 20:00:\nwe come', 'At 20:00:\nwe come'],
  ['one header label in the answer', 'From: the whole family\nYes', 'From: the whole family\nYes'],
  ['travel plans', 'From: Paris\nTo: Berlin\nDate: 3 May', 'From: Paris\nTo: Berlin\nDate: 3 May'],
  [
    'bold header labels',
    'Yes\n\n*From:* Dinner\n*Sent:* Sunday\n*To:* Ann\n*Subject:* Dinner\n\nDinner?',
    'Yes',
  ],
  ['a forwarded message', 'See below\n\nBegin forwarded message:\n\nFrom: Dinner\nYes', 'See below'],
  ['a forwarded message, Gmail', 'See below\n\n---------- Forwarded message ---------\nYes', 'See below'],
  ['a forwarded message in Russian', 'Смотрите\n\n-------- Пересылаемое сообщение --------\nДа', 'Смотрите'],
  ['an original message in Spanish', 'Sí\n\n-----Mensaje original-----\nNo', 'Sí'],
  ['an original message in French', 'Oui\n\n-----Message d’origine-----\nNon', 'Oui'],
  ['a line of underscores', 'Yes\n________________________________\nNo', 'Yes'],
  ['a line of hyphens that means nothing', 'Yes\n----------\nNo', 'Yes\n----------\nNo'],
  ['a signature', 'Yes\n-- \nAnn\nNo longer at Yes Ltd', 'Yes'],
  ['a signature whose space was lost', 'Yes\n--\nAnn', 'Yes'],
  ['a signature with a non-breaking space', 'Yes\n--\u00a0\nAnn', 'Yes'],
  ['a signature above the quotation, an answer below', `--\nAnn\n${quote}\nNo`, 'No'],
  ['kind regards', 'Yes\n\nKind regards,\nAnn Lee\nHead of Sales', 'Yes'],
  ['regards in German', 'Ja\nViele Grüße\nJörg', 'Ja'],
  ['regards in Russian', 'Нет\n\nС уважением,\nАнна', 'Нет'],
  ['regards in Spanish', 'Sí\n\nUn saludo\nLucía', 'Sí'],
  ['regards in French', 'Non\n\nBien à vous,\nChloé', 'Non'],
  ['regards that are the whole message', 'Best regards\nAnn', 'Best regards\nAnn'],
  ['regards inside a sentence', 'Give my best regards to Ann', 'Give my best regards to Ann'],
  ['sent from my iPhone', 'Yes\n\nSent from my iPhone', 'Yes'],
  ['sent from an Android', 'Yes\nSent from Yahoo Mail on Android', 'Yes'],
  ['get Outlook', 'Yes\nGet Outlook for Android<https://aka.example.test/x>', 'Yes'],
  ['Отправлено с iPhone', 'Да\nОтправлено с iPhone', 'Да'],
  ['Отправлено из Яндекс Почты', 'Да\nОтправлено из мобильной Яндекс Почты', 'Да'],
  ['Von meinem iPhone gesendet', 'Ja\nVon meinem iPhone gesendet', 'Ja'],
  ['Von meinem Samsung gesendet', 'Ja\nVon meinem Samsung Galaxy Smartphone gesendet.', 'Ja'],
  ['Enviado desde mi iPhone', 'Sí\nEnviado desde mi iPhone', 'Sí'],
  ['Envoyé de mon iPhone', 'Oui\nEnvoyé de mon iPhone', 'Oui'],
  ['a sentence that begins with sent', 'Sent from the heart: yes', 'Sent from the heart: yes'],
  ['many blank lines', 'Yes\n\n\n\n\nand no', 'Yes\n\nand no'],
  ['carriage returns alone', 'Yes\rOn 22/11/2026 05:00, Dinner wrote:\r> No', 'Yes'],
  ['zero-width spaces', '\u200bYes\ufeff', 'Yes'],
  ['an emoji that needs its joiner', '👩‍🍳 yes', '👩‍🍳 yes'],
]

describe('plain text', () => {
  test.each(texts)('%s', (_name, text, left) => {
    expect(replyText({ text })).toBe(left)
  })

  test('flowed lines are joined, but never with a quotation', () => {
    const text = '> Dinner on \nYes, we \ncome \n> late\nand \n\nleave'
    expect(replyText({ text, format: 'flowed' })).toBe('Yes, we come\nand\nleave')
  })

  test('delsp drops the space that breaks a line', () => {
    expect(replyText({ text: 'да, при \nду', format: 'delsp' })).toBe('да, приду')
  })
})

/** HTML-only mails, and what is left of them. */
const pages: readonly (readonly [name: string, html: string, left: string])[] = [
  ['paragraphs', '<p>Yes</p><p>we come</p>', 'Yes\n\nwe come'],
  ['line breaks', 'Yes<br>we<BR/>come', 'Yes\nwe\ncome'],
  ['entities', 'caf&eacute; &amp; cr&#232;me&#x21;&nbsp;&bogus;', 'café & crème! &bogus;'],
  ['entities out of range', 'a&#0;b&#1114112;c', 'a b c'],
  ['a quotation', 'Yes<blockquote>No</blockquote>', 'Yes'],
  ['nested quotations that are not closed', 'Yes<blockquote><blockquote>No', 'Yes'],
  ['an answer below the quotation', '<blockquote>No</blockquote><div>Yes</div>', 'Yes'],
  ['scripts and styles', '<style>p{}</style><script>"</p>No"</script>Yes<!-- No -->', 'Yes'],
  ['a tag that never ends', 'Yes<div class="', 'Yes'],
  ['a lonely angle bracket', 'I <3 dinners, 1 < 2', 'I <3 dinners, 1 < 2'],
  ['a comment that never ends', 'Yes<!-- No', 'Yes'],
  ['an escaped quotation mark at the start of a line', 'Yes<br>&gt; No', 'Yes'],
]

describe('HTML only', () => {
  test.each(pages)('%s', (_name, html, left) => {
    expect(replyText({ html })).toBe(left)
  })
})

const fragment = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.constantFrom(
    '> ',
    '>',
    '\n',
    '\r\n',
    '\u2028',
    ' ',
    '-- \n',
    'On 22/11/2026 05:00, A wrote:\n',
    'From: A\n',
    'Subject: B\n',
    'Sent: C\n',
  ),
  fc.constantFrom(
    '<',
    '</',
    'blockquote>',
    '<blockquote>',
    '<p>',
    '<br>',
    '<style>',
    '&gt;',
    '&#62;',
    '-----Original Message-----\n',
    '________',
  ),
)
const jumble = fc.array(fragment, { maxLength: 40 }).map((parts) => parts.join(''))

describe('whatever comes', () => {
  test('text: never throws, quotes nothing and grows nothing', () => {
    fc.assert(
      fc.property(jumble, fc.constantFrom('fixed', 'flowed', 'delsp'), (text, format) => {
        const left = replyText({ text, format })
        expect(left.length).toBeLessThanOrEqual(text.length)
        expect(left.split('\n').filter((line) => line.startsWith('>'))).toEqual([])
      }),
      { numRuns: 500, seed: 7 },
    )
  })

  test('HTML: never throws, quotes nothing and grows nothing', () => {
    fc.assert(
      fc.property(jumble, (html) => {
        const left = replyText({ html })
        expect(left.length).toBeLessThanOrEqual(html.length)
        expect(left.split('\n').filter((line) => line.startsWith('>'))).toEqual([])
      }),
      { numRuns: 500, seed: 7 },
    )
  })

  const hyphens = `${'-'.repeat(60)}a\n`.repeat(8_000)
  // What would go over its input again and again would not come to an end in a minute.
  test.each<readonly [string, ReadableMail, number]>([
    ['angle brackets', { html: '<'.repeat(200_000) }, 200_000],
    ['unclosed blocks', { html: '<blockquote><p>a'.repeat(50_000) }, 0],
    ['unclosed styles', { html: '<style>'.repeat(50_000) }, 0],
    ['ends that do not end', { html: `<style>${'</style '.repeat(60_000)}` }, 0],
    ['ampersands', { html: '&'.repeat(500_000) }, 500_000],
    ['spaces', { text: `a${' '.repeat(500_000)}b` }, 500_002],
    ['lines of a header', { text: 'On 22/11/2026 05:00, A\n'.repeat(40_000) }, 919_999],
    ['labels', { text: 'From: a\n'.repeat(60_000) }, 479_999],
    ['hyphens', { text: '-'.repeat(500_000) }, 500_000],
    ['short hyphens', { text: hyphens }, hyphens.length - 1],
    ['verbs', { text: `On ${'wrote '.repeat(60)}2026:\n`.repeat(1_000) }, 0],
  ])(
    'half a megabyte of %s is read to its end',
    (_name, mail, length) => {
      expect(replyText(mail)).toHaveLength(length)
    },
    60_000,
  )
})
