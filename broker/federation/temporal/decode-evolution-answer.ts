import { createHash } from 'node:crypto'
import { IGNORED_ENTITY_MEMBERS } from '../../core/context/attribute-names.ts'
import { decodeAttribute, decodeEntity } from '../../core/context/decode-entity.ts'
import { parseSystemTime } from '../../core/context/parse-system-time.ts'
import type { TermTable } from '../../core/context/term-table.ts'
import type { InstanceFragment } from '../../core/model/entity.ts'
import { type Iri, isIri, NGSI_LD_NULL } from '../../core/model/iri.ts'
import { isJsonObject, itemsOf, type JsonObject, type JsonValue } from '../../core/model/json.ts'
import { badRequestData } from '../../core/model/problem.ts'
import { SCOPE, type TemporalEntity, type TemporalInstance } from '../../core/model/temporal.ts'
import { nullOf } from '../../core/view/told.ts'
import { completeInstance, type Times, timesOf } from '../forward/decode-answer.ts'

const HISTORY = { nulls: 'forbidden', history: true } as const
const RULES = { ...HISTORY, requireId: true, requireType: true, systemTimes: true } as const
const NO_ATTRIBUTES: ReadonlySet<string> = new Set([
  ...['id', '@id', 'type', '@type', 'expiresAt', '@context'],
  ...IGNORED_ENTITY_MEMBERS,
])

/** Reads the evolution of an entity out of a source's answer (CIM 009 v1.9.1, 4.5.6, 5.2.20). @throws Problem where it is none */
export function decodeEvolutionAnswer(body: JsonValue, table: TermTable): TemporalEntity {
  if (!isJsonObject(body)) throw badRequestData('Evolution of a source is no JSON object')
  const { scope, '@context': _, ...members } = body
  const told = itemsOf(scope).some(isJsonObject) // scopes over time have no times of the system among their rules
  const { id, types, scopes, attributes } = decodeEntity(
    told || scope === undefined ? members : { ...members, scope },
    table,
    RULES,
  )
  if (id === undefined || !isIri(id) || !types) throw badRequestData('Evolution of a source lacks id or type')
  const times = timesOf(body)
  const decoded = new Map<Iri, readonly TemporalInstance[]>()
  for (const [name, value] of Object.entries(members)) {
    if (NO_ATTRIBUTES.has(name)) continue
    const iri = table.expand(name)
    decoded.set(iri, instancesOf(iri, attributes[iri] ?? [], { raw: value, times }))
  }
  if (told && scope !== undefined) {
    const fragments = decodeAttribute('scope', itemsOf(scope).map(withoutTimes), table, HISTORY)
    decoded.set(SCOPE, instancesOf(SCOPE, fragments, { raw: scope, times }))
  }
  const deletedAt = parseSystemTime(body.deletedAt)
  return {
    id,
    types,
    ...(scopes && typeof scopes !== 'string' && { scopes }),
    ...times,
    ...(deletedAt !== undefined && { deletedAt }),
    attributes: Object.fromEntries([...decoded].filter(([, instances]) => instances.length > 0)),
  }
}

function withoutTimes(item: JsonValue): JsonValue {
  if (!isJsonObject(item)) return item
  const { createdAt: _, modifiedAt: __, deletedAt: ___, instanceId: ____, ...rest } = item
  return rest
}

/** What only history has is read beside what every instance has. */
function instancesOf(
  name: Iri,
  fragments: readonly InstanceFragment[],
  { raw, times }: { readonly raw: JsonValue; readonly times: Times },
): readonly TemporalInstance[] {
  const items = itemsOf(raw)
  return fragments.map((fragment, at) => {
    const item = items.length === fragments.length ? items[at] : undefined
    return temporalInstance(name, fragment, { raw: isJsonObject(item) ? item : {}, times })
  })
}

function temporalInstance(
  name: Iri,
  fragment: InstanceFragment,
  { raw, times }: { readonly raw: JsonObject; readonly times: Times },
): TemporalInstance {
  const { kind, value } = fragment
  const gone = value === NGSI_LD_NULL && kind ? { value: nullOf(kind) } : {}
  const own = { createdAt: parseSystemTime(raw.createdAt), modifiedAt: parseSystemTime(raw.modifiedAt) }
  const deletedAt = parseSystemTime(raw.deletedAt)
  const instance = completeInstance(
    name,
    { ...fragment, ...gone },
    {
      createdAt: own.createdAt ?? own.modifiedAt ?? deletedAt ?? times.createdAt,
      modifiedAt: own.modifiedAt ?? own.createdAt ?? deletedAt ?? times.modifiedAt,
    },
  )
  const { instanceId } = raw
  return {
    ...instance,
    instanceId: typeof instanceId === 'string' && isIri(instanceId) ? instanceId : madeId(name, raw),
    ...(deletedAt !== undefined && { deletedAt }),
  }
}

/** Equal instances that a source gave no id have equal ones. */
function madeId(name: Iri, raw: JsonObject): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([name, raw]))
    .digest('hex')
  return `urn:ngsi-ld:Instance:${hash.slice(0, 32)}`
}
