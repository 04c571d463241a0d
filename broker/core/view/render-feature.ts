import { isGeometry } from '../geo/parse-geometry.ts'
import type { Entity } from '../model/entity.ts'
import { LOCATION } from '../model/iri.ts'
import type { JsonValue } from '../model/json.ts'
import { projectedAttributes, renderMembers } from './render.ts'
import type { Writing } from './render-instance.ts'
import type { RenderOptions } from './render-options.ts'

/** Writes an entity as a GeoJSON Feature (CIM 009 v1.9.1, 4.5.16 and 4.5.17); undefined when the projection leaves nothing. */
export function renderFeature(entity: Entity, writing: Writing): string | undefined {
  const members = renderMembers(entity, writing)
  if (!members) return undefined
  const geometry = JSON.stringify(geometryOf(entity, writing.options))
  const properties = members.others.join(',')
  return `{${[...members.id, '"type":"Feature"'].join(',')},"geometry":${geometry},"properties":{${properties}}}`
}

/** The default instance, or the one in the dataset asked for (4.5.16.1); null when it is no geometry. */
function geometryOf({ attributes }: Entity, options: RenderOptions): JsonValue {
  const { geometryProperty = LOCATION, datasetIds } = options
  const instances = projectedAttributes(attributes, options)[geometryProperty] ?? []
  const chosen = datasetIds ? instances[0] : instances.find(({ datasetId }) => datasetId === undefined)
  return chosen?.kind === 'GeoProperty' && isGeometry(chosen.value) ? chosen.value : null
}
