import type { RuleText } from './compile-rule.ts'
import type { Counted, Rule } from './rule.ts'

/** What a rule asks of an entity and of the time, in the words of its file; empty: nothing. */
export function conditionsOf({ text }: Pick<Rule, 'text'>): string {
  const { idPattern, scope, condition, area } = text?.resource ?? {}
  const { time } = text ?? {}
  const parts = {
    id: idPattern,
    scope: listed(scope),
    condition,
    area: typeof area === 'object' ? 'a polygon' : area,
    time: time && JSON.stringify(time),
  }
  return Object.entries(parts)
    .flatMap(([name, value]) => (value === undefined ? [] : `${name} ${value}`))
    .join(', ')
}

/** What comes of a rule: its effect, how it masks, and on what condition it permits. */
export function effectOf({ effect, mask, obligations, text }: Rule): string {
  if (mask) return methodOf(mask)
  const { log, aggregateOnly, release } = obligations ?? {}
  const limit = limitOf({ text })
  const more = [
    ...(log ? ['on record'] : []),
    ...(limit === '' ? [] : [limit]),
    ...(aggregateOnly ? [`${countsOf(aggregateOnly)} only`] : []),
    ...(release ? [`exports of at least ${release.least} alike only`] : []),
    ...(text?.resource?.own ? ['its own only'] : []),
  ]
  return more.length === 0 ? effect : `${effect} (${more.join(', ')})`
}

/** What is told of entities that are counted, in words. */
export function countsOf({ least, history, noise }: Counted): string {
  const more = [
    ...(history ? [`averages of groups by ${history.every}`] : []),
    ...(noise === undefined ? [] : [`noise of epsilon ${noise}`]),
  ]
  return [`counts of at least ${least}`, ...more].join(', ')
}

/** How often it lets somebody ask, whatever for; empty: it does not say. */
export function limitOf({ text }: { readonly text?: RuleText | undefined }): string {
  const { limit } = text?.obligations ?? {}
  return limit ? `at most ${limit.requests} requests per ${limit.per}` : ''
}

/** How a rule masks, with its settings. */
export function methodOf({ method, ...settings }: NonNullable<Rule['mask']>): string {
  const values = Object.entries(settings).map(([name, value]) => `${name} ${value}`)
  return values.length === 0 ? method : `${method} (${values.join(', ')})`
}

function listed(names: NonNullable<RuleText['resource']>['scope']): string | undefined {
  return names === undefined ? undefined : [names].flat().join(' or ')
}
