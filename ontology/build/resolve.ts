import { unitOf } from '../units.ts'
import type {
  Alignment,
  AttributeDefinition,
  AttributeUse,
  Facets,
  Life,
  TypeDefinition,
  Vocabulary,
} from '../vocabulary.ts'
import { checkSynonyms } from './check-synonyms.ts'
import type { Source, SourceAttribute, SourceCommon, SourceType, SourceUse } from './read-source.ts'
import { resolveAlignment, resolveSynonyms } from './resolve-terms.ts'
import type { SourceFile } from './source-file.ts'

/** Answers the vocabulary that a source states, with every reference resolved. @throws SourceError */
export function resolve({ common, types }: Source): Vocabulary {
  const valueLists = mergedValueLists(common, types)
  const attributes = [...sharedAttributes(common), ...types.flatMap((type) => ownAttributes(type, common))]
  checkNames(types)
  for (const type of types) checkUses(type, common, valueLists)
  const { title, namespace, version, release, contextUrl, shapes = {} } = common
  const vocabulary: Vocabulary = {
    ...{ title, namespace, version, release, contextUrl },
    observedAt: common.observedAt,
    domains: common.domains,
    owners: common.owners,
    retentionClasses: common.retentionClasses,
    units: unitsOf(attributes),
    valueLists,
    shapes,
    types: types.map((type) => resolveType(type, common, attributes)),
    attributes: attributes.sort((left, right) => (left.name < right.name ? -1 : 1)),
  }
  checkReferences(vocabulary, common, types)
  checkSynonyms(vocabulary, { common, types })
  return vocabulary
}

/** Symbols of the units in use, by code. */
function unitsOf(attributes: readonly AttributeDefinition[]): Vocabulary['units'] {
  const codes = [...new Set(attributes.flatMap(({ unit }) => unit ?? []))].sort()
  return Object.fromEntries(codes.map((code) => [code, unitOf(code)?.symbol ?? code]))
}

function sharedAttributes(common: SourceCommon): AttributeDefinition[] {
  return Object.entries(common.attributes).map(([name, stated]) => define(name, stated, common, common.file))
}

function ownAttributes(type: SourceType, common: SourceCommon): AttributeDefinition[] {
  return [...type.own].map((name) => {
    const stated = type.attributes[name] as SourceAttribute // own attributes were checked as such
    return define(name, stated, common, type.file)
  })
}

function define(
  name: string,
  stated: SourceAttribute,
  common: SourceCommon,
  file: SourceFile,
): AttributeDefinition {
  const { iri, value, shape, unit, subAttributes = {} } = stated
  if (unit !== undefined && !unitOf(unit)) {
    throw file.fault(['attributes', name, 'unit'], `Attribute ${name} has the unknown unit ${unit}`)
  }
  if ((value === 'object') !== (shape !== undefined)) {
    throw file.fault(
      ['attributes', name],
      `Attribute ${name} needs a shape for an object value, and only then`,
    )
  }
  return {
    name,
    iri: iri ?? `${common.namespace}${name}`,
    core: iri !== undefined,
    ...(value !== undefined && { value }),
    ...(shape !== undefined && { shape }),
    ...(unit !== undefined && { unit }),
    ...facets(stated, { alignment: { same: [], sub: [], close: [] } }, common, file, name),
    subAttributes,
  }
}

/** Lays what a file states over what holds otherwise. */
function facets(
  stated: SourceUse,
  base: Partial<Facets>,
  common: SourceCommon,
  file: SourceFile,
  name: string,
): Facets {
  const place = ['attributes', name]
  if (stated.range && stated.range[0] > stated.range[1]) {
    throw file.fault([...place, 'range'], `Attribute ${name} has an empty range`)
  }
  const unknown = (text: string) => file.fault([...place, 'align'], text)
  const { align, values, target, geometry, personalData, label, definition, children, example } = stated
  const alignment = resolveAlignment(align, base.alignment, common, unknown)
  checkAlignment(alignment, common, (iri) =>
    file.fault(
      [...place, 'align'],
      `Attribute ${name} is close to ${iri}, not the same: that leads to a value`,
    ),
  )
  const synonyms = resolveSynonyms([...(stated.synonyms ?? []), ...(base.synonyms ?? [])], alignment, common)
  const laid = {
    ...base,
    ...(stated.kind !== undefined && { kinds: [stated.kind].flat() }),
    ...(stated.range && { minimum: stated.range[0], maximum: stated.range[1] }),
    ...(values !== undefined && { values }),
    ...(target && { target }),
    ...(geometry && { geometry }),
    ...(personalData && { personalData }),
    ...(label && { label }),
    ...(definition && { definition }),
    alignment,
    ...(synonyms.length > 0 && { synonyms }),
    ...(children && { children }),
    ...(example !== undefined && { example }),
    ...kept(stated, common, file, name),
    ...life(stated),
  }
  return laid as Facets // a definition states all that is needed; a use is laid over one
}

/** In NGSI-LD an attribute leads to a node with value, unit and time; only terms used so can be the same. @throws SourceError */
function checkAlignment(
  { same, sub }: Alignment,
  { prefixes, synonymPrefix }: SourceCommon,
  fault: (iri: string) => Error,
): void {
  const wrong = [...same, ...sub].find((iri) => !iri.startsWith(prefixes[synonymPrefix] ?? ''))
  if (wrong !== undefined) throw fault(wrong)
}

/** Answers for how long and by whom an attribute is kept, where that is stated. */
function kept(
  { retention, owner, personalData }: SourceUse,
  common: SourceCommon,
  file: SourceFile,
  name: string,
): Pick<Facets, 'retention' | 'owner'> {
  const place = ['attributes', name]
  if (retention !== undefined && !Object.hasOwn(common.retentionClasses, retention)) {
    throw file.fault(
      [...place, 'retention'],
      `Attribute ${name} has the unknown retention class ${retention}`,
    )
  }
  if (owner !== undefined && !Object.hasOwn(common.owners, owner)) {
    throw file.fault([...place, 'owner'], `Attribute ${name} has the unknown owner ${owner}`)
  }
  if (personalData !== undefined && personalData !== 'none' && retention === undefined) {
    throw file.fault(place, `Attribute ${name} is of persons and has no retention`)
  }
  return { ...(retention !== undefined && { retention }), ...(owner !== undefined && { owner }) }
}

function life({ since, deprecated, replacedBy }: Life): Life {
  return {
    ...(since !== undefined && { since }),
    ...(deprecated !== undefined && { deprecated }),
    ...(replacedBy !== undefined && { replacedBy }),
  }
}

function resolveType(
  type: SourceType,
  common: SourceCommon,
  attributes: readonly AttributeDefinition[],
): TypeDefinition {
  const unknown = (text: string) => type.file.fault(['align'], `Unknown ${text}`)
  const alignment = resolveAlignment(type.align, undefined, common, unknown)
  const synonyms = resolveSynonyms(type.synonyms ?? [], alignment, common)
  checkKeeping(type, common)
  checkIdExample(type)
  return {
    name: type.type,
    iri: `${common.namespace}${type.type}`,
    label: type.label,
    definition: type.definition,
    domain: domainOf(type, common),
    alignment,
    ...(synonyms.length > 0 && { synonyms }),
    retention: type.retention,
    owner: type.owner,
    ...life(type),
    ...(type.idPattern !== undefined && { idPattern: type.idPattern }),
    ...(type.idExample !== undefined && { idExample: type.idExample }),
    attributes: Object.entries(type.attributes).map(([name, stated]) => {
      const base = attributes.find((attribute) => attribute.name === name)
      if (!base) throw type.file.fault(['attributes', name], `Attribute ${name} is not defined`)
      return useOf(base, stated, type, common)
    }),
  }
}

function useOf(
  base: AttributeDefinition,
  stated: SourceUse,
  type: SourceType,
  common: SourceCommon,
): AttributeUse {
  const { core: _core, value: _value, shape: _shape, unit: _unit, subAttributes: _sub, ...rest } = base
  const { name, iri } = base
  const laid = type.own.has(name) ? rest : facets(stated, rest, common, type.file, name)
  const { retention = type.retention, owner = type.owner } = laid
  const cardinality = stated.cardinality ?? common.attributes[name]?.cardinality ?? '0..1'
  return { ...laid, name, iri, cardinality, retention, owner }
}

/** The folder of its file says what a type is about. */
function domainOf({ file }: SourceType, { domains }: SourceCommon): string {
  const [domain = ''] = file.name.split('/')
  if (!Object.hasOwn(domains, domain)) throw file.fault(['type'], `Type is of the unknown domain ${domain}`)
  return domain
}

function checkIdExample({ file, idPattern = '', idExample }: SourceType): void {
  const fits = idExample === undefined ? idPattern === '' : new RegExp(idPattern).test(idExample)
  if (!fits) throw file.fault(['idPattern'], 'Type needs an idExample that its idPattern fits')
}

function checkKeeping({ file, owner, retention }: SourceType, common: SourceCommon): void {
  if (!Object.hasOwn(common.owners, owner)) throw file.fault(['owner'], `Type has the unknown owner ${owner}`)
  if (!Object.hasOwn(common.retentionClasses, retention))
    throw file.fault(['retention'], `Type has the unknown retention class ${retention}`)
}

function mergedValueLists(common: SourceCommon, types: readonly SourceType[]): Vocabulary['valueLists'] {
  const lists: Record<string, Vocabulary['valueLists'][string]> = { ...common.valueLists }
  for (const { file, valueLists = {} } of types) {
    for (const [name, list] of Object.entries(valueLists)) {
      if (Object.hasOwn(lists, name))
        throw file.fault(['valueLists', name], `Value list ${name} is defined twice`)
      lists[name] = list
    }
  }
  return lists
}

/** A name that two types define has two meanings, or should be shared. */
function checkNames(types: readonly SourceType[]): void {
  const homes = new Map<string, string>()
  for (const { file, own } of types) {
    for (const name of own) {
      const home = homes.get(name)
      if (home !== undefined) {
        throw file.fault(
          ['attributes', name],
          `Attribute ${name} is defined in ${home} too; share it in common.yaml`,
        )
      }
      homes.set(name, file.name)
    }
  }
}

function checkUses(type: SourceType, common: SourceCommon, lists: Vocabulary['valueLists']): void {
  for (const [name, stated] of Object.entries(type.attributes)) {
    if (stated.values !== undefined && !Object.hasOwn(lists, stated.values)) {
      throw type.file.fault(
        ['attributes', name, 'values'],
        `Attribute ${name} has the unknown list ${stated.values}`,
      )
    }
    const kinds = [common.attributes[name]?.kind ?? stated.kind ?? []].flat()
    const other = [stated.kind ?? []].flat().find((kind) => !kinds.includes(kind))
    if (other)
      throw type.file.fault(
        ['attributes', name, 'kind'],
        `Attribute ${name} is no ${other} where it is shared`,
      )
  }
}

function checkReferences(vocabulary: Vocabulary, common: SourceCommon, types: readonly SourceType[]): void {
  const typeNames = new Set(vocabulary.types.map(({ name }) => name))
  const names = new Set(vocabulary.attributes.map(({ name }) => name))
  for (const { name, target = [], shape, subAttributes } of [...vocabulary.attributes]) {
    const file = types.find(({ own }) => own.has(name))?.file ?? common.file
    const lost =
      target.find((type) => !typeNames.has(type)) ??
      Object.keys(subAttributes).find((sub) => !names.has(sub)) ??
      (shape !== undefined && !Object.hasOwn(vocabulary.shapes, shape) ? shape : undefined)
    if (lost)
      throw file.fault(['attributes', name], `Attribute ${name} refers to ${lost}, which is not defined`)
  }
}
