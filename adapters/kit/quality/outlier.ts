/** Scales the median of deviations to the standard deviation of normally distributed values. */
const NORMAL = 1.4826

/**
 * Tells whether a value is far from those before it: Hampel's rule, further from their median than so many of their median deviations. Where
 * half of them are one value there is nothing to measure by, and nothing is far.
 */
export function isOutlier(value: number, before: readonly number[], deviations: number): boolean {
  const numbers = new Float64Array(before)
  const middle = median(numbers)
  const distance = Math.abs(value - middle)
  // most values are nearer than half of those deviations allow: these are not put in order then
  let nearer = 0
  for (const one of numbers) if (distance > deviations * NORMAL * Math.abs(one - middle)) nearer++
  if (nearer * 2 < numbers.length) return false
  const spread = median(numbers.map((one) => Math.abs(one - middle)))
  return spread > 0 && distance > deviations * NORMAL * spread
}

/** Sorts them: numbers of one kind are put in order without asking about each pair. */
function median(values: Float64Array): number {
  const sorted = values.sort()
  const half = sorted.length >> 1
  const [low = 0, high = 0] = [sorted[half - 1] ?? sorted[half], sorted[half]]
  return sorted.length % 2 === 1 ? high : (low + high) / 2
}
