import { expect, it } from 'vitest'
import { answerWords, countFillers, countWords } from './answer-words.ts'
import { normalizeWords, splitWords } from './normalize-words.ts'

const key = (phrase: string) => splitWords(normalizeWords(phrase)).join(' ')

it('gives no phrase two meanings, in any two languages', () => {
  const meanings = new Map<string, string>()
  const clashes: string[] = []
  for (const vocabulary of Object.values(answerWords)) {
    for (const [sense, phrases] of Object.entries(vocabulary)) {
      for (const phrase of phrases) {
        const known = meanings.get(key(phrase))
        if (known !== undefined && known !== sense) clashes.push(`${phrase}: ${known} and ${sense}`)
        meanings.set(key(phrase), sense)
      }
    }
  }
  for (const phrase of [...countWords.keys(), ...countFillers])
    if (meanings.has(key(phrase))) clashes.push(`${phrase}: counts and answers`)
  expect(clashes).toEqual([])
})

it('holds no empty phrase', () => {
  const phrases = [
    ...Object.values(answerWords).flatMap((vocabulary) => Object.values(vocabulary).flat()),
    ...countFillers,
    ...countWords.keys(),
  ]
  expect(phrases.filter((phrase) => key(phrase) === '')).toEqual([])
})
