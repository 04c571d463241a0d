import type { JsonObject } from '../vocabulary.ts'
import { byExtent, link, period, periodKey, type Unit } from './administrative-units.ts'
import type { Source } from './read-source.ts'

type Scope = Source['units']['scopes'][number]

/** Answers the two CityScope entities of each city: before and since the end of the district level. */
export function scopeEntities({ units: file }: Source, units: readonly Unit[]): readonly JsonObject[] {
  return file.scopes.flatMap((scope, at) => {
    const city = units.find(({ code }) => code === scope.city)
    if (!city) throw file.file.fault(['scopes', at], `City ${scope.city} is not among the units`)
    return scopesOf(scope, city, units)
  })
}

function scopesOf(scope: Scope, city: Unit, units: readonly Unit[]): JsonObject[] {
  const before = units.filter(({ parent }) => parent === city)
  const since = units.filter((unit) => before.some((old) => linkedIds(old).includes(unit.id)))
  const periods = { before: { to: city.to ?? '' }, since: { from: since[0]?.from ?? '' } }
  const ids = { before: scopeId(scope, city, periods.before), since: scopeId(scope, city, periods.since) }
  const shared = { standsFor: { type: 'Relationship', object: city.id } }
  return [
    {
      ...scopeHead(ids.before, scope),
      ...period(periods.before),
      ...shared,
      ...link('member', byExtent(before.map(({ id }) => [id, 'full']))),
      ...link('succeededBy', byExtent([[ids.since, 'full']])),
    },
    {
      ...scopeHead(ids.since, scope),
      ...period(periods.since),
      ...shared,
      ...link(
        'member',
        byExtent(since.map((unit) => [unit.id, formerlyInside(unit, before) ? 'full' : 'partial'])),
      ),
      ...link('predecessor', byExtent([[ids.before, 'full']])),
    },
  ]
}

function scopeHead(id: string, { vi, en }: Scope): JsonObject {
  return {
    id,
    type: 'CityScope',
    name: { type: 'LanguageProperty', languageMap: { vi, en } },
  }
}

function scopeId({ key }: Scope, { partOf = '' }: Unit, days: { from?: string; to?: string }): string {
  return `urn:ngsi-ld:CityScope:vn-${partOf}-${key}-${periodKey(days)}`
}

function linkedIds({ successors }: Unit): readonly string[] {
  return [...successors.values()].flat()
}

/** Tells whether all that went into a unit lay in the city. */
function formerlyInside({ predecessors }: Unit, before: readonly Unit[]): boolean {
  return [...predecessors.values()].flat().every((id) => before.some((old) => old.id === id))
}
