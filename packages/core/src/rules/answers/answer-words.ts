/**
 * What a phrase says by itself.
 *
 * - `yes`, `no`, `maybe` answer the question
 * - `coming`, `notComing` answer an invitation. To any other question they may only go along with yes or no: "I'll be there"
 *   means no when the question was "Shall I cancel?"
 * - `withYes`, `withNo` may only go along with that answer: "yes, that's fine". Alone they are no answer
 * - `courtesy` may go along with any answer and says nothing: thanks, greetings
 * - `closing` is a courtesy that ends a letter; what follows it is a signature
 * - `doubt` changes what a neighbour means; a line that holds one is never taken for a signature
 */
export type WordSense =
  | 'yes'
  | 'no'
  | 'maybe'
  | 'coming'
  | 'notComing'
  | 'withYes'
  | 'withNo'
  | 'courtesy'
  | 'closing'
  | 'doubt'

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
    yes, y, yeah, yea, yep, yup, yess, yes yes, sure, sure thing, for sure, ok, okay, okey, of course,
    certainly, definitely, absolutely, gladly, with pleasure, count me in, i'm in, i am in, im in, agreed, i agree,
    accept, i accept, accepted, approve, i approve, approved, confirm, i confirm, confirmed, deal, go ahead,
    go for it, yes of course, yes indeed`),
  no: list(`
    no, n, nope, nah, no way, no chance, not a chance, not this time, of course not, certainly not,
    definitely not, absolutely not, count me out, i'm out, i am out, im out,
    i decline, declined, i reject, rejected, i refuse, i disagree`),
  maybe: list('maybe, perhaps, possibly, might, tentative, tentatively'),
  coming: list(`
    i'll come, i will come, we'll come, we will come, i'm coming, i am coming, im coming, we're coming,
    we are coming, i'll be there, i will be there, we'll be there, we will be there, will be there, i can come,
    we can come, i can make it, we can make it, i'll attend, i will attend, attending, see you there`),
  notComing: list(`
    i can't, i cannot, i cant, i can't come, i cannot come, i cant come, i can't make it, i cannot make it,
    i cant make it, can't come, cant come, can't make it, cant make it, cannot come, cannot make it, i won't come,
    i will not come, i won't be there, i will not be there, i won't make it, won't make it, i'm not coming,
    i am not coming, im not coming, not coming, we can't, we cannot, we can't come, we cannot come,
    we can't make it, we cannot make it, we won't come, we won't be there, we're not coming, we are not coming,
    i can't attend, i cannot attend, i won't attend, i will not attend, not attending`),
  withYes: list(`
    please, i will, i can, i'd love to, i would love to, that's fine, that works, that works for me,
    works for me, sounds good, sounds great, looking forward, looking forward to it, see you then, can't wait,
    great, perfect`),
  withNo: list(`
    sorry, i'm sorry, i am sorry, so sorry, unfortunately, maybe next time, another time, next time`),
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
    unsubscribe, wrong, actually, without`),
}

const russian: Vocabulary = {
  yes: list(`
    да, д, ага, угу, конечно, конечно же, конечно да, разумеется, безусловно, обязательно, непременно,
    с удовольствием, с радостью, ок, окей, оке, хорошо, ладно, договорились, согласен, согласна, согласны, я за,
    мы за, подтверждаю, принимаю`),
  no: list(`
    нет, неа, ни за что, конечно нет, конечно же нет, нет конечно, нет конечно же,
    разумеется нет, ни в коем случае, отказываюсь, откажусь, вынужден отказаться, вынуждена отказаться, я пас`),
  maybe: list('может быть, возможно, может, наверное, наверно, пока не знаю'),
  coming: list(`
    приду, я приду, придем, мы придем, буду, я буду, будем, мы будем, смогу, я смогу, сможем, мы сможем,
    смогу прийти, я смогу прийти, приеду, я приеду, приедем, мы приедем`),
  notComing: list(`
    не приду, я не приду, не придем, мы не придем, не буду, я не буду, не будем, мы не будем, не смогу,
    я не смогу, не сможем, мы не сможем, не могу, я не могу, не можем, мы не можем, не смогу прийти,
    я не смогу прийти, не сможем прийти, не смогу быть, не могу прийти, не получится, не получится прийти,
    у меня не получится, не приеду, я не приеду, не приедем`),
  withYes: list('пожалуйста, могу, подходит, мне подходит, до встречи, увидимся, отлично, точно, жду'),
  withNo: list('извините, извини, простите, прости, к сожалению, увы, в другой раз, в следующий раз'),
  courtesy: list(`
    спасибо, большое спасибо, спасибо большое, спасибо за приглашение, благодарю,
    благодарю за приглашение, привет, здравствуйте, здравствуй, добрый день, добрый вечер, доброе утро,
    хорошего дня, до свидания`),
  closing: list('с уважением, всего доброго, всего хорошего, ваш, ваша'),
  doubt: list(`
    но, не, только, если, когда, после, потом, позже, сегодня, завтра, вчера, шучу, отмена, отменить,
    никогда, хотя, почти, вряд, стоп, кроме, без`),
}

const german: Vocabulary = {
  yes: list(`
    ja, j, jawohl, jep, jup, ja ja, klar, na klar, natürlich, sicher, gern, gerne, sehr gern, sehr gerne,
    ja gerne, selbstverständlich, auf jeden fall, einverstanden, in ordnung, geht klar, bin dabei, ich bin dabei,
    wir sind dabei, abgemacht, ich sage zu, zugesagt, ich bestätige, bestätigt`),
  no: list(`
    nein, nee, nö, leider nicht, auf keinen fall, auf gar keinen fall, nein danke, natürlich nicht,
    sicher nicht, bestimmt nicht, selbstverständlich nicht, lieber nicht, ich sage ab, abgesagt, ich lehne ab,
    abgelehnt`),
  maybe: list('vielleicht, eventuell, möglicherweise, mal sehen'),
  coming: list(`
    ich komme, wir kommen, ich werde da sein, wir werden da sein, ich kann kommen, wir können kommen,
    ich komme gern, wir kommen gern, ich komme gerne, wir kommen gerne`),
  notComing: list(`
    ich kann nicht, ich kann leider nicht, kann nicht, kann leider nicht, wir können nicht,
    wir können leider nicht, ich kann nicht kommen, ich kann leider nicht kommen, wir können nicht kommen,
    wir können leider nicht kommen, ich komme nicht, ich komme leider nicht, wir kommen nicht,
    wir kommen leider nicht, ich schaffe es nicht, ich schaffe es leider nicht, ich bin nicht dabei,
    ich bin leider nicht dabei, wir sind nicht dabei, wir sind leider nicht dabei, bin nicht dabei`),
  withYes: list(`
    bitte, ich kann, passt, das passt, passt mir, bis dann, bis dahin, ich freue mich, wir freuen uns,
    freue mich`),
  withNo: list(`
    leider, tut mir leid, es tut mir leid, entschuldigung, sorry, ein andermal, nächstes mal`),
  courtesy: list(`
    danke, vielen dank, danke schön, dankeschön, herzlichen dank, danke für die einladung,
    vielen dank für die einladung, hallo, guten tag, guten morgen, guten abend, tschüss`),
  closing: list(`
    liebe grüße, viele grüße, beste grüße, schöne grüße, herzliche grüße, mit freundlichen grüßen, lg,
    vg, mfg, gruß, grüße`),
  doubt: list(`
    aber, nicht, nur, wenn, falls, außer, später, heute, morgen, gestern, fast, scherz, stopp, niemals,
    nie, ohne, kein, keine`),
}

const spanish: Vocabulary = {
  yes: list(`
    sí, si, sip, sí sí, claro, claro que sí, por supuesto, por supuesto que sí, desde luego, con gusto,
    con mucho gusto, encantado, encantada, de acuerdo, vale, acepto, confirmo, confirmado, confirmada, me apunto`),
  no: list(`
    no, nop, qué va, no gracias, claro que no, por supuesto que no,
    desde luego que no, de ninguna manera, para nada, ni hablar, rechazo`),
  maybe: list('quizás, quizá, tal vez, a lo mejor, puede ser, puede que sí'),
  coming: list(`
    iré, voy, voy a ir, iremos, allí estaré, ahí estaré, estaré allí, estaré ahí, allí estaremos,
    ahí estaremos, puedo ir, podemos ir, cuenta conmigo, cuenten conmigo, cuenta con nosotros`),
  notComing: list(`
    no puedo, no podré, no iré, no voy, no voy a ir, no puedo ir, no podré ir, no podré asistir,
    no puedo asistir, no podemos, no podemos ir, no podremos, no podremos ir, no iremos, no voy a poder,
    no voy a poder ir`),
  withYes: list('por favor, puedo, nos vemos, nos vemos allí, me viene bien, perfecto'),
  withNo: list('lo siento, perdón, disculpa, lamentablemente, otra vez será, la próxima vez'),
  courtesy: list(`
    gracias, muchas gracias, mil gracias, gracias por la invitación, gracias por invitarme, hola,
    buenos días, buenas tardes, buenas noches, besos, adiós`),
  closing: list('saludos, un saludo, un abrazo, atentamente, cordialmente'),
  doubt: list(
    'pero, solo, sólo, cuando, después, hoy, mañana, ayer, nunca, casi, broma, excepto, sin, tampoco',
  ),
}

const french: Vocabulary = {
  yes: list(`
    oui, ouais, ouaip, oui oui, bien sûr, bien sûr que oui, mais oui, bien entendu, certainement, absolument,
    volontiers, avec plaisir, avec grand plaisir, d'accord, entendu, ça marche, j'accepte, je confirme`),
  no: list(`
    non, non non, pas du tout, non merci, bien sûr que non, certainement pas,
    absolument pas, sûrement pas, surtout pas, mais non, je refuse`),
  maybe: list('peut-être, peut être, éventuellement, possible'),
  coming: list(`
    je viens, je viendrai, je serai là, nous serons là, nous venons, nous viendrons, on vient, on viendra,
    on sera là, je peux venir, nous pouvons venir`),
  notComing: list(`
    je ne peux pas, je ne pourrai pas, je ne viens pas, je ne viendrai pas, je ne serai pas là,
    je ne peux pas venir, je ne pourrai pas venir, je peux pas, je peux pas venir, je viens pas,
    nous ne pouvons pas, nous ne pouvons pas venir, nous ne pourrons pas, nous ne pourrons pas venir,
    nous ne venons pas, nous ne viendrons pas, on ne vient pas, on ne peut pas`),
  withYes: list("s'il vous plaît, s'il te plaît, svp, stp, je peux, ça me va, ça me convient, parfait"),
  withNo: list(`
    désolé, désolée, je suis désolé, je suis désolée, malheureusement, hélas, une autre fois,
    la prochaine fois`),
  courtesy: list(`
    merci, merci beaucoup, merci bien, un grand merci, merci pour l'invitation, merci de l'invitation,
    bonjour, bonsoir, salut, à bientôt, bises, bisous, au revoir`),
  closing: list('cordialement, bien cordialement, bien à vous, amicalement'),
  doubt: list(`
    mais, pas, seulement, quand, sauf, après, plus tard, aujourd'hui, demain, hier, jamais, presque, sans`),
}

const portuguese: Vocabulary = {
  yes: list(`
    sim, claro que sim, com certeza, com prazer, com todo o gosto, está bem, tá bom, tá bem, combinado, beleza,
    aceito, de acordo`),
  no: list(`
    não, não obrigado, não obrigada, claro que não, com certeza não, de jeito nenhum,
    de modo nenhum, de forma alguma, nem pensar, recuso`),
  maybe: list('talvez'),
  coming: list(`
    eu vou, vou, irei, nós vamos, vamos sim, estarei lá, estaremos lá, vou estar lá, posso ir, podemos ir`),
  notComing: list(`
    não posso, eu não posso, não vou, eu não vou, não irei, não poderei, não posso ir, não vou poder,
    não vou poder ir, não vou conseguir, não vou conseguir ir, não poderei ir, não podemos, não podemos ir,
    não vamos, não vamos poder, não poderemos ir, não estarei lá`),
  withYes: list('por favor, posso, até lá, perfeito'),
  withNo: list('desculpe, desculpa, infelizmente, fica para a próxima'),
  courtesy: list(`
    obrigado, obrigada, muito obrigado, muito obrigada, olá, oi, bom dia, boa tarde, boa noite, tchau`),
  closing: list('abraço, abraços, atenciosamente'),
  doubt: list('mas, apenas, depois, hoje, amanhã, ontem, sem, nem'),
}

const pictures: Vocabulary = {
  yes: list('👍, ✅, ✔, ✓, ☑, 🙆, 🆗, 👌, +'),
  no: list('👎, ❌, ❎, ✖, ✗, ✘, 🚫, ⛔, 🙅'),
  maybe: list('🤷'),
  coming: [],
  notComing: [],
  withYes: list('🎉, 🥳, 🍷, 🥂, 🍾, 💯, 🙌, 🙋, 🤝, 🤩'),
  withNo: list('😢, 😭, 😔, 😞, 🙁, ☹, 💔'),
  courtesy: list('🙂, 😊, 😀, 😃, 😄, 😁, 😉, ☺, 🤗, ❤, 🙏, 👋, 😘, 🌹, 🌸'),
  closing: [],
  doubt: list('🤔, 😕, 🤨'),
}

/**
 * The phrases people answer with, by language and meaning. Every language is understood whatever a person's locale,
 * so no phrase may mean two things in two languages; a test holds that. What is also a name people sign with ("Jo", "Nan") is left out.
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
