import { entityOfFields } from '../../kit/mapping/fields.ts'
import type { MapContext } from '../../kit/mapping/mapper.ts'
import { inSystem } from '../../kit/mapping/place-entity.ts'
import { type EntityDocument, point } from '../../kit/values/entity-document.ts'
import { RecordFault, unmapped } from '../../kit/values/fault.ts'
import { fieldKey } from '../../kit/values/field-key.ts'
import { iriOf } from '../../kit/values/iri-of.ts'
import type { Json, JsonMap } from '../../kit/values/json.ts'
import { isJsonMap, member, textMember } from '../../kit/values/json.ts'
import { toNumber } from '../../kit/values/measure.ts'

/** Which fields make a place: cadastral lists have X to the north and Y to the east, or the other way round. */
const PLACES = [
  ['toaDoY', 'toaDoX'],
  ['kinhDo', 'viDo'],
] as const

/** Turns one file of the one-stop system into the permit that it is about. Who asked for it goes into `permitHolder` alone. */
export async function map(record: Json, context: MapContext): Promise<readonly EntityDocument[]> {
  const table = member(context.tables, 'permits')
  if (!isJsonMap(record) || !isJsonMap(table)) throw unmapped('Record is no file of a permit')
  const permit = entityOfFields(record, table, context)
  return [{ ...permit, ...parcelOf(record, permit), ...(await placeOf(record, context)) }]
}

/** The parcel is named as the feed of land maps does: by unit, sheet and number. */
function parcelOf(record: JsonMap, permit: EntityDocument): JsonMap {
  const unit = textMember(permit.refAdministrativeUnit, 'object')?.split(':').at(-1)
  const [sheet, number] = ['soTo', 'soThua'].map((name) => textIn(record, name))
  if (unit === undefined || sheet === undefined || number === undefined) return {}
  return { refLandParcel: { type: 'Relationship', object: iriOf('LandParcel', unit, sheet, number) } }
}

async function placeOf(record: JsonMap, { places, doubt }: MapContext): Promise<JsonMap> {
  for (const names of PLACES) {
    const [east, north] = names.map((name) => textIn(record, name))
    if (east === undefined || north === undefined) continue
    try {
      const { value } = point(toNumber(east), toNumber(north))
      return { location: { type: 'GeoProperty', value: await inSystem(value as JsonMap, {}, places) } } // as `point` makes it
    } catch (error) {
      if (!(error instanceof RecordFault)) throw error
      doubt(error.message)
    }
  }
  return {}
}

function textIn(record: JsonMap, name: string): string | undefined {
  const found = Object.entries(record).find(([field]) => fieldKey(field) === fieldKey(name))?.[1]
  const text = typeof found === 'number' ? String(found) : found
  return typeof text === 'string' && text.trim() !== '' ? text.trim() : undefined
}
