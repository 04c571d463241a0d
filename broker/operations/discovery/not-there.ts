import { Problem } from '../../core/model/problem.ts'

/** Answers the problem of a type or attribute that nobody has who answered. */
export function notThere(text: string, warnings: readonly string[]): Problem {
  const headers = warnings.length === 0 ? {} : { 'NGSILD-Warning': warnings.join(', ') }
  return new Problem('ResourceNotFound', text, { headers })
}
