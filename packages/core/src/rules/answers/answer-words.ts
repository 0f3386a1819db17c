/**
 * What a phrase says by itself.
 *
 * - `yes`, `no`, `maybe` answer the question
 * - `withYes`, `withNo` may only go along with that answer: "yes, I'll be there". Alone they are no answer, because
 *   "I'll be there" means no when the question was "Shall I cancel?"
 * - `courtesy` may go along with any answer and says nothing: thanks, greetings
 * - `closing` is a courtesy that ends a letter; what follows it is a signature
 * - `doubt` changes what a neighbour means; a line that holds one is never taken for a signature
 */
export type WordSense = 'yes' | 'no' | 'maybe' | 'withYes' | 'withNo' | 'courtesy' | 'closing' | 'doubt'

type Vocabulary = Readonly<Record<WordSense, readonly string[]>>

/** Phrases separated by commas. */
function list(phrases: string): readonly string[] {
  return phrases
    .split(',')
    .map((phrase) => phrase.trim())
    .filter((phrase) => phrase !== '')
}

const english: Vocabulary = {
  yes: list(`
    yes, y, yeah, yea, yep, yup, yes yes, sure, sure thing, ok, okay, of course, certainly, definitely,
    absolutely, gladly, with pleasure, count me in, i'm in, i am in`),
  no: list("no, n, nope, nah, no way, not this time, count me out, i'm out, i am out"),
  maybe: list('maybe, perhaps, possibly, might, tentative, tentatively'),
  withYes: list(`
    please, i will, i'll come, i will come, i'm coming, i am coming, i'll be there, i will be there,
    i can, i can come, i can make it, we'll be there, we will be there, we're coming, we are coming,
    i'd love to, i would love to, that's fine, that works, that works for me, works for me,
    sounds good, sounds great, looking forward, looking forward to it, see you there, see you then,
    can't wait, great, perfect`),
  withNo: list(`
    sorry, i'm sorry, i am sorry, so sorry, unfortunately, i can't, i cannot, i can't come,
    i cannot come, i can't make it, i cannot make it, can't come, can't make it, cannot make it,
    i won't come, i will not come, i won't be there, i'm not coming, i am not coming, maybe next time,
    another time, next time`),
  courtesy: list(`
    thanks, thank you, thanks a lot, thank you very much, thank you so much, many thanks, thx, ty,
    thanks for asking, thanks for the invitation, thank you for the invitation, thanks for the invite,
    hi, hello, hey, dear all, hi there, hi all, see you, cheers, love, bye, take care`),
  closing: list(`
    best, best regards, kind regards, warm regards, with kind regards, regards, best wishes,
    all the best, sincerely, yours sincerely, yours`),
  doubt: list(`
    but, not, never, only, unless, except, however, if, when, after, before, later, today, tonight,
    tomorrow, yesterday, almost, joking, kidding, cancel, cancelled, wait, probably, depends, stop,
    unsubscribe, wrong, actually`),
}

const russian: Vocabulary = {
  yes: list(`
    да, д, ага, угу, конечно, конечно же, разумеется, безусловно, обязательно, с удовольствием,
    с радостью, ок, окей, хорошо, ладно, согласен, согласна, я за`),
  no: list('нет, неа, ни за что, увы нет, к сожалению нет'),
  maybe: list('может быть, возможно, может, наверное, наверно, пока не знаю'),
  withYes: list(`
    пожалуйста, приду, я приду, придем, мы придем, буду, я буду, будем, мы будем, смогу, я смогу, могу,
    подходит, мне подходит, до встречи, увидимся`),
  withNo: list(`
    извините, извини, простите, прости, к сожалению, увы, не приду, я не приду, не смогу, я не смогу,
    не могу, я не могу, не получится, не придем, мы не придем, не буду, в другой раз, в следующий раз`),
  courtesy: list(`
    спасибо, большое спасибо, спасибо большое, спасибо за приглашение, благодарю,
    благодарю за приглашение, привет, здравствуйте, здравствуй, добрый день, добрый вечер, доброе утро,
    хорошего дня, до свидания`),
  closing: list('с уважением, всего доброго, всего хорошего, ваш, ваша'),
  doubt: list(`
    но, только, если, когда, после, потом, позже, сегодня, завтра, вчера, шучу, отмена, отменить,
    никогда, хотя, почти, вряд, стоп`),
}

const german: Vocabulary = {
  yes: list(`
    ja, j, jawohl, jep, ja ja, klar, na klar, natürlich, gern, gerne, sehr gerne, ja gerne,
    selbstverständlich, auf jeden fall, einverstanden, in ordnung, bin dabei, ich bin dabei,
    wir sind dabei`),
  no: list('nein, nee, nö, leider nein, leider nicht, auf keinen fall, nein danke'),
  maybe: list('vielleicht, eventuell, möglicherweise, mal sehen'),
  withYes: list(`
    bitte, ich komme, wir kommen, ich werde da sein, ich kann, passt, das passt, passt mir, bis dann,
    bis dahin, ich freue mich, wir freuen uns`),
  withNo: list(`
    leider, tut mir leid, es tut mir leid, entschuldigung, sorry, ich kann nicht,
    ich kann leider nicht, ich komme nicht, wir kommen nicht, ein andermal, nächstes mal`),
  courtesy: list(`
    danke, vielen dank, danke schön, dankeschön, herzlichen dank, danke für die einladung,
    vielen dank für die einladung, hallo, guten tag, guten morgen, guten abend, tschüss`),
  closing: list(`
    liebe grüße, viele grüße, beste grüße, schöne grüße, herzliche grüße, mit freundlichen grüßen, lg,
    vg, mfg, gruß, grüße`),
  doubt: list(`
    aber, nicht, nur, wenn, falls, außer, später, heute, morgen, gestern, fast, scherz, stopp, niemals,
    nie`),
}

const spanish: Vocabulary = {
  yes: list(`
    sí, si, sip, sí sí, claro, claro que sí, por supuesto, desde luego, con gusto, con mucho gusto,
    encantado, encantada, de acuerdo, vale`),
  no: list('no, qué va, no gracias, lamentablemente no, lo siento no'),
  maybe: list('quizás, quizá, tal vez, a lo mejor, puede ser, puede que sí'),
  withYes: list(`
    por favor, iré, voy, allí estaré, ahí estaré, estaré allí, puedo, cuenta conmigo, cuenten conmigo,
    nos vemos, nos vemos allí, me viene bien`),
  withNo: list(`
    lo siento, perdón, disculpa, lamentablemente, no puedo, no podré, no iré, no voy, otra vez será,
    la próxima vez`),
  courtesy: list(`
    gracias, muchas gracias, mil gracias, gracias por la invitación, gracias por invitarme, hola,
    buenos días, buenas tardes, buenas noches, besos, adiós`),
  closing: list('saludos, un saludo, un abrazo, atentamente, cordialmente'),
  doubt: list('pero, solo, sólo, cuando, después, hoy, mañana, ayer, nunca, casi, broma, excepto'),
}

const french: Vocabulary = {
  yes: list(`
    oui, ouais, oui oui, bien sûr, mais oui, bien entendu, certainement, absolument, volontiers,
    avec plaisir, d'accord, entendu, ça marche`),
  no: list('non, non non, pas du tout, malheureusement non, hélas non, non merci'),
  maybe: list('peut-être, peut être, éventuellement, possible'),
  withYes: list(`
    s'il vous plaît, s'il te plaît, je viens, je viendrai, je serai là, nous serons là, nous venons,
    je peux, ça me va, ça me convient`),
  withNo: list(`
    désolé, désolée, je suis désolé, je suis désolée, malheureusement, hélas, je ne peux pas,
    je ne pourrai pas, je ne viens pas, je ne viendrai pas, une autre fois, la prochaine fois`),
  courtesy: list(`
    merci, merci beaucoup, merci bien, un grand merci, merci pour l'invitation, merci de l'invitation,
    bonjour, bonsoir, salut, à bientôt, bises, bisous, au revoir`),
  closing: list('cordialement, bien cordialement, bien à vous, amicalement'),
  doubt: list(`
    mais, pas, seulement, quand, sauf, après, plus tard, aujourd'hui, demain, hier, jamais, presque`),
}

const portuguese: Vocabulary = {
  yes: list('sim, claro que sim, com certeza, com prazer, com todo o gosto, está bem, tá bom'),
  no: list('não, nao, não obrigado, não obrigada, infelizmente não'),
  maybe: list('talvez'),
  withYes: list('por favor, eu vou, vou, estarei lá, posso, até lá'),
  withNo: list('desculpe, desculpa, infelizmente, não posso, não vou, fica para a próxima'),
  courtesy: list(`
    obrigado, obrigada, muito obrigado, muito obrigada, olá, oi, bom dia, boa tarde, boa noite, tchau`),
  closing: list('abraço, abraços, atenciosamente'),
  doubt: list('mas, apenas, depois, hoje, amanhã, ontem'),
}

const pictures: Vocabulary = {
  yes: list('👍, ✅, ✔, ☑, 🙆, 🆗, +'),
  no: list('👎, ❌, ❎, ✖, 🚫, 🙅'),
  maybe: list('🤷'),
  withYes: list('🎉, 🥳, 🍷, 🥂, 🍾'),
  withNo: list('😢, 😭, 😔, 😞, 🙁, ☹, 💔'),
  courtesy: list('🙂, 😊, 😀, 😃, 😄, 😁, 😉, ☺, 🤗, ❤, 🙏, 👋, 😘, 🌹, 🌸'),
  closing: [],
  doubt: list('🤔, 😕, 🤨'),
}

/**
 * The phrases people answer with, by language and meaning. Every language is understood whatever a person's locale,
 * so no phrase may mean two things in two languages; a test holds that.
 * A language is added by one more table here.
 */
export const answerWords = { english, russian, german, spanish, french, portuguese, pictures } as const

/** Words for a number of people, for "yes, three of us": each with the number it stands for. */
export const countWords: ReadonlyMap<string, number> = new Map([
  ...numbered('one, two, three, four, five, six, seven, eight, nine, ten'),
  ...numbered('один, двое, трое, четверо, пятеро, шестеро, семеро, восьмеро, девятеро, десятеро'),
  ...numbered('одна, вдвоем, втроем, вчетвером, впятером, вшестером, всемером'),
  ...numbered('eins, zwei, drei, vier, fünf, sechs, sieben, acht, neun, zehn'),
  ...numbered('uno, dos, tres, cuatro, cinco, seis, siete, ocho, nueve, diez'),
  ...numbered('un, deux, trois, quatre, cinq, six, sept, huit, neuf, dix'),
  ...numbered('um, dois, três, quatro, cinco, seis, sete, oito, nove, dez'),
  ...numbered('just me, both of us'),
  ...numbered('только я, мы вдвоем'),
  ...numbered('nur ich, zu zweit, zu dritt, zu viert'),
  ...numbered('solo yo, los dos'),
  ...numbered('juste moi, à deux'),
])

/** Words around a number of people that add nothing to it. "guests" is left out: it may or may not count the person. */
export const countFillers = list(`
  of us, people, persons, person, we are, we're, there are, there will be, party of, the,
  нас, нас будет, человек, человека, мы, будет, personen, wir sind, zu, personas, somos, seremos,
  personnes, nous sommes, nous serons, on est, on sera, pessoas`)

function numbered(phrases: string): readonly (readonly [string, number])[] {
  return list(phrases).map((phrase, index) => [phrase, index + 1] as const)
}
