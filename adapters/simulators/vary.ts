import { createHash } from 'node:crypto'

/** Which course of numbers, and how far on it. */
export interface Course {
  readonly seed: string
  readonly tick: number
}

/** So many ticks until a number has been everywhere that it comes. */
const TURN = 40

/**
 * Moves numbers of a text smoothly within a fifth below what they are, each on a course of its own; the same seed and tick, the same
 * numbers. They keep their decimals, and whatever stands before them.
 */
export function vary(text: string, numbers: RegExp, { seed, tick }: Course): string {
  let at = 0
  return text.replace(numbers, (_, before: string, number: string) => {
    const [, decimals = ''] = number.split(/[.,]/)
    const angle = 2 * Math.PI * (tick / TURN + share(`${seed} ${at++}`))
    const value = Number(number.replace(',', '.')) * (0.9 + 0.1 * Math.sin(angle))
    const written = value.toFixed(decimals.length)
    return `${before}${number.includes(',') ? written.replace('.', ',') : written}`
  })
}

/** A number from 0 to 1 that a text always has. */
function share(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE() / 2 ** 32
}
