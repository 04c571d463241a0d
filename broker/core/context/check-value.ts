import { NGSI_LD_NULL } from '../model/iri.ts'
import { isJsonObject, type JsonObject, type JsonValue, ownValue } from '../model/json.ts'
import { attributeFault, MAX_DEPTH, type Place } from './decode-rules.ts'

/**
 * plain: neither JSON null nor NGSI-LD Null. merge: NGSI-LD Null as a member of an object, where it deletes the member.
 * raw: whatever JSON there is, as JsonProperty and JSON literals hold it.
 */
export type ValueMode = 'plain' | 'merge' | 'raw'

/** Checks a value through and through; it is kept as it came. @throws Problem BadRequestData */
export function checkValue(value: JsonValue, place: Place, mode: ValueMode): void {
  walk(value, place, mode, place.depth)
}

function walk(value: JsonValue, place: Place, mode: ValueMode, depth: number): void {
  if (value === null || typeof value !== 'object') checkScalar(value, place, mode)
  else if (depth >= MAX_DEPTH) throw attributeFault(place, `is nested more than ${MAX_DEPTH} levels deep`)
  else if (isJsonObject(value)) walkObject(value, place, mode, depth + 1)
  else for (const item of value) walk(item, place, mode === 'merge' ? 'plain' : mode, depth + 1)
}

function walkObject(value: JsonObject, place: Place, mode: ValueMode, depth: number): void {
  const inner = ownValue(value, '@type') === '@json' ? 'raw' : mode
  for (const [key, item] of Object.entries(value)) {
    checkText(key, place)
    if (inner !== 'merge' || item !== NGSI_LD_NULL) walk(item, place, inner, depth)
  }
}

function checkScalar(value: null | boolean | number | string, place: Place, mode: ValueMode): void {
  if (value === null && mode !== 'raw') {
    throw attributeFault(place, `holds JSON null: a deletion is asked for with "${NGSI_LD_NULL}"`)
  }
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw attributeFault(place, 'holds a number beyond the range of JSON numbers')
  }
  if (typeof value !== 'string') return
  checkText(value, place)
  if (value === NGSI_LD_NULL && mode !== 'raw') {
    throw attributeFault(place, `holds "${NGSI_LD_NULL}" inside its value`)
  }
}

/** Checks that a text is Unicode: no half of a surrogate pair on its own. @throws Problem BadRequestData */
export function checkText(text: string, place: Place): void {
  if (!text.isWellFormed()) throw attributeFault(place, 'holds a text with a lone surrogate')
}
