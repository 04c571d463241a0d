const HOURS_LOOKED_AT = 12
const NEWEST = 3
const NEEDED_OF_NEWEST = 2
const LEAST_WEIGHT = 0.5

/**
 * Weighs the hourly means of the last twelve hours, newest first (Decision 1459/QĐ-TCMT, 2.2.1 a): the steadier they
 * are, the more the older ones count. undefined: of the newest three, two are needed. Weights are divided by their sum
 * always: the Decision prints the case of 1/2 without, where they add up to almost one unless hours are missing.
 */
export function nowCast(means: readonly (number | undefined)[]): number | undefined {
  const hours = means.slice(0, HOURS_LOOKED_AT)
  const known = hours.filter((value) => value !== undefined)
  if (hours.slice(0, NEWEST).filter((value) => value !== undefined).length < NEEDED_OF_NEWEST)
    return undefined
  const ratio = Math.min(...known) / Math.max(...known)
  const weight = ratio > LEAST_WEIGHT ? ratio : LEAST_WEIGHT
  let sum = 0
  let weights = 0
  hours.forEach((value, age) => {
    if (value === undefined) return
    sum += weight ** age * value
    weights += weight ** age
  })
  return sum / weights
}
