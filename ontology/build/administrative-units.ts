import type { JsonObject } from '../vocabulary.ts'
import type { Source, SourceUnit, SourceUnits } from './read-source.ts'

type Extent = 'full' | 'partial'

/** A unit of the source with its id, what it belongs to and what it became. */
export interface Unit extends SourceUnit {
  readonly id: string
  readonly level: string
  readonly confidence: string
  readonly legalBasis?: string
  readonly parent?: Unit
  readonly successors: Links
  readonly predecessors: Links
}

/** Ids that a link leads to, by how much of the territory it holds for. */
type Links = ReadonlyMap<Extent, readonly string[]>

const CATEGORIES: Readonly<Record<string, string>> = {
  Tỉnh: 'province',
  'Thành phố': 'city',
  Huyện: 'district',
  Phường: 'ward',
  Xã: 'commune',
  'Thị trấn': 'township',
}

const SPELLINGS = Object.keys(CATEGORIES)

/** Answers the units of the source with their links resolved by code and date. @throws SourceError */
export function resolveUnits({ units: file }: Source): readonly Unit[] {
  const all = Object.values(file.groups).flatMap(({ units, ...group }) =>
    units.map((unit) => ({ ...group, ...unit })),
  )
  const links = new Map(all.map((unit) => [unit, successorsOf(unit, all, file)]))
  const resolved = new Map<SourceUnit, Unit>()
  for (const unit of [...all].sort((left, right) => left.code.length - right.code.length)) {
    const parentUnit = unit.partOf === undefined ? undefined : validUnit(unit.partOf, dayOf(unit), all, file)
    const parent = parentUnit && resolved.get(parentUnit)
    resolved.set(unit, {
      ...unit,
      id: unitId(unit, all),
      ...(parent && { parent }),
      successors: byExtent([...(links.get(unit) ?? [])].map(([next, extent]) => [unitId(next, all), extent])),
      predecessors: byExtent(
        all.flatMap((before) => {
          const extent = links.get(before)?.get(unit)
          return extent === undefined ? [] : [[unitId(before, all), extent] as const]
        }),
      ),
    })
  }
  return all.flatMap((unit) => resolved.get(unit) ?? [])
}

/** Answers the NGSI-LD entities of units, without @context. */
export function unitEntities(units: readonly Unit[]): readonly JsonObject[] {
  return units.map((unit) => ({
    id: unit.id,
    type: 'AdministrativeUnit',
    code: property(unit.code),
    level: property(unit.level),
    category: property(CATEGORIES[SPELLINGS.find((word) => unit.vi.startsWith(word)) ?? ''] ?? unit.level),
    name: { type: 'LanguageProperty', languageMap: { vi: unit.vi, en: unit.en } },
    ...(unit.alsoVi !== undefined && {
      alternateName: { type: 'LanguageProperty', languageMap: { vi: unit.alsoVi } },
    }),
    ...period(unit),
    ...(unit.parent && { partOf: { type: 'Relationship', object: unit.parent.id } }),
    ...link('predecessor', unit.predecessors),
    ...link('succeededBy', unit.successors),
    ...(unit.point && {
      location: { type: 'GeoProperty', value: { type: 'Point', coordinates: [...unit.point] } },
    }),
    ...(unit.area !== undefined && { area: { type: 'Property', value: unit.area, unitCode: 'KMK' } }),
    ...(unit.legalBasis !== undefined && { legalBasis: property(unit.legalBasis) }),
    confidence: property(unit.confidence),
  }))
}

/** Builds one Property of an entity. */
export function property(value: string | number): JsonObject {
  return { type: 'Property', value }
}

/** Answers the period of validity as attributes; a day that is not known is absent. */
export function period({ from, to }: { readonly from?: string; readonly to?: string }): JsonObject {
  return {
    ...(from !== undefined && { validFrom: property(from) }),
    ...(to !== undefined && { validTo: property(to) }),
  }
}

/** Answers a Relationship with one instance for each extent; the whole territory is the default instance. */
export function link(name: string, links: Links): JsonObject {
  const instances = [...links].map(([extent, ids]) => ({
    type: 'Relationship',
    ...(extent === 'partial' && { datasetId: 'urn:ngsi-ld:Dataset:extent:partial' }),
    object: ids.length === 1 && ids[0] !== undefined ? ids[0] : ids,
    extent: property(extent),
  }))
  const [first] = instances
  if (!first) return {}
  return { [name]: instances.length === 1 ? first : instances }
}

/** Groups ids by extent, the whole territory first. */
export function byExtent(links: Iterable<readonly [string, Extent]>): Links {
  const groups = new Map<Extent, string[]>()
  const all = [...links]
  for (const extent of ['full', 'partial'] as const) {
    const ids = all.filter(([, found]) => found === extent).map(([id]) => id)
    if (ids.length > 0) groups.set(extent, ids.sort())
  }
  return groups
}

/** Answers the last part of an id: the first day, or the last where the first is not known. */
export function periodKey({ from, to = '' }: { readonly from?: string; readonly to?: string }): string {
  return (from ?? `until-${to}`).replaceAll('-', '').replace('until', 'until-')
}

function unitId(unit: SourceUnit, all: readonly SourceUnit[]): string {
  const province = provinceOf(unit, all)
  const code = province === unit.code ? province : `${province}-${unit.code}`
  return `urn:ngsi-ld:AdministrativeUnit:vn-${code}-${periodKey(unit)}`
}

function provinceOf(unit: SourceUnit, all: readonly SourceUnit[]): string {
  if (unit.partOf === undefined) return unit.code
  const parent = all.find(({ code }) => code === unit.partOf)
  return parent ? provinceOf(parent, all) : unit.partOf
}

function successorsOf(
  unit: SourceUnit,
  all: readonly SourceUnit[],
  file: SourceUnits,
): ReadonlyMap<SourceUnit, Extent> {
  const links = Object.entries(unit.succeededBy ?? {})
  return new Map(links.map(([code, extent]) => [validUnit(code, dayAfter(unit.to ?? ''), all, file), extent]))
}

function validUnit(code: string, day: string, all: readonly SourceUnit[], { file }: SourceUnits): SourceUnit {
  const found = all.filter(
    (unit) => unit.code === code && (unit.from ?? '') <= day && day <= (unit.to ?? '9999'),
  )
  const [unit] = found
  if (!unit || found.length > 1)
    throw file.fault(['groups'], `Code ${code} names ${found.length} units on ${day}`)
  return unit
}

/** A day on which a unit is valid: the last, or the first of a unit that still is. */
function dayOf({ from = '', to }: SourceUnit): string {
  return to ?? from
}

function dayAfter(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10)
}
