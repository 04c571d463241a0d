/** Compares numbers. */
export function ascending(left: number, right: number): number {
  return left - right
}

/** Answers what so large a share of sorted numbers does not exceed. */
export function at(sorted: readonly number[], share: number): number {
  return sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)] ?? Number.NaN
}

/** Answers the number in the middle. */
export function median(list: readonly number[]): number {
  return at([...list].sort(ascending), 0.5)
}

/** Says how far numbers lie apart. */
export function spread(list: readonly number[]): string {
  return `rounds from ${Math.min(...list).toFixed(2)} to ${Math.max(...list).toFixed(2)}`
}
