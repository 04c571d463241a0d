import type { EntityDocument } from '../../kit/entity-document.ts'
import { unmapped } from '../../kit/fault.ts'
import type { Json } from '../../kit/json.ts'
import { isJsonMap, textMember } from '../../kit/json.ts'
import type { MapContext } from '../../kit/mapper.ts'

const CORE = /^https?:\/\/uri\.etsi\.org\/ngsi-ld\/v1\/ngsi-ld-core-context(-v[\d.]+)?\.jsonld$/

/** Takes an NGSI-LD entity as it is, with an @context that this hub can have; the hub itself judges the rest. */
export function map(record: Json, context: MapContext): readonly EntityDocument[] {
  if (!isJsonMap(record)) throw unmapped('Document is not an entity')
  const id = textMember(record, 'id')
  const type = record.type
  if (id === undefined) throw unmapped('Entity has no id')
  if (typeof type !== 'string' && !isTexts(type)) throw unmapped('Entity has no type')
  const { '@context': own, ...members } = record
  const readdressed = readdress(own, context)
  return [{ ...members, id, type, ...(readdressed !== undefined && { '@context': readdressed }) }]
}

function isTexts(value: Json | undefined): value is readonly string[] {
  return Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string')
}

/** The core @context is always added by the hub: it is left out, so that one address is left alone where there is one. */
function readdress(own: Json | undefined, context: MapContext): Json | undefined {
  const list: readonly Json[] = own === undefined ? [] : Array.isArray(own) ? own : [own]
  const kept = list
    .filter((item) => typeof item !== 'string' || !CORE.test(item))
    .map((item) => (typeof item === 'string' ? addressOf(item, context) : item))
  const once = kept.filter((item, at) => kept.indexOf(item) === at)
  return once.length > 1 ? once : once[0]
}

function addressOf(address: string, { tables }: MapContext): string {
  const table = tables.contexts
  const prefix = isJsonMap(table) ? Object.keys(table).find((start) => address.startsWith(start)) : undefined
  return prefix === undefined ? address : (textMember(table, prefix) ?? address)
}
