import { splitWords } from './normalize-words.ts'

/** Words for a place in a list, from the first, without those that are days of the week in Portuguese (segunda, quarta); forms of one place stand together. `ё` is written `е`, as in all normalised words. */
const places: readonly string[] = [
  'first, 1st, первый, первая, первое, первую, erste, erster, erstes, ersten, primero, primera, primer, premier, première, primeiro, primeira',
  'second, 2nd, второй, вторая, второе, вторую, zweite, zweiter, zweites, zweiten, segundo, deuxième, seconde',
  'third, 3rd, третий, третья, третье, третью, dritte, dritter, drittes, dritten, tercero, tercera, tercer, troisième, terceiro, terceira',
  'fourth, 4th, четвертый, четвертая, четвертое, четвертую, vierte, vierter, viertes, vierten, cuarto, cuarta, quatrième',
  'fifth, 5th, пятый, пятая, пятое, пятую, fünfte, fünfter, fünftes, fünften, quinto, cinquième',
]
const around =
  /^(?:the |die |der |das |den |el |la |le |o |a )?(\S+?)(?: one| option| question| вариант| вопрос| pregunta| frage| pergunta)?$/

let built: ReadonlyMap<string, number> | undefined

/**
 * Reads a word for a place in a list, "the second one", "вторая", "die zweite".
 *
 * @param words normalised words
 * @returns from 1 to 5; `undefined` for anything else
 */
export function readOrdinal(words: string): number | undefined {
  built ??= new Map(
    places.flatMap((forms, index) => forms.split(', ').map((form) => [form, index + 1] as const)),
  )
  const word = around.exec(splitWords(words).join(' '))?.[1]
  return word === undefined ? undefined : built.get(word)
}
