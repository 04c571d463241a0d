import type { AttributeUse, Cardinality, Kind, PersonalData, ValueType, Vocabulary } from '../vocabulary.ts'
import { definitionOf } from './uses.ts'

/** What writers and readers rely on of one attribute of one type. */
export interface AttributeContract {
  readonly iri: string
  readonly kinds: readonly Kind[]
  readonly value?: ValueType
  readonly unit?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly values?: readonly string[]
  readonly target?: readonly string[]
  readonly geometry?: readonly string[]
  readonly members?: Readonly<Record<string, string>>
  readonly cardinality: Cardinality
  readonly personalData: PersonalData
  readonly children?: true
  readonly subAttributes?: Readonly<Record<string, Cardinality>>
}

/** What writers and readers rely on of one type. */
export interface TypeContract {
  readonly iri: string
  readonly idPattern?: string
  readonly attributes: Readonly<Record<string, AttributeContract>>
}

/** What a release promises: its words left out. */
export interface Contract {
  readonly version: string
  readonly release: string
  readonly types: Readonly<Record<string, TypeContract>>
}

/** Answers what a vocabulary promises to those who write and read by it. */
export function contractOf(vocabulary: Vocabulary): Contract {
  const { version, release } = vocabulary
  const types = vocabulary.types.map(({ name, iri, idPattern, attributes }) => {
    const members = attributes.map((use) => [use.name, attributeContract(use, vocabulary)] as const)
    const contract: TypeContract = {
      iri,
      ...(idPattern !== undefined && { idPattern }),
      attributes: Object.fromEntries(members),
    }
    return [name, contract] as const
  })
  return { version, release, types: Object.fromEntries(types) }
}

function attributeContract(use: AttributeUse, vocabulary: Vocabulary): AttributeContract {
  const { value, unit, shape, subAttributes } = definitionOf(use.name, vocabulary)
  const { iri, kinds, minimum, maximum, values, target, geometry, cardinality, personalData, children } = use
  return {
    ...{ iri, kinds },
    ...(value !== undefined && { value }),
    ...(unit !== undefined && { unit }),
    ...(minimum !== undefined && { minimum }),
    ...(maximum !== undefined && { maximum }),
    ...(values !== undefined && { values: Object.keys(vocabulary.valueLists[values] ?? {}) }),
    ...(target && { target }),
    ...(geometry && { geometry }),
    ...(shape !== undefined && { members: vocabulary.shapes[shape] ?? {} }),
    ...{ cardinality, personalData },
    ...(children && { children }),
    ...(Object.keys(subAttributes).length > 0 && { subAttributes }),
  }
}
