import { entityOfFields } from '../../kit/mapping/fields.ts'
import type { MapContext } from '../../kit/mapping/mapper.ts'
import { inSystem } from '../../kit/mapping/place-entity.ts'
import type { EntityDocument } from '../../kit/values/entity-document.ts'
import { unmapped } from '../../kit/values/fault.ts'
import { fieldKey } from '../../kit/values/field-key.ts'
import type { Json, JsonMap } from '../../kit/values/json.ts'
import { isJsonMap, member, textMember } from '../../kit/values/json.ts'

/** Turns one feature of a map into what its layer is of, with its place in WGS84. */
export async function map(record: Json, context: MapContext): Promise<readonly EntityDocument[]> {
  const properties = member(record, 'properties')
  if (!isJsonMap(properties)) throw unmapped('Feature has no properties')
  const entity = entityOfFields(properties, tableOf(record, context), context)
  return [{ ...entity, ...(await placeOf(record, context)) }]
}

function tableOf(record: Json, { tables }: MapContext): JsonMap {
  const layer = textMember(record, 'layer') ?? ''
  const layers: readonly Json[] = Array.isArray(tables.layers) ? tables.layers : []
  const found = layers.find((one) => fieldKey(layer).includes(textMember(one, 'name') ?? layer))
  const table = member(tables, textMember(found, 'table') ?? '')
  if (!isJsonMap(table)) throw unmapped(`Layer ${layer.slice(0, 60)} is not in the table of the feed`)
  return table
}

/** What has no shape is there nevertheless; a shape that cannot be where it says is refused. @throws RecordFault */
async function placeOf(record: Json, { places }: MapContext): Promise<JsonMap> {
  const geometry = member(record, 'geometry')
  if (!isJsonMap(geometry)) return {}
  const crs = textMember(record, 'crs')
  return {
    location: {
      type: 'GeoProperty',
      value: await inSystem(geometry, crs === undefined ? {} : { crs }, places),
    },
  }
}
