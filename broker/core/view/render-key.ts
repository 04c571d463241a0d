import type { Projection } from '../query/ast.ts'
import type { RenderOptions } from './render-options.ts'

/** Names rendering options in cache keys: equal texts write equally, whatever the order in which things were asked. */
export function renderKey(options: RenderOptions): string {
  const {
    format,
    sysAttrs,
    lang,
    datasetIds,
    pick,
    omit,
    needsAttribute,
    geometryProperty,
    version,
    expanded,
  } = options
  const sorted = datasetIds && [...datasetIds].sort()
  return JSON.stringify([
    format,
    sysAttrs ?? false,
    lang ?? null,
    sorted ?? null,
    projectionKey(pick),
    projectionKey(omit),
    needsAttribute ?? false,
    geometryProperty ?? null,
    version ?? null,
    expanded ?? false,
  ])
}

type Key = null | readonly [readonly string[], readonly (readonly [string, Key])[]]

function projectionKey(projection: Projection | undefined): Key {
  if (!projection) return null
  const attributes = [...projection.attributes].map(
    ([name, nested]) => [name, projectionKey(nested)] as const,
  )
  return [[...projection.members].sort(), attributes.sort(([left], [right]) => (left < right ? -1 : 1))]
}
