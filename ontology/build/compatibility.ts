import type { AttributeContract, Contract, TypeContract } from './contract.ts'

const CLASSES = ['none', 'basic', 'sensitive']

/**
 * Answers what is wrong with what is about to follow a release, one text each: within a version nothing that was good may
 * become bad and no IRI may lead elsewhere; over versions an IRI keeps its meaning; what is added needs another release.
 */
export function incompatibilities(released: Contract, current: Contract): readonly string[] {
  const isNewVersion = numberOf(current.version) > numberOf(released.version)
  const faults = isNewVersion ? changedMeanings(released, current) : breaks(released, current)
  return [...faults, ...unnumbered(released, current, isNewVersion)]
}

/** Within a version. */
function breaks(released: Contract, current: Contract): readonly string[] {
  return Object.entries(released.types).flatMap(([name, before]) => {
    const after = current.types[name]
    return after ? brokenType(name, before, after) : [`Type ${name} is removed`]
  })
}

function brokenType(name: string, before: TypeContract, after: TypeContract): readonly string[] {
  const stated = Object.entries(before.attributes).flatMap(([attribute, was]) => {
    const is = after.attributes[attribute]
    const place = `${name}.${attribute}`
    return is ? brokenAttribute(was, is).map((text) => `${place}: ${text}`) : [`${place} is removed`]
  })
  const added = Object.entries(after.attributes).filter(
    ([attribute, { cardinality }]) => !before.attributes[attribute] && cardinality.startsWith('1'),
  )
  return [
    ...changed(`Type ${name}: IRI`, before.iri, after.iri),
    ...(after.idPattern === undefined
      ? []
      : changed(`Type ${name}: pattern of ids`, before.idPattern, after.idPattern)),
    ...stated,
    ...added.map(([attribute]) => `${name}.${attribute} is added and required`),
  ]
}

function brokenAttribute(was: AttributeContract, is: AttributeContract): readonly string[] {
  return [
    ...meanings(was, is),
    ...narrowedRange(was, is),
    ...narrowed('values', was.values, is.values),
    ...narrowed('targets', was.target, is.target),
    ...narrowed('geometries', was.geometry, is.geometry),
    ...brokenMembers(was.members, is.members),
    ...tightened('cardinality', was.cardinality, is.cardinality),
    ...brokenSubAttributes(was.subAttributes, is.subAttributes),
    ...(CLASSES.indexOf(is.personalData) < CLASSES.indexOf(was.personalData)
      ? [`class of personal data is lowered from ${was.personalData} to ${is.personalData}`]
      : []),
    ...(was.children && !is.children ? ['may be of a child no more'] : []),
  ]
}

/** What an IRI stands for. */
function meanings(was: AttributeContract, is: AttributeContract): readonly string[] {
  return [
    ...changed('IRI', was.iri, is.iri),
    ...changed('kind', [...was.kinds].sort().join(' or '), [...is.kinds].sort().join(' or ')),
    ...changed('value', was.value, is.value),
    ...changed('unit', was.unit, is.unit),
  ]
}

function narrowedRange(was: AttributeContract, is: AttributeContract): readonly string[] {
  const low = (is.minimum ?? Number.NEGATIVE_INFINITY) > (was.minimum ?? Number.NEGATIVE_INFINITY)
  const high = (is.maximum ?? Number.POSITIVE_INFINITY) < (was.maximum ?? Number.POSITIVE_INFINITY)
  if (!low && !high) return []
  return [`range is narrowed from ${rangeText(was)} to ${rangeText(is)}`]
}

function rangeText({ minimum, maximum }: AttributeContract): string {
  return `[${minimum ?? '…'}, ${maximum ?? '…'}]`
}

function narrowed(
  what: string,
  was: readonly string[] | undefined,
  is: readonly string[] | undefined,
): readonly string[] {
  if (!is) return []
  if (!was) return [`${what} are limited where any were allowed`]
  const lost = was.filter((one) => !is.includes(one))
  return lost.length === 0 ? [] : [`${what} lose ${lost.join(', ')}`]
}

function brokenMembers(
  was: AttributeContract['members'] = {},
  is: AttributeContract['members'] = {},
): readonly string[] {
  return Object.entries(was).flatMap(([member, type]) => changed(`member ${member}`, type, is[member]))
}

function brokenSubAttributes(
  was: AttributeContract['subAttributes'] = {},
  is: AttributeContract['subAttributes'] = {},
): readonly string[] {
  const lost = Object.keys(was).filter((name) => !is[name])
  return [
    ...lost.map((name) => `sub-attribute ${name} is removed`),
    ...Object.entries(is).flatMap(([name, number]) =>
      tightened(`number of sub-attribute ${name}`, was[name] ?? '0..n', number, !was[name]),
    ),
  ]
}

/** `added`: it was not there before, so that any number of it is new; only that it is needed breaks. */
function tightened(what: string, was: string, is: string, added = false): readonly string[] {
  const needed = is.startsWith('1') && !was.startsWith('1')
  const fewer = was.endsWith('n') && !is.endsWith('n') && !added
  return needed || fewer ? [`${what} is tightened from ${was} to ${is}`] : []
}

function changed(what: string, was: string | undefined, is: string | undefined): readonly string[] {
  return was === is ? [] : [`${what} is changed from ${was ?? 'none'} to ${is ?? 'none'}`]
}

/** Over versions: entities that are stored carry IRIs, and nobody rewrites them. */
function changedMeanings(released: Contract, current: Contract): readonly string[] {
  const before = new Map(attributesOf(released).map((attribute) => [attribute.iri, attribute]))
  const faults = attributesOf(current).flatMap((is) => {
    const was = before.get(is.iri)
    return was ? meanings(was, is).map((text) => `${is.iri} needs another IRI: ${text}`) : []
  })
  return [...new Set(faults)]
}

function attributesOf({ types }: Contract): readonly AttributeContract[] {
  return Object.values(types).flatMap(({ attributes }) => Object.values(attributes))
}

function unnumbered(released: Contract, current: Contract, isNewVersion: boolean): readonly string[] {
  const major = numberOf(current.version)
  const [isMajor = 0, isMinor = 0] = current.release.split('.').map(Number)
  const [, wasMinor = 0] = released.release.split('.').map(Number)
  if (isMajor !== major) return [`Release ${current.release} is none of version ${current.version}`]
  const same = JSON.stringify(released.types) === JSON.stringify(current.types)
  if (same || isNewVersion || isMinor > wasMinor) return []
  return [`Release ${released.release} is out and stays as it is: raise release in common.yaml`]
}

function numberOf(version: string): number {
  return Number(version.replace(/^v/, ''))
}
