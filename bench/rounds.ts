/** What one way of doing the work achieved in one round, in its own unit (messages a second, milliseconds). */
export type Measure = () => Promise<number>

/** Two ways of doing the same, measured in turn in one run, so that whatever else the machine does weighs on both. */
export interface Comparison {
  readonly name: string
  readonly unit: 'messages/s' | 'people/s' | 'ms'
  /** Medians over the rounds. */
  readonly ours: number
  readonly reference: number
  /** Median of the rounds' own ratios, ours to the reference. */
  readonly ratio: number
  /** What is aimed at, in words. */
  readonly goal: string
  readonly isMet: boolean
}

/** What to compare. */
export interface Contest {
  readonly name: string
  readonly unit: Comparison['unit']
  readonly rounds: number
  readonly ours: Measure
  readonly reference: Measure
  readonly goal: {
    readonly words: string
    readonly isMet: (medians: Pick<Comparison, 'ours' | 'reference' | 'ratio'>) => boolean
  }
}

/**
 * Runs both sides in turn, after one round of each that does not count. The side that begins alternates.
 * @returns medians over the rounds; the ratio is the median of the rounds' ratios
 */
export async function compare({ name, unit, rounds, ours, reference, goal }: Contest): Promise<Comparison> {
  const pairs: { readonly ours: number; readonly reference: number }[] = []
  for (let round = 0; round <= rounds; round += 1) {
    const first = round % 2 === 0 ? await ours() : await reference()
    const second = round % 2 === 0 ? await reference() : await ours()
    const pair = round % 2 === 0 ? { ours: first, reference: second } : { ours: second, reference: first }
    if (round > 0) pairs.push(pair)
  }
  const medians = {
    ours: median(pairs.map((pair) => pair.ours)),
    reference: median(pairs.map((pair) => pair.reference)),
    ratio: median(pairs.map((pair) => pair.ours / pair.reference)),
  }
  return { name, unit, ...medians, goal: goal.words, isMet: goal.isMet(medians) }
}

/** The middle value; of an even number of values the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  const [low = NaN, high = NaN] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]]
  return (low + high) / 2
}
