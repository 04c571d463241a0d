import { zipSync } from 'fflate'
import iconv from 'iconv-lite'
import type { Encoding } from '../../adapters/formats/vietnamese-text.ts'

type Position = readonly [number, number]

/** A row of a layer: its cells, and the rings of its polygon or its point; undefined: no shape. */
export interface MadeRow {
  readonly cells: readonly (string | number | null)[]
  readonly rings?: readonly (readonly Position[])[]
  readonly point?: Position
  readonly deleted?: boolean
}

/** A layer as programs of maps write it. */
export interface MadeLayer {
  readonly name: string
  /** Name, type and width of each column. */
  readonly columns: readonly (readonly [name: string, type: 'C' | 'N' | 'D', width: number])[]
  readonly rows: readonly MadeRow[]
  readonly encoding: Encoding
  readonly cpg?: string
  readonly prj?: string
}

/** A .prj of the zone of the province, without the shift of its datum, as programs write it. */
export const PROVINCE_PRJ =
  'PROJCS["VN_2000_TM3_106_30",GEOGCS["GCS_VN_2000",DATUM["D_Vietnam_2000",SPHEROID["WGS_1984",6378137.0,298.257223563]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],PARAMETER["False_Easting",500000.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",106.5],PARAMETER["Scale_Factor",0.9999],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]'

/** Makes the parts of layers. */
export function shapefileParts(layers: readonly MadeLayer[]): Record<string, Uint8Array> {
  return Object.fromEntries(
    layers.flatMap((layer) => [
      [`${layer.name}.shp`, shp(layer.rows)],
      [`${layer.name}.dbf`, dbf(layer)],
      ...(layer.prj === undefined ? [] : [[`${layer.name}.prj`, Buffer.from(layer.prj)]]),
      ...(layer.cpg === undefined ? [] : [[`${layer.name}.cpg`, Buffer.from(layer.cpg)]]),
    ]),
  ) as Record<string, Uint8Array>
}

/** Makes an archive of layers. */
export function shapefileZip(layers: readonly MadeLayer[]): Uint8Array {
  return zipSync(shapefileParts(layers), { mtime: '2025-11-15T00:00:00Z' })
}

/** Writes a text as programs of an encoding do: Windows-1258 has its tones behind the letters. */
export function encoded(text: string, encoding: Encoding): Buffer {
  if (encoding === 'utf-8') return Buffer.from(text)
  if (encoding === 'tcvn3') return iconv.encode(text.normalize('NFC'), 'tcvn')
  const apart = [...text.normalize('NFC')].map((letter) => {
    const [base = '', ...marks] = [...letter.normalize('NFD')]
    const tone = marks.find((mark) => '\u0300\u0301\u0303\u0309\u0323'.includes(mark)) ?? ''
    return (base + marks.filter((mark) => mark !== tone).join('')).normalize('NFC') + tone
  })
  return iconv.encode(apart.join(''), 'windows1258')
}

function dbf({ columns, rows, encoding }: MadeLayer): Uint8Array {
  const width = columns.reduce((sum, [, , length]) => sum + length, 1)
  const head = Buffer.alloc(32 + columns.length * 32 + 1)
  head[0] = 3
  head.writeUInt32LE(rows.length, 4)
  head.writeUInt16LE(head.length, 8)
  head.writeUInt16LE(width, 10)
  for (const [at, [name, type, length]] of columns.entries()) {
    head.write(name.slice(0, 10), 32 + at * 32, 'latin1')
    head.write(type, 43 + at * 32, 'latin1')
    head[48 + at * 32] = length
  }
  head[head.length - 1] = 0x0d
  const lines = rows.map(({ cells, deleted }) => {
    const line = Buffer.alloc(width, 0x20)
    if (deleted) line[0] = 0x2a
    let start = 1
    for (const [at, [, type, length]] of columns.entries()) {
      const text = encoded(String(cells[at] ?? ''), encoding).subarray(0, length)
      text.copy(line, type === 'N' ? start + length - text.length : start)
      start += length
    }
    return line
  })
  return Buffer.concat([head, ...lines, Buffer.from([0x1a])])
}

function shp(rows: readonly MadeRow[]): Uint8Array {
  const records = rows.map(({ rings, point }, at) => {
    const content = rings ? polygon(rings) : point ? pointShape(point) : Buffer.alloc(4)
    const head = Buffer.alloc(8)
    head.writeInt32BE(at + 1, 0)
    head.writeInt32BE(content.length / 2, 4)
    return Buffer.concat([head, content])
  })
  const body = Buffer.concat(records)
  const head = Buffer.alloc(100)
  head.writeInt32BE(9994, 0)
  head.writeInt32BE((100 + body.length) / 2, 24)
  head.writeInt32LE(1000, 28)
  head.writeInt32LE(5, 32)
  return Buffer.concat([head, body])
}

function pointShape([x, y]: Position): Buffer {
  const content = Buffer.alloc(20)
  content.writeInt32LE(1, 0)
  content.writeDoubleLE(x, 4)
  content.writeDoubleLE(y, 12)
  return content
}

function polygon(rings: readonly (readonly Position[])[]): Buffer {
  const points = rings.flat()
  const content = Buffer.alloc(44 + rings.length * 4 + points.length * 16)
  content.writeInt32LE(5, 0)
  content.writeInt32LE(rings.length, 36)
  content.writeInt32LE(points.length, 40)
  let first = 0
  for (const [at, ring] of rings.entries()) {
    content.writeInt32LE(first, 44 + at * 4)
    first += ring.length
  }
  for (const [at, [x, y]] of points.entries()) {
    content.writeDoubleLE(x, 44 + rings.length * 4 + at * 16)
    content.writeDoubleLE(y, 52 + rings.length * 4 + at * 16)
  }
  return content
}

/** A ring, clockwise as outlines of shapes run, around the south-west corner of a square. */
export function square([x, y]: Position, side: number): readonly Position[] {
  return [
    [x, y],
    [x, y + side],
    [x + side, y + side],
    [x + side, y],
    [x, y],
  ]
}
