import type { Attributes, Entity, Instance } from '../../../../broker/core/model/entity.ts'
import type { JsonValue } from '../../../../broker/core/model/json.ts'
import { iri } from './vocabulary.ts'

/** A Property instance with fixed times. */
export const property = (value: JsonValue, more: Partial<Instance> = {}): Instance => ({
  kind: 'Property',
  value,
  createdAt: 1,
  modifiedAt: 2,
  ...more,
})

/** An entity of short type and attribute names. */
export function entity({
  id = 'urn:ngsi-ld:ServiceRequest:1',
  types = ['ServiceRequest'],
  scopes,
  attributes = {},
}: {
  readonly id?: string
  readonly types?: readonly string[]
  readonly scopes?: readonly string[]
  readonly attributes?: Readonly<Record<string, Instance>>
} = {}): Entity {
  const named: Attributes = Object.fromEntries(
    Object.entries(attributes).map(([name, instance]) => [iri(name), [instance]]),
  )
  return {
    id,
    types: types.map(iri),
    createdAt: 1,
    modifiedAt: 2,
    attributes: named,
    ...(scopes && { scopes }),
  }
}
