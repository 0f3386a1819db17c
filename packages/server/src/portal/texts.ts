import { chooseLanguage } from './choose-language.ts'

/** What the page of preferences says. */
export interface PreferenceTexts {
  readonly title: string
  readonly lead: string
  readonly saved: string
  readonly kinds: string
  readonly kindsHelp: string
  readonly kind: string
  readonly anything: string
  readonly always: string
  /** Name of one check box: a kind of message, and the channel. */
  readonly kindBy: (kind: string, channel: string) => string
  readonly stopped: (channel: string) => string
  readonly order: string
  readonly orderHelp: string
  readonly place: (number: number) => string
  readonly hours: string
  readonly hoursHelp: string
  readonly usualHours: string
  readonly anyHour: string
  readonly ownHours: string
  readonly from: (day: string) => string
  readonly to: (day: string) => string
  readonly zone: string
  readonly zoneHelp: string
  readonly noZone: string
  readonly save: string
  readonly noHours: string
  readonly halfHours: (day: string) => string
  readonly expiredText: string
}

/** Everything a page says by itself, in one language. What people wrote is never in here. */
export interface PortalTexts {
  readonly asks: (name: string) => string
  readonly writes: (name: string) => string
  readonly asksNobody: string
  readonly answerUntil: string
  readonly changeUntil: string
  readonly currentAnswer: string
  readonly changeBelow: string
  readonly chosen: (answer: string) => string
  readonly confirm: (answer: string) => string
  readonly insteadAnswer: (answer: string) => string
  readonly send: string
  readonly sendChange: string
  readonly yourAnswer: string
  readonly chooseOne: string
  readonly chooseSome: string
  readonly textLimit: (most: number) => string
  readonly numberBetween: (least: string, most: string) => string
  readonly numberFrom: (least: string) => string
  readonly numberUpTo: (most: string) => string
  readonly dateBetween: (earliest: string, latest: string) => string
  readonly dateFrom: (earliest: string) => string
  readonly dateUpTo: (latest: string) => string
  readonly party: string
  readonly partyHelp: (most: number) => string
  readonly lineEach: string
  readonly nothingChosen: string
  readonly required: string
  readonly requiredMark: string
  readonly noAnswerWanted: string
  readonly thanks: string
  readonly answeredWith: string
  readonly changeLink: string
  readonly canClose: string
  readonly tooOldNote: string
  readonly closedTitle: Readonly<Record<'expired' | 'cancelled' | 'superseded' | 'closed', string>>
  readonly closedText: Readonly<Record<'expired' | 'cancelled' | 'superseded' | 'closed', string>>
  readonly closedAnswer: string
  readonly expiredTitle: string
  readonly expiredText: string
  readonly renew: string
  readonly notRenewable: string
  readonly renewedTitle: string
  readonly renewedText: string
  readonly unsubscribeTitle: (channel: string) => string
  readonly unsubscribeText: (channel: string) => string
  readonly unsubscribe: string
  readonly unsubscribedTitle: string
  readonly unsubscribedText: string
  readonly unsubscribeKindTitle: (kind: string, channel: string) => string
  readonly unsubscribeKindText: (channel: string) => string
  readonly unsubscribeKind: (kind: string) => string
  readonly unsubscribeEverything: (channel: string) => string
  readonly unsubscribedKindText: (kind: string, channel: string) => string
  readonly allPreferences: string
  readonly preferences: PreferenceTexts
  /** How a channel is called in a sentence; a channel not named here goes by its own name. */
  readonly channels: ReadonlyMap<string, string>
  readonly thisChannel: string
  readonly unknownTitle: string
  readonly unknownText: string
  readonly methodTitle: string
  readonly methodText: string
  readonly tooLargeTitle: string
  readonly tooLargeText: string
  readonly unreadableTitle: string
  readonly unreadableText: string
  readonly failedTitle: string
  readonly failedText: string
  /** Page title while a problem stands in the form. */
  readonly problem: string
}

const en: PortalTexts = {
  asks: (name) => `${name} asks`,
  writes: (name) => `${name} writes`,
  asksNobody: 'A question for you',
  answerUntil: 'Please answer by',
  changeUntil: 'You can change it until',
  currentAnswer: 'Your answer so far',
  changeBelow: 'You can change it below.',
  chosen: (answer) => `You chose “${answer}”. Press the button to confirm it.`,
  confirm: (answer) => `Confirm: ${answer}`,
  insteadAnswer: (answer) => `No, I answer: ${answer}`,
  send: 'Send my answer',
  sendChange: 'Change my answer',
  yourAnswer: 'Your answer',
  chooseOne: 'Choose one',
  chooseSome: 'Choose one or more',
  textLimit: (most) => `At most ${most.toLocaleString('en')} characters.`,
  numberBetween: (least, most) => `From ${least} to ${most}.`,
  numberFrom: (least) => `${least} or more.`,
  numberUpTo: (most) => `At most ${most}.`,
  dateBetween: (earliest, latest) => `From ${earliest} to ${latest}.`,
  dateFrom: (earliest) => `From ${earliest} on.`,
  dateUpTo: (latest) => `Not later than ${latest}.`,
  party: 'How many of you are coming?',
  partyHelp: (most) => `You included; at most ${most}.`,
  lineEach: 'One on each line.',
  nothingChosen: 'Please choose',
  required: 'required',
  requiredMark: 'Fields marked with * must be filled in.',
  noAnswerWanted: 'There is nothing to answer here.',
  thanks: 'Thank you!',
  answeredWith: 'You answered',
  changeLink: 'Change my answer',
  canClose: 'You can close this page now.',
  tooOldNote:
    'This page had been open for a long time, so nothing was sent. Please press the button once more.',
  closedTitle: {
    expired: 'The time to answer is over',
    cancelled: 'This question was called off',
    superseded: 'There is a newer question',
    closed: 'This question is closed',
  },
  closedText: {
    expired: 'Answers are no longer taken.',
    cancelled: 'Nobody is waiting for an answer any more.',
    superseded: 'Please look for the newer message and answer there.',
    closed: 'Answers can no longer be given or changed.',
  },
  closedAnswer: 'Your answer was',
  expiredTitle: 'This link has run out',
  expiredText:
    'For your safety, links work only for a while. We can send you a fresh one the same way this one came.',
  renew: 'Send me a fresh link',
  notRenewable:
    'For your safety, links work only for a while. The question behind it needs no answer any more.',
  renewedTitle: 'Look out for a message',
  renewedText: 'If the question is still open, a fresh link is on its way to you, the same way as before.',
  unsubscribeTitle: (channel) => `No more messages by ${channel}?`,
  unsubscribeText: (channel) =>
    `Press the button, and you will get no more messages from us by ${channel} at this address.`,
  unsubscribe: 'Stop these messages',
  unsubscribedTitle: 'Done',
  unsubscribedText: 'You will get no more messages from us at this address.',
  unsubscribeKindTitle: (kind, channel) => `No more “${kind}” by ${channel}?`,
  unsubscribeKindText: (channel) =>
    `You can stop this kind of message alone, or everything we send you by ${channel}.`,
  unsubscribeKind: (kind) => `Stop “${kind}”`,
  unsubscribeEverything: (channel) => `Stop everything by ${channel}`,
  unsubscribedKindText: (kind, channel) => `You will get no more “${kind}” from us by ${channel}.`,
  allPreferences: 'See all my settings',
  preferences: {
    title: 'What may we send you?',
    lead: 'What you change here counts at once, also for messages that are not sent yet.',
    saved: 'Saved.',
    kinds: 'Kinds of messages',
    kindsHelp: 'Choose what you want to get, and how.',
    kind: 'Kind',
    anything: 'Write to me here',
    always: 'always sent',
    kindBy: (kind, channel) => `${kind}, by ${channel}`,
    stopped: (channel) =>
      `By ${channel} you get nothing at present: you asked us to stop there, or the address does not work.`,
    order: 'Order',
    orderHelp: 'We try the first one first.',
    place: (number) => `${String(number)}.`,
    hours: 'Hours',
    hoursHelp: 'What is urgent comes at any time.',
    usualHours: 'The usual hours',
    anyHour: 'At any time',
    ownHours: 'In these hours only; empty days stay quiet',
    from: (day) => `${day}, from`,
    to: (day) => `${day}, to`,
    zone: 'Time zone',
    zoneHelp: 'Hours are by the clock there.',
    noZone: 'Not set',
    save: 'Save',
    noHours: 'Please fill in the hours of at least one day.',
    halfHours: (day) => `${day}: please give both times, the end different from the beginning.`,
    expiredText: 'For your safety, this link worked only for a while. Please open a newer one.',
  },
  channels: new Map([
    ['email', 'e\u2011mail'],
    ['sms', 'SMS'],
    ['twilio-sms', 'SMS'],
    ['telegram', 'Telegram'],
    ['whatsapp', 'WhatsApp'],
    ['in-app', 'in-app message'],
  ]),
  thisChannel: 'this channel',
  unknownTitle: 'Nothing here',
  unknownText: 'This address leads nowhere. Please open the link in your message again, all of it.',
  methodTitle: 'This does not work here',
  methodText: 'Please open the link in your message in a browser.',
  tooLargeTitle: 'That was too much',
  tooLargeText: 'Nothing was sent. Please go back and write a shorter answer.',
  unreadableTitle: 'That could not be read',
  unreadableText: 'Nothing was sent. Please open the link in your message again.',
  failedTitle: 'Something went wrong here',
  failedText: 'It is not your fault. Please try again in a few minutes.',
  problem: 'Please check your answer',
}

const ru: PortalTexts = {
  asks: (name) => `${name} спрашивает`,
  writes: (name) => `${name} пишет`,
  asksNobody: 'Вопрос для вас',
  answerUntil: 'Пожалуйста, ответьте до',
  changeUntil: 'Ответ можно изменить до',
  currentAnswer: 'Ваш ответ сейчас',
  changeBelow: 'Ниже его можно изменить.',
  chosen: (answer) => `Вы выбрали «${answer}». Нажмите кнопку, чтобы подтвердить.`,
  confirm: (answer) => `Подтвердить: ${answer}`,
  insteadAnswer: (answer) => `Нет, мой ответ: ${answer}`,
  send: 'Отправить ответ',
  sendChange: 'Изменить ответ',
  yourAnswer: 'Ваш ответ',
  chooseOne: 'Выберите одно',
  chooseSome: 'Выберите одно или несколько',
  textLimit: (most) => `Не больше ${most.toLocaleString('ru')} знаков.`,
  numberBetween: (least, most) => `От ${least} до ${most}.`,
  numberFrom: (least) => `Не меньше ${least}.`,
  numberUpTo: (most) => `Не больше ${most}.`,
  dateBetween: (earliest, latest) => `С ${earliest} по ${latest}.`,
  dateFrom: (earliest) => `Не раньше ${earliest}.`,
  dateUpTo: (latest) => `Не позже ${latest}.`,
  party: 'Сколько вас придёт?',
  partyHelp: (most) => `Считая вас; не больше ${most}.`,
  lineEach: 'По одному на строке.',
  nothingChosen: 'Выберите',
  required: 'обязательно',
  requiredMark: 'Поля со знаком * нужно заполнить.',
  noAnswerWanted: 'Здесь не нужно отвечать.',
  thanks: 'Спасибо!',
  answeredWith: 'Ваш ответ',
  changeLink: 'Изменить ответ',
  canClose: 'Эту страницу можно закрыть.',
  tooOldNote:
    'Страница была открыта очень долго, и ничего не отправлено. Пожалуйста, нажмите кнопку ещё раз.',
  closedTitle: {
    expired: 'Время для ответа прошло',
    cancelled: 'Вопрос отменён',
    superseded: 'Есть более новый вопрос',
    closed: 'Вопрос закрыт',
  },
  closedText: {
    expired: 'Ответы больше не принимаются.',
    cancelled: 'Ответа больше никто не ждёт.',
    superseded: 'Пожалуйста, найдите более новое сообщение и ответьте там.',
    closed: 'Ответить или изменить ответ больше нельзя.',
  },
  closedAnswer: 'Ваш ответ был',
  expiredTitle: 'Ссылка устарела',
  expiredText:
    'Ради вашей безопасности ссылки действуют недолго. Мы можем прислать новую тем же путём, каким пришла эта.',
  renew: 'Прислать новую ссылку',
  notRenewable:
    'Ради вашей безопасности ссылки действуют недолго. На вопрос за этой ссылкой отвечать уже не нужно.',
  renewedTitle: 'Ждите сообщения',
  renewedText: 'Если вопрос ещё открыт, новая ссылка уже в пути, тем же способом, что и раньше.',
  unsubscribeTitle: (channel) => `Больше не писать (${channel})?`,
  unsubscribeText: (channel) =>
    `Нажмите кнопку, и на этот адрес больше не будет приходить наших сообщений (${channel}).`,
  unsubscribe: 'Больше не присылать',
  unsubscribedTitle: 'Готово',
  unsubscribedText: 'На этот адрес больше не будет приходить наших сообщений.',
  unsubscribeKindTitle: (kind, channel) => `Больше не присылать «${kind}» (${channel})?`,
  unsubscribeKindText: (channel) =>
    `Можно отказаться только от этого вида сообщений или от всего, что мы присылаем (${channel}).`,
  unsubscribeKind: (kind) => `Отказаться от «${kind}»`,
  unsubscribeEverything: (channel) => `Отказаться от всего (${channel})`,
  unsubscribedKindText: (kind, channel) => `Сообщений «${kind}» от нас больше не будет (${channel}).`,
  allPreferences: 'Все мои настройки',
  preferences: {
    title: 'Что вам присылать?',
    lead: 'Изменения действуют сразу, в том числе для ещё не отправленных сообщений.',
    saved: 'Сохранено.',
    kinds: 'Виды сообщений',
    kindsHelp: 'Выберите, что вы хотите получать и как.',
    kind: 'Вид',
    anything: 'Писать сюда',
    always: 'приходит всегда',
    kindBy: (kind, channel) => `${kind}, ${channel}`,
    stopped: (channel) =>
      `Сейчас ничего не приходит (${channel}): вы просили не писать туда, или адрес не работает.`,
    order: 'Порядок',
    orderHelp: 'Сначала мы пробуем первый.',
    place: (number) => `${String(number)}.`,
    hours: 'Часы',
    hoursHelp: 'Срочное приходит в любое время.',
    usualHours: 'Обычные часы',
    anyHour: 'В любое время',
    ownHours: 'Только в эти часы; в пустые дни — тишина',
    from: (day) => `${day}, с`,
    to: (day) => `${day}, до`,
    zone: 'Часовой пояс',
    zoneHelp: 'Часы — по времени этого пояса.',
    noZone: 'Не указан',
    save: 'Сохранить',
    noHours: 'Пожалуйста, укажите часы хотя бы для одного дня.',
    halfHours: (day) => `${day}: укажите оба времени, и конец не равный началу.`,
    expiredText: 'Ради вашей безопасности эта ссылка действовала недолго. Пожалуйста, откройте более новую.',
  },
  channels: new Map([
    ['email', 'почта'],
    ['sms', 'SMS'],
    ['twilio-sms', 'SMS'],
    ['telegram', 'Telegram'],
    ['whatsapp', 'WhatsApp'],
    ['in-app', 'приложение'],
  ]),
  thisChannel: 'этот канал',
  unknownTitle: 'Здесь ничего нет',
  unknownText: 'Этот адрес никуда не ведёт. Пожалуйста, откройте ссылку из сообщения ещё раз, целиком.',
  methodTitle: 'Так это не работает',
  methodText: 'Пожалуйста, откройте ссылку из сообщения в браузере.',
  tooLargeTitle: 'Слишком много',
  tooLargeText: 'Ничего не отправлено. Пожалуйста, вернитесь и напишите короче.',
  unreadableTitle: 'Не удалось прочитать',
  unreadableText: 'Ничего не отправлено. Пожалуйста, откройте ссылку из сообщения ещё раз.',
  failedTitle: 'У нас что-то сломалось',
  failedText: 'Вы ни при чём. Пожалуйста, попробуйте через несколько минут.',
  problem: 'Пожалуйста, проверьте ответ',
}

/** Languages of the pages. Adding one is adding a table: the compiler asks for every text. */
const texts = { en, ru } as const satisfies Readonly<Record<string, PortalTexts>>

/** A language of the pages with its texts. */
export interface PageLanguage {
  /** BCP 47, for `lang` and for writing dates and numbers: the person's own variety when it is this language, `en-GB`. */
  readonly locale: string
  readonly texts: PortalTexts
}

/**
 * Chooses the language of a page.
 *
 * @param wanted locales, best first; unknown ones are passed over and English is the last resort
 */
export function pageLanguage(wanted: readonly string[]): PageLanguage {
  const chosen = chooseLanguage(wanted, Object.keys(texts))
  const language: keyof typeof texts = chosen?.language === 'ru' ? 'ru' : 'en'
  return { locale: chosen?.locale ?? language, texts: texts[language] }
}
