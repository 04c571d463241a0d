import { RecordFault } from '../kit/values/fault.ts'
import { isJsonMap, type Json, member, textMember } from '../kit/values/json.ts'
import { featureRecord } from './feature.ts'
import type { Decoded } from './format.ts'
import { type ItemPlace, itemsAt } from './json-items.ts'
import { decodeText } from './text.ts'

/** What a document says of all its features, and the name of its file. */
interface Said {
  readonly layer?: string
  readonly crs: string | null
  readonly file: string
}

/** Reads GeoJSON (RFC 7946): a collection, or one feature; a feature that cannot be read leaves the others alone. @throws RecordFault */
export function geojson(bytes: Uint8Array, name: string): readonly Decoded[] {
  const text = decodeText(bytes)
  const items = itemsAt(text, ['features'])
  if (items) {
    const said = saidIn(parse(around(text, items)), name)
    return items.map((item) => featureAt(text, item, said))
  }
  const value = parse(text)
  if (member(value, 'type') !== 'Feature')
    throw unreadable('Document is neither a Feature nor a collection of them')
  return [checked(value, saidIn(value, name), 1)]
}

/** The document without its features: what is said of all, and that it is whole. */
function around(text: string, items: readonly ItemPlace[]): string {
  const [first, last] = [items[0], items.at(-1)]
  return first && last ? text.slice(0, first.start) + text.slice(last.end) : text
}

/** GeoJSON is WGS84 and needs not say so; what agencies export often is not, and names its system as files before 2016 did. */
function saidIn(document: Json, file: string): Said {
  const crs = member(document, 'crs')
  const named = textMember(member(crs, 'properties'), 'name') ?? (typeof crs === 'string' ? crs : null)
  const layer = textMember(document, 'name')
  return { ...(layer !== undefined && { layer }), crs: named, file }
}

function featureAt(text: string, { start, end, line }: ItemPlace, said: Said): Decoded {
  const raw = text.slice(start, end)
  try {
    return checked(parse(raw), said, line)
  } catch (fault) {
    if (fault instanceof RecordFault) return { raw: Buffer.from(raw), line, fault }
    throw fault
  }
}

function checked(feature: Json, { layer, crs, file }: Said, line: number): Decoded {
  if (!isJsonMap(feature) || feature.type !== 'Feature') throw unreadable('Item is not a Feature')
  return featureRecord(feature, { layer: layer ?? layerOfId(feature.id) ?? file, crs }, line)
}

/** A WFS names features by their layer: `thua_dat.12`. */
function layerOfId(id: Json | undefined): string | undefined {
  return typeof id === 'string' ? /^(.+)\.[^.]+$/.exec(id)?.[1] : undefined
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json // JSON.parse answers nothing else
  } catch (cause) {
    throw new RecordFault('unreadable', 'Document is not whole JSON', cause)
  }
}

function unreadable(text: string): RecordFault {
  return new RecordFault('unreadable', text)
}
