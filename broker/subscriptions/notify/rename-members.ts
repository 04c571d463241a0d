import { isJsonObject, type JsonObject, ownValue } from '../../core/model/json.ts'
import type { DeliveryOptions } from '../subscription.ts'

type Names = NonNullable<DeliveryOptions['rename']>

/** Writes the members of an entity, or those of the properties of a Feature, under the names that a subscription gives them. */
export function renameMembers(text: string, names: Names): string {
  const entity: JsonObject = JSON.parse(text)
  const { properties } = entity
  const isFeature = entity.type === 'Feature' && isJsonObject(properties)
  return JSON.stringify(
    isFeature ? { ...entity, properties: renamed(properties, names) } : renamed(entity, names),
  )
}

/** Where two members would have one name, the renamed one has it. */
function renamed(members: JsonObject, names: Names): JsonObject {
  const entries = Object.entries(members)
  return Object.fromEntries([
    ...entries.filter(([name]) => !Object.hasOwn(names, name)),
    ...entries.flatMap(([name, value]) => {
      const other = ownValue(names, name)
      return typeof other === 'string' ? [[other, value] as const] : []
    }),
  ])
}
