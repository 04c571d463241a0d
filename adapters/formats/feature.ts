import path from 'node:path'
import type { JsonMap } from '../kit/values/json.ts'
import type { Decoded } from './format.ts'

/** What all features of a layer have in common, and that stands beside each of them. */
export interface Layer {
  /** Name of the layer: that of its file, or of the element that its features are. */
  readonly layer: string
  /** Reference system as the file names it; null: it does not say. */
  readonly crs: string | null
}

/** Answers the name of a layer by its file. */
export function layerName(file: string): string {
  return path.posix.basename(file.replaceAll('\\', '/')).replace(/\.[^.]*$/, '')
}

/** Answers a feature as a record that can be read alone again. */
export function featureRecord(feature: JsonMap, layer: Layer, line?: number): Decoded {
  return {
    value: { ...feature, layer: layer.layer, crs: layer.crs },
    raw: Buffer.from(JSON.stringify(feature)),
    preamble: Buffer.from(JSON.stringify(layer)),
    ...(line !== undefined && { line }),
  }
}
