import { findAnswerLine } from './answers/find-answer-line.ts'

/** What a person asks for who wants no more messages, wants them again, or asks how this works. */
export type ConsentWord = 'stop' | 'start' | 'help'

/**
 * Reads a message that as a whole asks to stop, to start again, or for help: a word carriers know (`STOP`, `ОТПИСАТЬСЯ`),
 * a bot's command (`/stop`, `/stop@a_bot`), or an unmistakable phrase ("please stop texting me"). English, Russian, German,
 * Spanish, French and Portuguese, whatever the person's language. Case, accents, punctuation, pictures, "please" and
 * "thanks" around it, and a signature below it change nothing.
 *
 * @returns `undefined` for everything else. It is never guessed: "don't stop", "stop by at 8" and "we stop at 9" are
 *   sentences, and the words that may be answers are for {@link readCollidingWord}
 */
export function readConsentWord(text: string): ConsentWord | undefined {
  const read = readWords(wordsOf(text))
  if (read !== undefined) return read
  const line = findAnswerLine(text)
  // A line above it, even a greeting, may turn its meaning round.
  return line !== undefined && text.trim().startsWith(line) ? readWords(wordsOf(line)) : undefined
}

/**
 * Reads a message that is nothing but a word carriers and Twilio take for a consent word, although it may as well be an
 * answer: `END`, `QUIT`, `CANCEL`, `CANCELAR`, `TD` (stop) and `YES` (start).
 *
 * How a channel uses it: at a `stop` the carrier has already blocked the number, so the channel reports `opted_out`, and
 * passes the words on as an answer with `onlyIfClear: true`, since `CANCEL` may be the option that was meant. A `start`
 * never subscribes anybody again by itself: it is an answer like any other, unless the provider says that it took it for
 * an opt-in.
 *
 * @see https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out (STOP, UNSUBSCRIBE, END, QUIT, STOPALL, REVOKE,
 *   OPTOUT, CANCEL; START, YES, UNSTOP; HELP, INFO; seen 2026-11-22); AWS adds ARRET, REMOVE, TD, OPT-OUT
 */
export function readCollidingWord(text: string): 'stop' | 'start' | undefined {
  const words = wordsOf(text)
  return words.length === 1 ? colliding.get(words[0] ?? '') : undefined
}

const colliding: ReadonlyMap<string, 'stop' | 'start'> = new Map([
  ['end', 'stop'],
  ['quit', 'stop'],
  ['cancel', 'stop'],
  ['cancelar', 'stop'],
  ['td', 'stop'],
  ['yes', 'start'],
])

/** Longer messages are letters. */
const longestText = 5_000

/** Words and phrases, separated by commas. Add a language by adding a line. */
const phrases: Readonly<Record<ConsentWord, readonly string[]>> = {
  stop: [
    `stop, stopall, stop all, unsubscribe, unsubscribe me, revoke, optout, opt out, opt me out, remove, remove me,
     stop texting, stop messaging, stop spamming, stop spam, stop sms, stop now, stop immediately,
     cancel my subscription, cancel subscription`,
    `стоп, отписаться, отписка, отпишите, отпишите меня, отпиши меня, отменить подписку, удалите меня`,
    `stopp, abmelden, abbestellen, austragen`,
    `baja, alto, darme de baja, dame de baja, denme de baja, cancelar suscripción, cancelar la suscripción`,
    `arrêt, arrêter, arrêtez, désabonner, désabonnement, se désabonner, me désabonner, désabonnez moi,
     désinscrire, désinscription, me désinscrire, désinscrivez moi`,
    `parar, pare, sair, descadastrar, desinscrever, cancelar inscrição, cancelar assinatura,
     cancelar a inscrição, cancelar a assinatura`,
  ],
  // Without "anmelden" and "inscribirme": to an invitation they say "I am coming".
  start: [
    'start, unstop, subscribe, resubscribe, optin, opt in, opt me in',
    'старт, подписаться, подписка',
    'alta, darme de alta',
    'démarrer, réabonner, me réabonner',
    'iniciar',
  ],
  help: [
    'help, help me, info, information',
    'помощь, помогите, справка, инфо',
    'hilfe',
    'ayuda',
    'aide',
    'ajuda',
  ],
}

/** Sentences that ask to stop and can mean nothing else, as {@link wordsOf} leaves them: lower case, without accents. */
const stopSentences: readonly RegExp[] = [
  /^stop (?:texting|messaging|contacting|emailing|mailing|writing|spamming|calling) (?:me|us)(?: again| anymore| any more| now)?$/,
  /^stop sending(?: me| us)?(?: these| the| your| any| any more| more| all)? (?:messages|texts|sms|emails|mails|notifications|reminders|invitations)$/,
  /^stop (?:all |the |these |your |all the )?(?:messages|texts|emails|mails|notifications|reminders)$/,
  /^(?:remove|take|delete|unsubscribe) me (?:from|off) (?:your|this|the) (?:mailing )?list$/,
  /^i (?:want|would like|wish) to (?:unsubscribe|opt out)$/,
  /^(?:do not|don't|dont) (?:text|message|contact|email|write to|write|call) me (?:again|anymore|any more|ever again)$/,
  /^no more (?:messages|texts|sms|emails|mails)$/,
  /^(?:не пишите(?: мне)? больше|больше не пишите(?: мне)?|не пиши(?: мне)? больше|больше не пиши(?: мне)?)$/,
  /^(?:больше не (?:присылаите|присылать)|не присылаите(?: мне)? больше)(?: мне)?(?: сообщении| сообщения| смс)?$/,
  /^(?:прекратите|остановите) (?:рассылку|писать мне|мне писать)$|^удалите меня из (?:списка|рассылки)$/,
  /^keine (?:nachrichten|sms|mails|e mails|emails) mehr(?: senden| schicken)?$|^(?:schreib|schreibt|schreiben sie) mir nicht mehr$/,
  /^no me (?:escriban|escribas|escriba) mas$|^no me (?:envien|envies|envie|manden|mandes|mande) mas (?:mensajes|sms)$/,
  /^(?:deja|deje|dejen) de (?:escribirme|enviarme mensajes|mandarme mensajes)$|^no mas mensajes$/,
  /^arretez? de m'(?:ecrire|envoyer des (?:messages|sms))$|^ne m'(?:ecrivez|ecris|envoyez) plus(?: de messages| de sms)?$/,
  /^(?:pare|parem|para) de me (?:escrever|(?:mandar|enviar) (?:mensagens|sms))$|^nao me (?:mande|mandem|envie|enviem) mais mensagens$/,
]

/** Words that may stand around a consent word and add nothing to it. Greetings and thanks that may be answers are left out. */
const courtesies: readonly string[] = [
  'please, pls, plz, thanks, thank you, thx, hi, hello, hey',
  'пожалуйста, спасибо, здравствуйте, добрый день',
  'bitte, danke, hallo',
  'por favor, gracias, hola',
  "s'il vous plaît, s'il te plaît, svp, stp, merci, bonjour",
  'obrigado, obrigada, olá',
]
const longestCourtesy = 4

function readWords(words: readonly string[]): ConsentWord | undefined {
  const core = withoutRepeats(withoutCourtesies(words)).join(' ')
  if (core === '') return undefined
  const sense = known().phrases.get(core)
  if (sense !== undefined) return sense
  return stopSentences.some((sentence) => sentence.test(core)) ? 'stop' : undefined
}

function withoutCourtesies(words: readonly string[]): readonly string[] {
  for (let length = Math.min(longestCourtesy, words.length - 1); length > 0; length -= 1) {
    if (known().courtesies.has(words.slice(0, length).join(' ')))
      return withoutCourtesies(words.slice(length))
    if (known().courtesies.has(words.slice(-length).join(' ')))
      return withoutCourtesies(words.slice(0, -length))
  }
  return words
}

/** "STOP STOP STOP" is "STOP". */
function withoutRepeats(words: readonly string[]): readonly string[] {
  return new Set(words).size === 1 ? words.slice(0, 1) : words
}

/** A picture, or a digit in a box: both must go before compatibility forms are unfolded, or they turn into letters. */
const picture = /[0-9#*]\ufe0f?\u20e3|\p{Extended_Pictographic}/gu

/** The words of a short text in one spelling: letters and digits in lower case without accents, apostrophes inside words. */
function wordsOf(text: string): readonly string[] {
  if (text.length > longestText) return []
  return (
    text
      .replace(picture, ' ')
      .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
      .normalize('NFKD')
      .replace(/\p{M}/gu, '')
      .replace(/[\u2018\u2019\u201b\u02bc\u00b4`]/g, "'")
      .toLowerCase()
      // A command in a group names the bot it is for.
      .replace(/^(\s*\/[a-z]+)@\w+(?=\s*$)/, '$1')
      .split(/[^\p{L}\p{N}']+/u)
      .map((word) => word.replace(/^'+|'+$/g, ''))
      .filter((word) => word !== '')
  )
}

interface Known {
  readonly phrases: ReadonlyMap<string, ConsentWord>
  readonly courtesies: ReadonlySet<string>
}

let built: Known | undefined

/** Built with the first message: a program that only sends need not wait for it when it starts. */
function known(): Known {
  built ??= {
    phrases: new Map(
      (['stop', 'start', 'help'] as const).flatMap((sense) =>
        spell(phrases[sense]).map((phrase) => [phrase, sense] as const),
      ),
    ),
    courtesies: new Set(spell(courtesies)),
  }
  return built
}

function spell(lists: readonly string[]): readonly string[] {
  return lists.flatMap((list) => list.split(',').map((phrase) => wordsOf(phrase).join(' ')))
}
