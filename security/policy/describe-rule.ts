import type { RuleText } from './compile-rule.ts'
import type { Rule } from './rule.ts'

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
export function effectOf(rule: Rule): string {
  const { effect, mask, obligations, text } = rule
  if (mask) return methodOf(mask)
  const limit = limitOf({ text })
  const more = [
    ...(obligations?.log ? ['on record'] : []),
    ...(limit === '' ? [] : [limit]),
    ...ofManyOf(rule).map((what) => `${what} only`),
    ...(text?.resource?.own ? ['its own only'] : []),
  ]
  return more.length === 0 ? effect : `${effect} (${more.join(', ')})`
}

/** What a rule tells of many entities and of no one, in words; empty: nothing. */
export function ofManyOf({ obligations, text }: Pick<Rule, 'obligations' | 'text'>): readonly string[] {
  const { aggregateOnly, release } = obligations ?? {}
  const { aggregateOnly: counted, release: released } = text?.obligations ?? {}
  const { history, noise } = counted ?? {}
  return [
    ...(aggregateOnly ? [`counts of at least ${aggregateOnly.least}${listOf(' by', counted?.by)}`] : []),
    ...(history ? [`averages${listOf(' of', history.of)} by ${history.every}`] : []),
    ...(noise ? [`noise of epsilon ${noise.epsilon}`] : []),
    ...(release ? [`exports of at least ${release.least} alike${listOf(' in', released?.by)}`] : []),
  ]
}

/** Another order is the same. */
function listOf(word: string, names: readonly string[] = []): string {
  return names.length === 0 ? '' : `${word} ${[...names].sort().join(' and ')}`
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
