import { invalidRequest, Problem } from '../core/model/problem.ts'
import type { Precondition } from '../operations/command.ts'
import type { EntityTags } from '../operations/entities/entity-tags.ts'
import { knownTag, type TagList, tagList } from './decode/entity-tags.ts'
import type { HubAnswer, HubRequest, Route } from './route.ts'

/**
 * Lets a route obey If-Match and If-None-Match (RFC 9110, 13). A write of one entity is judged on the state that it is
 * committed on, by what this caller sees of it: a tag of any representation names that state. What would be ignored is refused.
 */
export function conditionalRoute(route: Route, tags: Pick<EntityTags, 'stateOf'>): Route {
  return { ...route, handle }

  async function handle(request: HubRequest): Promise<HubAnswer> {
    const { 'if-match': match, 'if-none-match': noneMatch } = request.headers
    if (match === undefined && noneMatch === undefined) return route.handle(request)
    if (route.method === 'GET') return unlessKnown(await route.handle(request), noneMatch)
    const conditions = { match, noneMatch }
    const precondition =
      route.preconditions === 'entity' ? onEntity(conditions, tags) : onAbsence(route, conditions)
    return route.handle({ ...request, precondition })
  }
}

interface Conditions {
  readonly match: string | undefined
  readonly noneMatch: string | undefined
}

/** Answers 304 when the caller has this representation already. */
function unlessKnown(answer: HubAnswer, noneMatch: string | undefined): HubAnswer {
  const current = answer.headers?.ETag
  if (noneMatch === undefined || typeof current !== 'string' || answer.status >= 300) return answer
  const known = knownTag(noneMatch, current)
  return known === undefined ? answer : { status: 304, headers: { ETag: known } }
}

function onEntity({ match, noneMatch }: Conditions, tags: Pick<EntityTags, 'stateOf'>): Precondition {
  const wanted = match === undefined ? undefined : written(match, 'If-Match')
  const unwanted = noneMatch === undefined ? undefined : written(noneMatch, 'If-None-Match')
  return (seen, elsewhere) => {
    if (elsewhere && wanted)
      throw new Problem('PreconditionFailed', 'Entity is held by other hubs, of which no state is known here')
    if (!seen) return // what is not there is answered as without preconditions (13.2.1)
    const state = tags.stateOf(seen)
    if (wanted && !names(wanted, state, 'strong')) {
      throw new Problem('PreconditionFailed', 'Entity is in another state than the one that If-Match names')
    }
    if (unwanted && names(unwanted, state, 'weak'))
      throw new Problem('PreconditionFailed', 'Entity is in a state that If-None-Match names')
  }
}

function onAbsence({ preconditions }: Route, { match, noneMatch }: Conditions): Precondition {
  if (preconditions !== 'absence')
    throw invalidRequest('Headers If-Match and If-None-Match are for one entity, not for this resource')
  if (match !== undefined || noneMatch?.trim() !== '*')
    throw invalidRequest('A creation takes no other precondition than If-None-Match: *')
  return (seen) => {
    if (seen) throw new Problem('PreconditionFailed', 'Entity exists already, which If-None-Match rules out')
  }
}

/** A write would be lost silently if its precondition could not be read. @throws Problem InvalidRequest */
function written(header: string, name: string): TagList {
  const list = tagList(header)
  if (list.length === 0) throw invalidRequest(`Header ${name} names no entity tag: "…" in quotes, or *`)
  return list
}

/** A tag begins with the state; weak ones promise too little for a strong comparison. */
function names(list: TagList, state: string, comparison: 'strong' | 'weak'): boolean {
  if (list === 'any') return true
  return list.some(({ weak, tag }) => !(weak && comparison === 'strong') && tag.split('.', 1)[0] === state)
}
