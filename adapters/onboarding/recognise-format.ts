import { jsonText } from '../formats/json-text.ts'
import { splitLines } from '../formats/text.ts'
import { readSheet, type SheetRow } from '../formats/xlsx-sheet.ts'
import { childrenOf, parseXml } from '../formats/xml.ts'
import { isZip, unzip } from '../formats/zip.ts'
import type { FormatDefinition } from '../kit/definition/feed-definition.ts'
import { isJsonMap, type Json, member } from '../kit/values/json.ts'

/** How an input is written, and the columns of its header where that is not its first row. */
export interface RecognisedFormat {
  readonly format: FormatDefinition
  readonly columns?: readonly string[]
}

/** The source is of a format that has a feed of its own, or of none that is known. */
export class FormatFault extends Error {}

/** What tells a source that a feed of this project reads: of its text, or of the name of its file. */
const OWN_FEEDS: readonly (readonly [sign: RegExp, what: string, feed: string])[] = [
  [/urn:oasis:names:tc:emergency:cap/, 'warnings of CAP', 'cap-alerts'],
  [/"@iot\.(?:selfLink|id)"/, 'a service of SensorThings', 'sensor-things'],
  [/"(?:devEui|end_device_ids)"/, 'uplinks of a LoRaWAN server', 'lorawan'],
  [/"evses"/, 'locations of OCPI', 'ev-charging'],
  [/service_request_id\b/, 'requests of Open311', 'open311'],
]
const STATION_FILE = /_\d{14}\.txt$/i
const LOOKED_AT = 65_536

/** Tells how an input is written, by its bytes and name; of a workbook the first sheet, or the one that is named. @throws FormatFault, RecordFault for what is not whole */
export function recogniseFormat(bytes: Uint8Array, name: string, sheet?: string): RecognisedFormat {
  if (STATION_FILE.test(name)) throw ownFeed('files of data loggers', 'environment-stations')
  if (isZip(bytes)) return archive(bytes, sheet)
  const text = new TextDecoder('utf-8')
    .decode(bytes)
    .replace(/^\uFEFF/, '')
    .trimStart()
  if (text === '') throw new FormatFault('Source gives an empty document')
  const own = OWN_FEEDS.find(([sign]) => sign.test(text.slice(0, LOOKED_AT)))
  if (own) throw ownFeed(own[1], own[2])
  if (text.startsWith('{') || text.startsWith('[')) return { format: json(bytes, text) }
  if (text.startsWith('<')) return { format: xml(bytes, text) }
  if (!/[;,\t]/.test(text.split(/\r?\n/, 1)[0] ?? ''))
    throw new FormatFault('Source gives a text that is neither JSON, XML nor a table with a header')
  return { format: { kind: 'csv' } }
}

function archive(bytes: Uint8Array, sheet: string | undefined): RecognisedFormat {
  const names: string[] = []
  unzip(bytes, (name) => {
    names.push(name)
    return false
  })
  if (names.some((name) => /\.shp$/i.test(name))) return { format: { kind: 'features' } }
  if (names.includes('stop_times.txt')) throw ownFeed('a timetable of GTFS', 'gtfs')
  if (!names.includes('xl/workbook.xml'))
    throw new FormatFault('Source gives an archive without a table or map')
  const columns = headerIn(readSheet(bytes, sheet))
  if (!columns)
    throw new FormatFault(
      `Workbook has no table on its ${sheet === undefined ? 'first sheet: name one with --sheet' : 'sheet'}`,
    )
  return { format: { kind: 'xlsx', ...(sheet !== undefined && { sheet }) }, columns }
}

/** The header is the first row of texts alone that no row below is longer than. */
function headerIn(rows: readonly SheetRow[]): readonly string[] | undefined {
  const widest = Math.max(0, ...rows.slice(0, 60).map(({ cells }) => cells.size))
  const header = rows.find(
    ({ cells }) =>
      cells.size >= Math.max(2, 0.7 * widest) &&
      [...cells.values()].every((cell) => typeof cell === 'string'),
  )
  return header && [...header.cells.values()].map((cell) => String(cell).replace(/\s+/g, ' ').trim())
}

function json(bytes: Uint8Array, text: string): FormatDefinition {
  const whole = parsed(text)
  if (whole === undefined) {
    const lines = splitLines(bytes).slice(0, 20)
    if (lines.length > 0 && lines.every((line) => parsed(Buffer.from(line.bytes).toString()) !== undefined))
      return { kind: 'json', lines: true }
    throw new FormatFault('Source gives JSON that is not whole')
  }
  if (member(whole, 'type') === 'FeatureCollection') return { kind: 'features' }
  if (Array.isArray(whole)) return { kind: 'json' }
  const path = pathOfRecords(whole)
  return path === undefined ? { kind: 'json' } : { kind: 'json', path: path.join('.') }
}

function parsed(text: string): Json | undefined {
  const [one] = jsonText().decode(Buffer.from(text), { name: 'sample' })
  if (!one || 'fault' in one) return undefined
  try {
    return JSON.parse(text) as Json // JSON.parse answers nothing else
  } catch {
    return undefined
  }
}

/** The array of objects that is nearest to the top; of several there the longest. */
function pathOfRecords(whole: Json): readonly string[] | undefined {
  let level: readonly (readonly [readonly string[], Json])[] = [[[], whole]]
  for (let depth = 0; depth < 4; depth++) {
    const below = level.flatMap(([path, value]) =>
      isJsonMap(value) ? Object.entries(value).map(([name, inner]) => [[...path, name], inner] as const) : [],
    )
    const lists = below.flatMap(([path, value]) =>
      Array.isArray(value) && value.length > 0 && value.every(isJsonMap)
        ? [{ path, length: value.length }]
        : [],
    )
    const [best] = lists.sort((left, right) => right.length - left.length)
    if (best) return best.path
    level = below
  }
  return undefined
}

function xml(bytes: Uint8Array, text: string): FormatDefinition {
  if (/<(?:\w+:)?FeatureCollection\b/.test(text)) return { kind: 'features' }
  const counts = new Map<string, number>()
  for (const element of parseXml(bytes).getElementsByTagName('*'))
    if (childrenOf(element).length > 0 || element.attributes.length > 0)
      counts.set(element.localName ?? '', (counts.get(element.localName ?? '') ?? 0) + 1)
  const root = [...counts.keys()][0]
  const [element] = [...counts]
    .filter(([name]) => name !== root)
    .sort((left, right) => right[1] - left[1])[0] ?? [root]
  if (element === undefined) throw new FormatFault('Source gives XML without records')
  return { kind: 'xml', element }
}

function ownFeed(what: string, feed: string): FormatFault {
  return new FormatFault(`Source gives ${what}: adapters/feeds/${feed} reads that, copy its folder`)
}
