import type { Iri } from '../model/iri.ts'
import type { Projection } from '../query/ast.ts'

/** How an entity is to be written (CIM 009 v1.9.1, 4.5). Absent members: the standard's default. */
export interface RenderOptions {
  readonly format: 'normalized' | 'concise' | 'simplified'
  readonly sysAttrs?: true
  /** RFC 3282 language list as sent, 4.15. */
  readonly lang?: string
  /** Instances to keep, 4.5.5; `@none` is the default instance. */
  readonly datasetIds?: readonly string[]
  readonly pick?: Projection
  readonly omit?: Projection
  /** Nothing is written of an entity that has none of the picked attributes, 5.7.1. */
  readonly needsAttribute?: true
  /** Expanded GeoProperty that becomes the geometry of a GeoJSON Feature, 4.5.16. */
  readonly geometryProperty?: Iri
  /** Minor version of the standard that the body is to conform to, below that of the hub: 4 is 1.4 (4.3.6.8). */
  readonly version?: number
  /** Names of types, attributes and vocabularies are written as IRIs, whatever the @context. */
  readonly expanded?: true
}
