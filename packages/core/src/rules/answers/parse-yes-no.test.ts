import { expect, it } from 'vitest'
import { yesNo, type AnswerInput, type AnswerSpec } from '../../model/answer.ts'
import { parseAnswer } from './parse-answer.ts'

const says = (spec: AnswerSpec, text: string) => parseAnswer(spec, { kind: 'text', text }, 'en')
const fields = (fields: Readonly<Record<string, readonly string[]>>): AnswerInput => ({
  kind: 'fields',
  fields,
})

const { spec } = yesNo()

it.each([
  'yes',
  'Yes',
  'YES!',
  ' yes ',
  'y',
  'Y.',
  'yeah',
  'Yep',
  'sure',
  'Sure!',
  'OK',
  'okay',
  'of course',
  'Yes, please.',
  'yes please',
  'yes, thanks',
  'Yes thank you!!!',
  'Yes :)',
  'yes 🙂',
  '"Yes"',
  '*Yes*',
  '«Да»',
  'yes\u00a0',
  '\u200byes\u200d',
  '\ufeffyes',
  'ＹＥＳ',
  'Hi, yes!',
  'Yes, I’ll be there',
  "yes, I'd love to",
  'yes, see you there!',
  'yes yes',
  'да',
  'ДА',
  'Да.',
  'да, приду',
  'Да, спасибо!',
  'Да, я приду. Спасибо большое!',
  'конечно',
  'да)))',
  'Ja',
  'ja, gerne',
  'Ja, ich komme',
  'Na klar!',
  'Sí',
  'sí, gracias',
  '¡Sí!',
  'Si',
  'claro que sí',
  'Oui',
  'oui, avec plaisir',
  'Bien sûr',
  "D'accord",
  'D’accord',
  'Sim',
  'sim, obrigada',
  '👍',
  '👍🏽',
  '👍👍',
  '✅',
  '✔️',
  '☑️',
  '+',
  'yes 👍',
  'Yes\n\nThanks',
  'Yes!\n\nThanks,\nAnn',
  'Yes\n\nAnn',
  'Yes\n-- \nAnn, but not today',
  'Yes\r\n\r\nSent from my iPhone',
  'Hello,\n\nyes',
  'Hi Ann,\n\nYes, thank you!\n\nKind regards,\nJohn D. Smith\nACME Ltd\n+44 20 7946 0000',
  'Да\n\nС уважением,\nИван Петров',
  'Ja\n\nMit freundlichen Grüßen\nAnna-Lena Weiß',
  'Oui\n\nCordialement,\nÉlodie',
  'да\n\nОтправлено с iPhone',
])('takes %j as yes', (answer) => {
  expect(says(spec, answer)).toEqual({ status: 'understood', value: true, stance: 'accepted' })
})

it.each([
  'no',
  'No',
  'NO.',
  'n',
  'nope',
  'No thanks',
  'no, thank you',
  'No, sorry!',
  "No, I can't make it",
  'no, I’m not coming',
  'нет',
  'Нет, спасибо',
  'нет, не приду',
  'К сожалению, нет',
  'Nein',
  'nein danke',
  'Leider nein',
  'Nein, ich kann nicht',
  'No, gracias',
  'lo siento, no',
  'Non',
  'non merci',
  'Não',
  'não, obrigado',
  '👎',
  '👎🏿',
  '❌',
  '✖️',
  'no 😢',
  'No\n\nBest,\nAnn',
  'no, maybe next time',
])('takes %j as no', (answer) => {
  expect(says(spec, answer)).toEqual({ status: 'understood', value: false, stance: 'declined' })
})

it.each([
  '',
  ' ',
  '\u200b',
  'yes?',
  'yes!?',
  'no?',
  'maybe',
  'может быть',
  'vielleicht',
  'yes and no',
  'yes or no',
  'Yes/No',
  'not sure',
  'sure not',
  'I would love to but can’t',
  "no problem, I'm coming",
  'no problem',
  "I'll be there",
  'приду',
  'thanks',
  'Thank you!',
  'да нет',
  'да нет наверное',
  'ja nein',
  'jein',
  'yes, but later',
  'yes if it does not rain',
  'Yes\nno',
  'Yes\n\nBut I may be late',
  'Yes\n\nTomorrow',
  'Yes\nNever',
  'Yes\n\nWhat time?',
  'Yes. No.',
  'yes, no',
  'no, ok',
  'no no yes',
  '👍👎',
  '👍 👎',
  'yes 👎',
  'yes 🤔',
  'да 😢',
  'not yes',
  'yesno',
  'yesterday',
  'nobody',
  'не',
  'не знаю',
  'ok not',
  'why not',
  'Why not?',
  'leider ja',
  'no, see you there',
  'Yes\n\nKind regards,\nAnn\nP.S. not before 8',
  'I cannot say yes',
  'no one',
  'yes 3',
  'please',
  'Can we move it to 9?',
  'y n',
  'STOP',
  'unsubscribe',
  '__proto__',
  'constructor',
  '-',
  '<b>yes</b>',
  "yes'; drop table",
])('does not guess what %j means', (answer) => {
  const parsed = says(spec, answer)
  expect(parsed.status).toBe('unclear')
  expect(parsed).toHaveProperty('hint', 'Please answer "yes" or "no", nothing else.')
})

it('refuses a number, which is another type of answer', () => {
  expect(says(spec, '5').status).toBe('refused')
})

it('takes buttons, fields and values only exactly', () => {
  expect(parseAnswer(spec, { kind: 'option', value: 'yes' }, 'en')).toHaveProperty('value', true)
  expect(parseAnswer(spec, { kind: 'option', value: 'no' }, 'en')).toHaveProperty('value', false)
  expect(parseAnswer(spec, { kind: 'option', value: 'maybe' }, 'en').status).toBe('refused')
  expect(parseAnswer(spec, fields({ answer: ['no'] }), 'en')).toHaveProperty('value', false)
  expect(parseAnswer(spec, fields({ answer: ['yes', 'no'] }), 'en').status).toBe('refused')
  expect(parseAnswer(spec, fields({}), 'en').status).toBe('refused')
  expect(parseAnswer(spec, { kind: 'value', value: true }, 'en')).toHaveProperty('stance', 'accepted')
  for (const value of ['yes', 1, null, undefined, {}, []])
    expect(parseAnswer(spec, { kind: 'value', value }, 'en').status).toBe('refused')
})

it('gives the hint in the language of the person', () => {
  expect(parseAnswer(spec, { kind: 'text', text: 'хм' }, 'ru-RU')).toEqual({
    status: 'unclear',
    hint: 'Пожалуйста, ответьте только «да» или «нет».',
  })
  expect(parseAnswer(spec, { kind: 'text', text: 'hm' }, 'xx-nonsense')).toHaveProperty(
    'hint',
    'Please answer "yes" or "no", nothing else.',
  )
})
