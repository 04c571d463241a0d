import type { Micros } from '../../broker/core/model/time.ts'
import type { PolicySet, Rule } from './rule.ts'

/** Rules that hold at an instant, and until when these are the ones. */
interface Moment {
  readonly from: PolicySet
  readonly until: Micros
  readonly set: PolicySet
}

/**
 * Answers, as often as it is asked, the rules whose time it is: other ones from an instant on that a rule names. Views are
 * named by what their rules say, so that nothing that was remembered under others is answered then.
 */
export function rulesInTime(policies: () => PolicySet, clock: () => Micros): () => PolicySet {
  let last: Moment | undefined
  return () => {
    const from = policies()
    if (last?.from !== from || (last.until !== Number.POSITIVE_INFINITY && clock() >= last.until))
      last = momentOf(from, clock())
    return last.set
  }
}

function momentOf(from: PolicySet, at: Micros): Moment {
  let until: Micros = Number.POSITIVE_INFINITY
  for (const { time } of from.rules) until = Math.min(until, time?.next(at) ?? until)
  const holds = ({ time }: Rule): boolean => time === undefined || time.holds(at)
  if (from.rules.every(holds)) return { from, until, set: from }
  return {
    from,
    until,
    set: { ...from, moment: `${from.moment ?? ''}@${at}`, rules: from.rules.filter(holds) },
  }
}
