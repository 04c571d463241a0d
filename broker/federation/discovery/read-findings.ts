import type { TermTable } from '../../core/context/term-table.ts'
import { type AttributeKind, VALUE_MEMBER } from '../../core/model/entity.ts'
import { type Iri, isName } from '../../core/model/iri.ts'
import { isJsonArray, isJsonObject, itemsOf, type JsonObject, type JsonValue } from '../../core/model/json.ts'
import { badRequestData } from '../../core/model/problem.ts'

/** A question for what types or attributes there are (CIM 009 v1.9.1, 5.7.5 to 5.7.10). */
export interface DiscoveryQuestion {
  readonly about: 'types' | 'attributes'
  /** All of them with details. */
  readonly details: boolean
  /** Only this one, with all that is known of it. */
  readonly name?: Iri
}

/** There are entities of this type, with this attribute; a source need not tell which attribute is of which type. */
export interface Finding {
  readonly type?: Iri
  readonly attribute?: Iri
  readonly kinds: readonly AttributeKind[]
}

/** What one source told of its types and attributes. */
export interface Findings {
  readonly findings: readonly Finding[]
  /** How many entities of the type, or instances of the attribute, that was asked for. */
  readonly count?: number
}

/** Reads a source's answer to a question (5.2.24 to 5.2.28); names are expanded. @throws Problem where it is none */
export function readFindings(
  body: JsonValue | undefined,
  { about, details, name }: DiscoveryQuestion,
  table: TermTable,
): Findings {
  const read = about === 'types' ? readType : readAttribute
  if (name !== undefined) {
    const { findings, count } = read(objectOf(body), table)
    const own = findings.filter((finding) => (about === 'types' ? finding.type : finding.attribute) === name)
    return { findings: own, ...(count !== undefined && { count }) }
  }
  if (details) {
    if (!isJsonArray(body)) throw badRequestData('Answer to discovery is no list')
    return { findings: body.flatMap((item) => read(objectOf(item), table).findings) }
  }
  const { typeList, attributeList } = objectOf(body)
  if (about === 'types') return { findings: namesOf(typeList, table).map((type) => ({ type, kinds: [] })) }
  return { findings: namesOf(attributeList, table).map((attribute) => ({ attribute, kinds: [] })) }
}

function readType(body: JsonObject, table: TermTable): Findings {
  const type = nameOf(body.typeName ?? body.id, table)
  const described = itemsOf(body.attributeDetails).map((item) => {
    const { attributeName, id, attributeTypes } = objectOf(item)
    return { type, attribute: nameOf(attributeName ?? id, table), kinds: kindsOf(attributeTypes) }
  })
  const named = optionalNames(body.attributeNames, table).map((attribute) => ({ type, attribute, kinds: [] }))
  return { findings: [{ type, kinds: [] }, ...described, ...named], ...countOf(body.entityCount) }
}

function readAttribute(body: JsonObject, table: TermTable): Findings {
  const attribute = nameOf(body.attributeName ?? body.id, table)
  const kinds = kindsOf(body.attributeTypes)
  const typed = optionalNames(body.typeNames, table).map((type) => ({ type, attribute, kinds }))
  const findings = typed.length > 0 ? typed : [{ attribute, kinds }]
  return { findings, ...countOf(body.attributeCount) }
}

function objectOf(value: JsonValue | undefined): JsonObject {
  if (!isJsonObject(value)) throw badRequestData('Answer to discovery is no object')
  return value
}

function nameOf(value: JsonValue | undefined, table: TermTable): Iri {
  if (typeof value !== 'string' || !isName(value)) throw badRequestData('Answer to discovery holds no name')
  return table.expand(value)
}

function namesOf(value: JsonValue | undefined, table: TermTable): readonly Iri[] {
  if (value === undefined) throw badRequestData('Answer to discovery lacks its list')
  return itemsOf(value).map((name) => nameOf(name, table))
}

function optionalNames(value: JsonValue | undefined, table: TermTable): readonly Iri[] {
  return value === undefined ? [] : namesOf(value, table)
}

/** Kinds that this hub does not know are passed over. */
function kindsOf(value: JsonValue | undefined): readonly AttributeKind[] {
  return itemsOf(value).filter(isKind)
}

function isKind(value: JsonValue): value is AttributeKind {
  return typeof value === 'string' && Object.hasOwn(VALUE_MEMBER, value)
}

function countOf(value: JsonValue | undefined): Pick<Findings, 'count'> {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? { count: value } : {}
}
