import { Problem } from '../core/model/problem.ts'

/** Takes a place, and answers what gives it back. @throws Problem TooManyRequests where none is free */
export type TakePlace = () => () => void

/** Bounds how many of a kind run at the same time; `what`: their name in the plural. */
export function roomFor(most: number, what: string): TakePlace {
  let taken = 0
  return () => {
    if (taken >= most)
      throw new Problem('TooManyRequests', `Hub runs ${most} ${what} already, the most at the same time`, {
        headers: { 'Retry-After': '10' },
      })
    taken++
    return () => {
      taken--
    }
  }
}
