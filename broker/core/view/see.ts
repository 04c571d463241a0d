import type { Attributes, Entity, Instance } from '../model/entity.ts'
import type { Iri } from '../model/iri.ts'
import type { Micros } from '../model/time.ts'
import { scanInstance } from './scan-instance.ts'
import type { View } from './view.ts'

/**
 * Answers what a caller sees of an entity: undefined when it does not see it at all, the entity itself when it sees
 * everything. Restricted views date the entity by what is visible: a hidden write must not show in `modifiedAt`.
 */
export function see(entity: Entity, view: View): Entity | undefined {
  if (view.unrestricted) return entity
  if (view.types && !entity.types.some((type) => view.types?.has(type))) return undefined
  if (!view.admits(entity)) return undefined
  const attributes = seeAttributes(entity.attributes, { entity, view })
  const modifiedAt = latest(entity.createdAt, attributes)
  if (attributes === entity.attributes && modifiedAt === entity.modifiedAt) return entity
  return { ...entity, modifiedAt, attributes }
}

/** Whose attributes are seen, and by whom. */
interface Sight {
  readonly entity: Entity
  readonly view: View
}

function seeAttributes(attributes: Attributes, sight: Sight): Attributes {
  const names = Object.keys(attributes)
  const seen = names.map((name) => [name, seeInstances(attributes[name] ?? [], name, sight)] as const)
  if (seen.every(([name, instances]) => instances === attributes[name])) return attributes
  return Object.fromEntries(seen.filter(([, instances]) => instances.length > 0))
}

function seeInstances(instances: readonly Instance[], name: Iri, sight: Sight): readonly Instance[] {
  const { entity, view } = sight
  const treatment = view.treatment(entity.types, name)
  if (treatment === 'absent') return []
  const seen = instances.flatMap((instance) => {
    const shown = treatment === 'clear' ? scanned(instance, name, sight) : treatment(instance, name, entity)
    return shown ? [seeSubAttributes(shown, sight)] : []
  })
  const same = seen.length === instances.length && seen.every((instance, at) => instance === instances[at])
  return same ? instances : seen
}

/** Answers an instance that is shown as it is, without the identifiers in it where nobody classified the attribute. */
export function scanned(instance: Instance, name: Iri, { entity, view }: Sight): Instance | undefined {
  const { scan, scans, hidesNumber } = view
  if (!scan || !(scans?.(name, entity.types) ?? true)) return instance
  return scanInstance(instance, name, { scan, ...(hidesNumber && { hidesNumber }) })
}

function seeSubAttributes(instance: Instance, sight: Sight): Instance {
  if (!instance.attributes) return instance
  const seen = seeAttributes(instance.attributes, sight)
  if (seen === instance.attributes) return instance
  const { attributes, ...rest } = instance
  const modifiedAt = visibleSince(instance, attributes, seen)
  return { ...rest, modifiedAt, ...(Object.keys(seen).length > 0 && { attributes: seen }) }
}

/** An instance whose latest change was that of a hidden sub-attribute shows the latest visible one instead. */
function visibleSince({ createdAt, modifiedAt }: Instance, all: Attributes, seen: Attributes): Micros {
  const hidden = Object.keys(all).filter((name) => seen[name]?.length !== all[name]?.length)
  const byHidden = hidden.some((name) => all[name]?.some((instance) => instance.modifiedAt === modifiedAt))
  return byHidden ? latest(createdAt, seen) : modifiedAt
}

function latest(createdAt: Micros, attributes: Attributes): Micros {
  let at = createdAt
  for (const name in attributes) {
    for (const { modifiedAt } of attributes[name] ?? []) at = Math.max(at, modifiedAt)
  }
  return at
}
