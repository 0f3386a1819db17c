import { expect, it } from 'vitest'
import { answerWords, countFillers, countWords } from './answer-words.ts'
import { spellings } from './read-words.ts'

const key = (phrase: string) => spellings(phrase)[0] ?? ''

it('gives no phrase two meanings, in any two languages', () => {
  const meanings = new Map<string, string>()
  const clashes: string[] = []
  for (const vocabulary of Object.values(answerWords)) {
    for (const [sense, phrases] of Object.entries(vocabulary)) {
      for (const phrase of phrases) {
        for (const spelling of spellings(phrase)) {
          const known = meanings.get(spelling)
          if (known !== undefined && known !== sense) clashes.push(`${phrase}: ${known} and ${sense}`)
          meanings.set(spelling, sense)
        }
      }
    }
  }
  for (const phrase of [...countWords.keys(), ...countFillers])
    if (spellings(phrase).some((spelling) => meanings.has(spelling)))
      clashes.push(`${phrase}: counts and answers`)
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
