import { Problem } from '../../core/model/problem.ts'
import type { Fragment } from './read-dependencies.ts'

/** Bounds what one page holds: counts each entity of it. @throws Problem TooManyResults as soon as it is too much */
export function pageBudget(maxBytes: number): (entity: Pick<Fragment, 'text'>) => void {
  let left = maxBytes
  return ({ text }) => {
    left -= text === undefined ? 0 : Buffer.byteLength(text)
    if (left >= 0) return
    throw new Problem(
      'TooManyResults',
      `Page has more than ${maxBytes} bytes: ask for fewer entities with limit, or for less of them with pick`,
      { members: { limit: 'pageBytes', maximum: maxBytes } },
    )
  }
}
