import { readPrj } from '../../ontology/coordinates/read-prj.ts'
import { RecordFault } from '../kit/values/fault.ts'
import type { JsonMap } from '../kit/values/json.ts'
import { type DbfTable, isDeleted, readDbf, readRow } from './dbf.ts'
import { featureRecord, type Layer, layerName } from './feature.ts'
import type { Decoded } from './format.ts'
import { readShape, readShapes, type Shapes } from './shp.ts'
import { type Encoding, encodingNamed, encodingOf } from './vietnamese-text.ts'

type Files = ReadonlyMap<string, Uint8Array>

/** The parts of a layer as they were read. */
interface Parts {
  readonly shapes: Shapes
  readonly table: ReturnType<typeof readDbf>
  readonly encoding: Encoding
  readonly layer: Layer
}

/** Reads the layers that have a .shp among some files. One that cannot be read is answered as such. */
export function shapefiles(files: Files, encoding?: Encoding): readonly Decoded[] {
  const names = [...files.keys()].filter((name) => /\.shp$/i.test(name)).sort()
  return names.flatMap((name) => {
    try {
      return featuresOf(partsOf(files, name, encoding))
    } catch (fault) {
      if (fault instanceof RecordFault) return [{ raw: files.get(name) ?? new Uint8Array(), fault }]
      throw fault
    }
  })
}

function partsOf(files: Files, name: string, given: Encoding | undefined): Parts {
  const beside = (extension: string): Uint8Array | undefined => {
    const wanted = name.replace(/shp$/i, extension).toLowerCase()
    return [...files].find(([file]) => file.toLowerCase() === wanted)?.[1]
  }
  const [shp, dbf, prj, cpg] = [files.get(name), beside('dbf'), beside('prj'), beside('cpg')]
  if (!shp || !dbf) throw unreadable(`Layer ${layerName(name)} has no table (.dbf)`)
  const table = readDbf(dbf)
  const declared = cpg && encodingNamed(Buffer.from(cpg).toString('latin1'))
  const encoding = given ?? encodingOf(table.texts, declared)
  if (!encoding)
    throw unreadable(`Table of layer ${layerName(name)} is no Vietnamese text in a known encoding`)
  const crs = (prj && readPrj(Buffer.from(prj).toString('latin1'))) ?? null
  return { shapes: readShapes(shp), table, encoding, layer: { layer: layerName(name), crs } }
}

function featuresOf(parts: Parts): readonly Decoded[] {
  const { shapes, table } = parts
  const decoded = table.rows.flatMap((row, at) => (isDeleted(row) ? [] : [decodedAt(parts, row, at)]))
  const fault = faultOf(shapes, table)
  return fault ? [...decoded, { raw: Buffer.from(parts.layer.layer), fault }] : decoded
}

function decodedAt({ shapes, table, encoding, layer }: Parts, row: Uint8Array, at: number): Decoded {
  try {
    const shape = shapes.records[at]
    if (!shape) throw unreadable('Row has no shape')
    const feature: JsonMap = {
      type: 'Feature',
      properties: readRow(row, table.columns, encoding),
      geometry: readShape(shape),
    }
    return featureRecord(feature, layer, at + 1)
  } catch (fault) {
    if (fault instanceof RecordFault) return { raw: row, line: at + 1, fault }
    throw fault
  }
}

/** What is missing at the end, where nothing tells of it row by row. */
function faultOf({ records, cut }: Shapes, { rows, declaredRows }: DbfTable): RecordFault | undefined {
  if (rows.length < declaredRows)
    return unreadable(`Table (.dbf) ends after ${rows.length} of ${declaredRows} rows`)
  if (cut) return unreadable(`Shapes (.shp) end after ${records.length} whole ones`)
  return records.length > rows.length
    ? unreadable(`Layer has ${records.length} shapes and ${rows.length} rows`)
    : undefined
}

function unreadable(text: string): RecordFault {
  return new RecordFault('unreadable', text)
}
