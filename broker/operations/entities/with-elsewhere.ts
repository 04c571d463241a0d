import type { ToldElsewhere } from '../../federation/federation.ts'
import { warning } from '../../federation/forward/warning.ts'
import type { LocalPage } from './cached-page.ts'
import type { ToldOfCrowds } from './count-crowds.ts'

/** Adds to a page whose count tells of crowds what other hubs tell of theirs; that it is a bound is said. */
export function withElsewhere(
  page: LocalPage,
  elsewhere: ToldElsewhere | undefined,
  alias: string,
): LocalPage {
  const { together: own, count = 0, warnings = [] } = page
  if (!own || !elsewhere) return page
  const { isBound, ...together } = toldTogether(own, elsewhere)
  return {
    ...page,
    count: count - own.count + together.count,
    together,
    ...(isBound && { warnings: [...warnings, boundOfMany(alias)] }),
  }
}

/**
 * Puts together what this hub and others tell. What nobody else has is added. Of the others one entity may be at several, and
 * what is told of them does not say which: together they have as many as the one that has most, or more (`isBound`).
 */
export function toldTogether(
  own: ToldOfCrowds,
  { told, all }: ToldElsewhere,
): ToldOfCrowds & { readonly isBound: boolean } {
  const shared = [own, ...told.filter(({ alone }) => !alone)].map(({ count }) => count)
  const apart = told.filter(({ alone }) => alone).map(({ count }) => count)
  return {
    count: apart.reduce((sum, count) => sum + count, Math.max(...shared)),
    noise: [...own.noise, ...told.flatMap(({ noise }) => noise)],
    isBound: !all || shared.filter((count) => count > 0).length > 1,
  }
}

function boundOfMany(alias: string): string {
  return warning(
    199,
    alias,
    'The count is a lower bound: several hubs may count the same entities, or one of them did not count',
  )
}
