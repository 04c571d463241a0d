import type { AdministrativeUnit, UnitLink, UnitRegister } from '../../core/model/administrative-unit.ts'
import type { JsonObject, JsonValue } from '../../core/model/json.ts'

/** Writes an administrative unit, with the names of those that it is linked to. */
export function unitDocument(unit: AdministrativeUnit, units: Pick<UnitRegister, 'unit'>): JsonObject {
  const { id, code, level, category, name, alsoNamed, from, to, partOf, point, area } = unit
  const parent = partOf === undefined ? undefined : units.unit(partOf)
  return {
    id,
    code,
    level,
    category,
    name: { ...name },
    ...(alsoNamed.length > 0 && { alternateName: alsoNamed }),
    ...(from !== undefined && { validFrom: from }),
    ...(to !== undefined && { validTo: to }),
    ...(parent && { partOf: shortly(parent) }),
    ...(unit.predecessors.length > 0 && { predecessors: linked(unit.predecessors, units) }),
    ...(unit.successors.length > 0 && { successors: linked(unit.successors, units) }),
    ...(point && { point: [...point] }),
    ...(area !== undefined && { areaKm2: area }),
  }
}

/** Writes the same as a GeoJSON Feature: its boundary, or the point that stands for it. */
export function unitFeature(unit: AdministrativeUnit, units: UnitRegister): JsonObject {
  const { id, point, ...properties } = unitDocument(unit, units)
  const outline = units.boundary(unit.id)?.geometry as JsonValue | undefined // GeoJSON is JSON
  const standing = point === undefined ? null : { type: 'Point', coordinates: point }
  return { type: 'Feature', id: String(id), geometry: outline ?? standing, properties }
}

function linked(links: readonly UnitLink[], units: Pick<UnitRegister, 'unit'>): JsonValue {
  return links.flatMap(({ id, extent }) => {
    const unit = units.unit(id)
    return unit ? [{ ...shortly(unit), extent }] : []
  })
}

function shortly({ id, code, name }: AdministrativeUnit): JsonObject {
  return { id, code, name: name.vi }
}
