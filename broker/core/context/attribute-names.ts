import { type Iri, isName, NGSI_LD } from '../model/iri.ts'
import type { Problem } from '../model/problem.ts'
import { attributeFault, type Decoding, type Place } from './decode-rules.ts'
import { KnownNames } from './known-names.ts'
import type { TermTable } from './term-table.ts'

/** Members of an entity that only brokers write; a client that sends them back is not told off. */
export const IGNORED_ENTITY_MEMBERS: readonly string[] = ['createdAt', 'modifiedAt', 'deletedAt']

/** Members of an attribute that only brokers write; ignored in the same way. */
export const IGNORED_MEMBERS: ReadonlySet<string> = new Set([
  ...[...IGNORED_ENTITY_MEMBERS, 'instanceId', 'previousValue', 'previousObject', 'previousVocab'],
  ...['previousJson', 'previousLanguageMap', 'previousValueList', 'previousObjectList'],
])

/** Non-reified members of `ngsildproof`, and of nothing else (CIM 009 v1.9.1, 4.5.2.2): bare strings inside and outside. */
export const SEALED: ReadonlyMap<string, Iri> = new Map(
  ['entityIdSealed', 'entityTypeSealed'].map((name) => [name, NGSI_LD + name]),
)

/** The attribute that holds a proof of integrity. */
export const PROOF: Iri = `${NGSI_LD}ngsildproof`

/** Non-reified terms of the core: they cannot name an attribute (CIM 009 v1.9.1, 4.5.1). */
const NOT_ATTRIBUTES: ReadonlySet<Iri> = new Set(
  [
    ...[
      'datasetId',
      'instanceId',
      'observedAt',
      'unitCode',
      'createdAt',
      'modifiedAt',
      'deletedAt',
      'expiresAt',
    ],
    ...['hasValue', 'hasObject', 'hasObjectList', 'hasValueList', 'hasLanguageMap', 'hasVocab', 'hasJSON'],
    ...[
      'hasValues',
      'hasObjects',
      'hasObjectLists',
      'hasValueLists',
      'hasLanguageMaps',
      'vocabs',
      'hasVocabs',
    ],
    ...['jsons', 'hasDataset', 'hasValueType', 'hasObjectType', 'lang', 'entity', 'entityList', 'scope'],
    ...['hasPreviousValue', 'hasPreviousObject', 'hasPreviousObjectList', 'hasPreviousValueList'],
    ...['hasPreviousLanguageMap', 'hasPreviousVocab', 'hasPreviousJson'],
  ].map((name) => NGSI_LD + name),
)

/** Expands the name of an attribute (CIM 009 v1.9.1, 4.6.2 and 5.5.7). @throws Problem BadRequestData */
export function expandAttributeName(name: string, place: Place, { table }: Decoding, parent?: Place): Iri {
  const names = KNOWN.ofTable(table)
  const iri = names.find(name) ?? names.keep(name, expandAnywhere(name, place, table))
  const written = !parent && IGNORED_MEMBERS.has(name)
  const sealed = SEALED.has(name) && !parent?.path.endsWith('ngsildproof')
  if (written || sealed) throw reserved(place)
  return iri
}

const KNOWN = new KnownNames<Iri>()

/** Expands a name that can be one of an attribute or of a sub-attribute. @throws Problem BadRequestData */
function expandAnywhere(name: string, place: Place, table: TermTable): Iri {
  if (!isName(name))
    throw attributeFault(place, 'has a name that is not letter, then letters, digits and "_"')
  const iri = table.expand(name)
  if (NOT_ATTRIBUTES.has(iri)) throw reserved(place)
  return iri
}

function reserved(place: Place): Problem {
  return attributeFault(place, 'has a name that the core @context reserves for something else')
}
