import type { AnswerHints } from './hint-table.ts'
import { listOptions } from './list-options.ts'

/** Hints in French. */
export const french: AnswerHints = {
  yesNo: 'Répondez seulement « oui » ou « non », svp.',
  rsvp: (maxParty) =>
    `Répondez « oui », « non » ou « peut-être »${maxParty > 1 ? ', et combien vous êtes : « oui, 2 »' : ''}, svp.`,
  party: (maxParty) =>
    maxParty > 1
      ? `Le nombre de personnes doit être un nombre entier de 1 à ${maxParty}.`
      : 'Cette invitation est pour une seule personne.',
  chooseOne: (options) => `Choisissez un de ces choix, par numéro ou par nom, svp : ${listOptions(options)}.`,
  chooseSome: (options) =>
    `Choisissez parmi ces choix, par numéro ou par nom, séparés par des virgules, svp : ${listOptions(options)}.`,
  writeOne: (options) => `Écrivez un de ces choix tel qu'il est ici, svp : ${listOptions(options)}.`,
  writeSome: (options) =>
    `Écrivez vos choix tels qu'ils sont ici, séparés par des virgules, svp : ${listOptions(options)}.`,
  onlyOne: (options) => `Choisissez un seul de ces choix, svp : ${listOptions(options)}.`,
  optionNumber: (count) => `Choisissez un numéro de 1 à ${count}, svp.`,
  textMissing: 'Écrivez quelque chose, svp.',
  textTooLong: (maxLength, length) =>
    `Écrivez au plus ${maxLength} caractères, svp ; il y en avait ${length}.`,
  number: (integer) =>
    integer
      ? 'Envoyez un nombre entier, par exemple 3, svp.'
      : 'Envoyez un nombre, par exemple 3 ou 2,5, svp.',
  numberAmbiguous: (grouped, decimal) =>
    `Ce nombre peut se lire de deux façons. Écrivez ${grouped} ou ${decimal}, svp.`,
  numberTooLong: 'Ce nombre est trop long. Envoyez-en un de 15 chiffres au plus, svp.',
  numberWhole: 'Envoyez un nombre entier, svp.',
  atLeast: (least) => `Le nombre doit être ${least} ou plus.`,
  atMost: (most) => `Le nombre doit être ${most} ou moins.`,
  date: 'Envoyez une date sous la forme année-mois-jour, par exemple 2027-03-31, svp.',
  dateAmbiguous: (dayFirst, monthFirst) =>
    `Cette date peut se lire de deux façons. Écrivez ${dayFirst} ou ${monthFirst}, svp.`,
  dateImpossible:
    "Ce jour n'existe pas. Envoyez une date sous la forme année-mois-jour, par exemple 2027-03-31, svp.",
  dateEarliest: (earliest) => `La date doit être le ${earliest} ou après.`,
  dateLatest: (latest) => `La date doit être le ${latest} ou avant.`,
  formElsewhere: 'Répondez sur la page du lien dans le message, svp.',
  formUnreadable: 'Ce formulaire ne peut pas être rempli. Prévenez la personne qui demande, svp.',
  fieldMissing: (field) => `Remplissez « ${field} », svp.`,
  fieldRepeated: (field) => `Remplissez « ${field} » une seule fois, svp.`,
  field: (field, hint) => `« ${field} » : ${hint}`,
  fieldWrong: "Vérifiez cette réponse, svp ; elle n'est pas du type demandé.",
  email: 'Écrivez une adresse e-mail, par exemple ann@example.com, svp.',
  webAddress: 'Écrivez une adresse web, par exemple https://example.com, svp.',
  time: 'Écrivez une heure sous la forme heures:minutes, par exemple 18:30, svp.',
  shortest: (length) => `Écrivez au moins ${length} caractères, svp.`,
  longest: (length) => `Écrivez au plus ${length} caractères, svp.`,
  fewest: (count) => `Donnez-en au moins ${count}, svp.`,
  most: (count) => `Donnez-en au plus ${count}, svp.`,
}
