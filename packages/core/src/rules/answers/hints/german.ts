import type { AnswerHints } from './hint-table.ts'
import { listOptions } from './list-options.ts'

/** Hints in German. */
export const german: AnswerHints = {
  yesNo: 'Bitte nur mit „ja“ oder „nein“ antworten.',
  rsvp: (maxParty) =>
    `Bitte mit „ja“, „nein“ oder „vielleicht“ antworten${maxParty > 1 ? ' und mit der Zahl der Personen: „ja, 2“' : ''}.`,
  party: (maxParty) =>
    maxParty > 1
      ? `Die Zahl der Personen muss eine ganze Zahl von 1 bis ${maxParty} sein.`
      : 'Diese Einladung gilt für eine Person.',
  chooseOne: (options) => `Bitte eine davon wählen, mit Nummer oder Namen: ${listOptions(options)}.`,
  chooseSome: (options) =>
    `Bitte daraus wählen, mit Nummern oder Namen, durch Kommas getrennt: ${listOptions(options)}.`,
  writeOne: (options) => `Bitte eine davon so schreiben, wie sie hier steht: ${listOptions(options)}.`,
  writeSome: (options) =>
    `Bitte die Auswahl so schreiben, wie sie hier steht, durch Kommas getrennt: ${listOptions(options)}.`,
  onlyOne: (options) => `Bitte nur eine davon wählen: ${listOptions(options)}.`,
  optionNumber: (count) => `Bitte eine Nummer von 1 bis ${count} wählen.`,
  textMissing: 'Bitte etwas schreiben.',
  textTooLong: (maxLength, length) => `Bitte höchstens ${maxLength} Zeichen schreiben; das waren ${length}.`,
  number: (integer) =>
    integer
      ? 'Bitte eine ganze Zahl senden, zum Beispiel 3.'
      : 'Bitte eine Zahl senden, zum Beispiel 3 oder 2,5.',
  numberAmbiguous: (grouped, decimal) =>
    `Diese Zahl kann zweierlei bedeuten. Bitte ${grouped} oder ${decimal} schreiben.`,
  numberTooLong: 'Diese Zahl ist zu lang. Bitte höchstens 15 Ziffern.',
  numberWhole: 'Bitte eine ganze Zahl senden.',
  atLeast: (least) => `Die Zahl muss mindestens ${least} sein.`,
  atMost: (most) => `Die Zahl darf höchstens ${most} sein.`,
  date: 'Bitte ein Datum als Tag.Monat.Jahr senden, zum Beispiel 31.03.2027.',
  dateAmbiguous: (dayFirst, monthFirst) =>
    `Dieses Datum kann zweierlei bedeuten. Bitte ${dayFirst} oder ${monthFirst} schreiben.`,
  dateImpossible:
    'Diesen Tag gibt es nicht. Bitte ein Datum als Tag.Monat.Jahr senden, zum Beispiel 31.03.2027.',
  dateEarliest: (earliest) => `Das Datum darf nicht vor dem ${earliest} liegen.`,
  dateLatest: (latest) => `Das Datum darf nicht nach dem ${latest} liegen.`,
  formElsewhere: 'Bitte auf der Seite hinter dem Link in der Nachricht antworten.',
  formUnreadable: 'Dieses Formular lässt sich nicht ausfüllen. Bitte der Person Bescheid geben, die fragt.',
  fieldMissing: (field) => `Bitte „${field}“ ausfüllen.`,
  fieldRepeated: (field) => `Bitte „${field}“ nur einmal ausfüllen.`,
  field: (field, hint) => `„${field}“: ${hint}`,
  fieldWrong: 'Bitte diese Antwort prüfen; sie ist nicht von der gefragten Art.',
  email: 'Bitte eine E-Mail-Adresse schreiben, zum Beispiel ann@example.com.',
  webAddress: 'Bitte eine Web-Adresse schreiben, zum Beispiel https://example.com.',
  time: 'Bitte eine Uhrzeit als Stunden:Minuten schreiben, zum Beispiel 18:30.',
  shortest: (length) => `Bitte mindestens ${length} Zeichen schreiben.`,
  longest: (length) => `Bitte höchstens ${length} Zeichen schreiben.`,
  fewest: (count) => `Bitte mindestens ${count} angeben.`,
  most: (count) => `Bitte höchstens ${count} angeben.`,
}
