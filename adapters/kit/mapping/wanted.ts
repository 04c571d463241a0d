import { readOntology } from '../../../ontology/ontology.ts'
import { packageRoot } from '../../../ontology/package-root.ts'
import type { NamedAttribute } from '../../../ontology/synonyms.ts'
import { unitOf, unitSpelled } from '../../../ontology/units.ts'
import type { AttributeDefinition, ListedValue, Vocabulary } from '../../../ontology/vocabulary.ts'
import { unmapped } from '../values/fault.ts'

/** Values that there may be, by their names. */
export type ValueList = Readonly<Record<string, ListedValue>>

/** What a value is to become. */
export interface Wanted extends NamedAttribute {
  /** The list that the value has to be of. */
  readonly list?: ValueList
  /** UN/CEFACT code of the unit that the source gives. */
  readonly unitCode?: string
}

/** An attribute of a type, and the unit that a source has it in: as it is spelled there, or its code; absent: the canonical one. */
export interface NamedValue {
  readonly type: string
  readonly attribute: string
  readonly unit?: string
}

/** By type, attribute, and the unit where it is given. */
const known = new Map<string, Map<string, Map<string | undefined, Wanted>>>()

/** Answers what the ontology wants of an attribute; it is read when the first is asked for. @throws RecordFault where it has no such attribute */
export function wantedOf({ type, attribute, unit }: NamedValue): Wanted {
  const found = known.get(type)?.get(attribute)?.get(unit)
  if (found) return found
  const wanted = inUnit(type, attribute, unit)
  const ofType = known.get(type) ?? new Map()
  known.set(type, ofType.set(attribute, (ofType.get(attribute) ?? new Map()).set(unit, wanted)))
  return wanted
}

function inUnit(type: string, attribute: string, unit: string | undefined): Wanted {
  const wanted = lookedUp(type, attribute)
  if (unit === undefined || wanted.definition.unit === undefined) return wanted
  const unitCode = (unitSpelled(unit) ?? unitOf(unit))?.code
  if (unitCode === undefined || unitCode === '') throw unmapped(`Unit of ${type} ${attribute} is not known`)
  return { ...wanted, unitCode }
}

/** Answers what a vocabulary wants of one of its attributes that comes in a unit, or without one. */
export function wantedIn(
  { valueLists }: Vocabulary,
  { use, definition }: NamedAttribute,
  unitCode?: string,
): Wanted {
  const list = use.values === undefined ? undefined : valueLists[use.values]
  return { use, definition, ...(list && { list }), ...(unitCode !== undefined && { unitCode }) }
}

/** Tells whether an attribute is a number. */
export function isNumeric({ value }: AttributeDefinition): boolean {
  return value === 'number' || value === 'integer'
}

/** A reading is observed at a time; a name, a place or a rating is not. */
export function isObserved({ subAttributes, retention }: AttributeDefinition): boolean {
  return Object.hasOwn(subAttributes, 'observationStatus') || retention === 'observation'
}

function lookedUp(type: string, attribute: string): Wanted {
  const { vocabulary } = readOntology(packageRoot)
  const use = vocabulary.types
    .find(({ name }) => name === type)
    ?.attributes.find(({ name }) => name === attribute)
  const definition = vocabulary.attributes.find(({ name }) => name === attribute)
  if (!use || !definition)
    throw unmapped(`Table names ${type} ${attribute}, which the ontology does not have`)
  return wantedIn(vocabulary, { use, definition }, definition.unit)
}
