import { RecordFault } from '../kit/values/fault.ts'
import { isJsonMap, type Json } from '../kit/values/json.ts'
import { layerName } from './feature.ts'
import type { Decoded, Format, InputName } from './format.ts'
import { geojson } from './geojson.ts'
import { gml } from './gml.ts'
import { shapefiles } from './shapefile.ts'
import { decodeText } from './text.ts'
import type { Encoding } from './vietnamese-text.ts'
import { isZip, unzip } from './zip.ts'

/** How files of places of a feed are written. */
export interface FeaturesOptions {
  /** Encoding of the tables beside shapes; absent: the one in which they are Vietnamese. */
  readonly encoding?: Encoding
}

const WANTED = /\.(?:shp|dbf|prj|cpg|geojson|json|gml|xml)$/i

/**
 * Maps of agencies: Shapefile in a ZIP archive, GeoJSON, GML 3. Each feature is a GeoJSON Feature with `layer` and `crs` beside it;
 * its coordinates are east before north, in that system.
 */
export function features(options: FeaturesOptions = {}): Format {
  return {
    readsName: true,
    decode: (bytes, input) => read(bytes, input, options),
    decodeOne,
  }
}

function read(bytes: Uint8Array, { name }: InputName, options: FeaturesOptions): readonly Decoded[] {
  try {
    if (!isZip(bytes)) return document(bytes, name)
    const files = unzip(bytes, (file) => WANTED.test(file) && !file.startsWith('__MACOSX/'))
    const layers = shapefiles(files, options.encoding)
    const others = [...files].filter(
      ([file]) => /\.(?:geojson|json|gml|xml)$/i.test(file) && !isMetadata(file),
    )
    const decoded = [...layers, ...others.flatMap(([file, content]) => guarded(content, file))]
    if (decoded.length === 0) throw new RecordFault('unreadable', 'Archive has no layer in it')
    return decoded
  } catch (fault) {
    return [unreadable(bytes, fault)]
  }
}

function guarded(bytes: Uint8Array, name: string): readonly Decoded[] {
  try {
    return document(bytes, name)
  } catch (fault) {
    return [unreadable(bytes, fault)]
  }
}

function document(bytes: Uint8Array, name: string): readonly Decoded[] {
  const layer = layerName(name)
  const first = decodeText(bytes.subarray(0, 200).filter((byte) => byte < 128)).trimStart()[0]
  return first === '<' ? gml(bytes, layer) : geojson(bytes, layer)
}

/** Programs put a description beside the parts of a layer, which is none. */
function isMetadata(file: string): boolean {
  return /\.(?:shp|aux|qix)\.xml$/i.test(file) || /\.(?:qmd|qml)$/i.test(file)
}

function decodeOne(raw: Uint8Array, preamble: Uint8Array | undefined): Decoded {
  const place = { raw, ...(preamble && { preamble }) }
  try {
    const [feature, layer] = [raw, preamble ?? Buffer.from('{}')].map(
      (bytes): Json => JSON.parse(decodeText(bytes)) as Json, // JSON.parse answers nothing else
    )
    if (!isJsonMap(feature) || feature.type !== 'Feature' || !isJsonMap(layer)) throw new TypeError()
    return { ...place, value: { crs: null, layer: '', ...feature, ...layer } }
  } catch (cause) {
    return { ...place, fault: new RecordFault('unreadable', 'Record is not a feature', cause) }
  }
}

function unreadable(raw: Uint8Array, fault: unknown): Decoded {
  if (fault instanceof RecordFault) return { raw, fault }
  throw fault
}
