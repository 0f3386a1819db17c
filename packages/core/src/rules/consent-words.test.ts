import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readCollidingWord, readConsentWord } from './consent-words.ts'

const stops = [
  'STOP',
  'stopall',
  'Unsubscribe',
  'UNSUBSCRIBE ME',
  'revoke',
  'OPTOUT',
  'opt-out',
  'opt out',
  'ARRET',
  'arrêt',
  'remove me',
  'REMOVE',
  'стоп',
  'Отписаться',
  'Stopp',
  'abmelden',
  'baja',
  'alto',
  'parar',
  'sair',
  'cancelar suscripción',
  'cancelar inscrição',
  'désabonner',
  'stop texting me',
  'stop sending me messages',
  'stop these messages',
  'take me off your list',
  "don't text me again",
  'no more messages',
  'больше не пишите мне',
  'больше не присылайте сообщений',
  'keine Nachrichten mehr',
  'no me escriban más',
  "arrêtez de m'écrire",
  'pare de me mandar mensagens',
]
const starts = ['START', 'unstop', 'subscribe', 'opt in', 'старт', 'подписаться', 'alta', 'iniciar']
const helps = ['HELP', 'info', 'помощь', 'ayuda', 'aide', 'ajuda', 'Hilfe', 'help me']

it.each(stops)('%j asks to stop', (text) => {
  expect(readConsentWord(text)).toBe('stop')
})

it.each(starts)('%j asks to start again', (text) => {
  expect(readConsentWord(text)).toBe('start')
})

it.each(helps)('%j asks for help', (text) => {
  expect(readConsentWord(text)).toBe('help')
})

it.each([
  ['Stop!', 'stop'],
  ['STOP.', 'stop'],
  ['stop please', 'stop'],
  ['please stop texting me', 'stop'],
  ['Hi, please unsubscribe me. Thank you!', 'stop'],
  ['STOP STOP STOP', 'stop'],
  ['stop now', 'stop'],
  ['Пожалуйста, отпишите меня', 'stop'],
  ['Bitte abmelden!', 'stop'],
  ["Désinscrivez-moi s'il vous plaît", 'stop'],
  ['/stop', 'stop'],
  ['/stop@invite_bot', 'stop'],
  ['/start', 'start'],
  ['/help', 'help'],
  ['/HELP@InviteBot ', 'help'],
  ['ＳＴＯＰ', 'stop'],
  ['𝐒𝐓𝐎𝐏', 'stop'],
  ['S\u200bTOP', 'stop'],
  ['Unsubscribe\n\nSent from my iPhone', 'stop'],
  ['STOP\n\nKind regards,\nAnn', 'stop'],
])('reads %j as %s', (text, sense) => {
  expect(readConsentWord(text)).toBe(sense)
})

it.each([
  '',
  '!!!',
  '🛑',
  "Please don't stop",
  "don't stop",
  'Don’t stop!',
  'do not stop',
  'never stop',
  'не останавливайся',
  'не стоп',
  'non-stop',
  'nonstop',
  'stop by at 8',
  'stop by',
  "can't stop laughing",
  'Stopp nicht',
  'nicht abmelden',
  'we stop at 9',
  'bus stop',
  'the last stop',
  'start/stop',
  'stop and start',
  'Stop? No!',
  'yes, stop',
  'no. stop.',
  "I don't want to stop",
  'no pares',
  "n'arrêtez pas",
  'não pare',
  'stop 2',
  '2 stop',
  'stopping',
  'start at 8',
  'we start now and then eat',
  '/start 7f3k2m9q',
  'help yourself',
  'can I help?',
  'Hi all\nplease do not\nstop',
  'Hello don’t,\nstop',
  'yes',
  'no',
  'cancel',
  'END',
  'quit',
  'stop'.repeat(3_000),
])('does not take %j for a consent word', (text) => {
  expect(readConsentWord(text)).toBeUndefined()
})

it.each([
  ['END', 'stop'],
  ['Quit!', 'stop'],
  ['cancel', 'stop'],
  ['Cancelar', 'stop'],
  ['TD', 'stop'],
  ['YES', 'start'],
  ['Yes 👍', 'start'],
  ['STOP', undefined],
  ['cancel it', undefined],
  ['yes please', undefined],
  ['the end', undefined],
  ['sí', undefined],
  ['', undefined],
])('knows that a carrier takes %j for %s', (text, sense) => {
  expect(readCollidingWord(text)).toBe(sense)
})

it('no message is both a consent word and a colliding one', () => {
  for (const text of [...stops, ...starts, ...helps]) expect(readCollidingWord(text)).toBeUndefined()
})

const around = fc
  .array(
    fc.constantFrom(
      '!',
      '.',
      ',',
      '…',
      '"',
      '«',
      '»',
      '(',
      ')',
      '-',
      '—',
      '*',
      '_',
      ' ',
      '\n',
      '\t',
      '\u00a0',
      '\u200b',
      '\ufeff',
      '\u202e',
      '🙏',
      '👍🏽',
      '🙅‍♀️',
      '❤️',
      'ℹ️',
      '1️⃣',
      '🇩🇪',
      '™',
    ),
    { maxLength: 6 },
  )
  .map((parts) => parts.join(''))
const forms: readonly ((text: string) => string)[] = [
  (text) => text.toUpperCase(),
  (text) => text.toLowerCase(),
  (text) => text.normalize('NFD'),
  (text) => text.normalize('NFKC'),
  (text) => text.replaceAll(' ', '  \n'),
  (text) => text.replace(/[!-~]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0)),
]

it('what stands around a word, and how it is spelled, never changes the verdict', () => {
  const sentences = fc.constantFrom(...stops, ...starts, ...helps, "don't stop", 'stop by', 'yes', 'hello')
  fc.assert(
    fc.property(sentences, around, around, fc.constantFrom(...forms), (text, before, after, form) => {
      expect(readConsentWord(before + form(text) + after)).toBe(readConsentWord(text))
      expect(readCollidingWord(before + form(text) + after)).toBe(readCollidingWord(text))
    }),
    { numRuns: 3_000, seed: 20261122 },
  )
})

it('a sentence with a negation before the word never asks to stop', () => {
  const negations = fc.constantFrom(
    "don't",
    'do not',
    'not',
    'never',
    "can't",
    "won't",
    'без',
    'не',
    'никогда не',
    'nicht',
    'kein',
    'nie',
    'no',
    'nunca',
    'ne',
    'jamais',
    'não',
    'nem',
  )
  const between = fc.constantFrom(' ', ', ', '\n', ' please ', ' to ', ' ever ', '! ')
  const before = fc.constantFrom('', 'please ', 'Hello, ', 'I ', 'we ')
  fc.assert(
    fc.property(before, negations, between, fc.constantFrom(...stops), (start, negation, gap, word) => {
      expect(readConsentWord(`${start}${negation}${gap}${word}`)).not.toBe('stop')
    }),
    { numRuns: 3_000, seed: 20261122 },
  )
})

it('never throws and finds nothing in noise', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
      expect([readCollidingWord(text), readConsentWord(text)]).toEqual([undefined, undefined])
    }),
    { numRuns: 2_000, seed: 20261122 },
  )
})
