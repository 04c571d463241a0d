import type { Config } from './config.ts'

type Rule = Config['history']['retain'][number]

/** A length of whole days in ISO 8601. */
export const LIFETIME = '^P(?=\\d)(?:\\d{1,4}Y)?(?:\\d{1,5}M)?(?:\\d{1,5}W)?(?:\\d{1,6}D)?$'

/** What a rule says the lifetime of, the finest first. */
const LEVELS = ['instances', 'hourly', 'daily'] as const

/** Answers how many days a length says: a year has 365, a month 30. */
export function lifetimeDays(text: string): number {
  const part = (unit: string): number => Number(new RegExp(`(\\d+)${unit}`).exec(text)?.[1] ?? 0)
  return part('Y') * 365 + part('M') * 30 + part('W') * 7 + part('D')
}

/** Answers what is wrong with the rules of `history.retain` beyond their shape. */
export function retentionFaults({
  history: { retain },
  store,
}: Pick<Config, 'history' | 'store'>): readonly string[] {
  return retain.flatMap((rule, at) => {
    const faults = [...orderFaults(rule), ...(store.kind === 'mongodb' ? totalsFaults(rule) : [])]
    return faults.map((text) => `Setting history.retain.${at} ${text}`)
  })
}

function orderFaults(rule: Rule): readonly string[] {
  const faults = LEVELS.flatMap((level) =>
    rule[level] !== undefined && lifetimeDays(rule[level]) === 0 ? [`keeps ${level} for no day`] : [],
  )
  const days = LEVELS.map((level) => daysOf(rule[level]))
  LEVELS.forEach((level, at) => {
    const finer = LEVELS[at - 1]
    if (finer && (days[at] ?? 0) < (days[at - 1] ?? 0))
      faults.push(`keeps ${level} for ${rule[level]}, but ${finer} for ${rule[finer] ?? 'ever'}`)
  })
  return faults
}

function daysOf(text: string | undefined): number {
  return text === undefined ? Number.POSITIVE_INFINITY : lifetimeDays(text)
}

/** A store without totals can keep none. */
function totalsFaults({ hourly, daily }: Rule): readonly string[] {
  return hourly === undefined && daily === undefined
    ? []
    : ['keeps hourly or daily totals, and store mongodb has none: it can say how long instances are kept']
}
