import type { Element } from '@xmldom/xmldom'
import { RecordFault } from '../kit/values/fault.ts'
import type { Json, JsonMap } from '../kit/values/json.ts'
import { featureRecord } from './feature.ts'
import type { Decoded } from './format.ts'
import { geometryIn, systemIn } from './gml-geometry.ts'
import { childOf, childrenOf, contentOf, parseXml } from './xml.ts'

const GML = /^http:\/\/www\.opengis\.net\/gml(?:\/|$)/
const MEMBERS = new Set(['featureMember', 'featureMembers', 'member'])

/** Reads the features of a GML 3 document, or of an answer of a WFS. @throws RecordFault */
export function gml(bytes: Uint8Array, name: string): readonly Decoded[] {
  const root = parseXml(bytes).documentElement
  if (!root) throw unreadable('Document is empty')
  const members = childrenOf(root).filter(({ localName }) => MEMBERS.has(localName ?? ''))
  if (members.length === 0 && root.localName !== 'FeatureCollection')
    throw unreadable('Document has no features of GML')
  const envelope = childOf(root, 'boundedBy')
  return members
    .flatMap((member) => childrenOf(member))
    .map((feature, at) => featureOf(feature, at + 1, { name, crs: (envelope && systemIn(envelope)) ?? null }))
}

function featureOf(element: Element, line: number, of: { name: string; crs: string | null }): Decoded {
  try {
    const properties: Record<string, Json> = {}
    let geometry: JsonMap | null = null
    let crs = of.crs
    for (const child of childrenOf(element)) {
      const shape = childrenOf(child).find(({ namespaceURI }) => GML.test(namespaceURI ?? ''))
      if (child.localName === 'boundedBy') continue
      if (!shape) properties[child.localName ?? ''] = contentOf(child)
      else if (!geometry) {
        crs = systemIn(shape) ?? crs
        geometry = geometryIn(shape, crs)
      }
    }
    const id = element.getAttributeNS(element.namespaceURI, 'id') || element.getAttribute('gml:id')
    const feature = { type: 'Feature', ...(id && { id }), properties, geometry }
    return featureRecord(feature, { layer: element.localName ?? of.name, crs }, line)
  } catch (fault) {
    if (fault instanceof RecordFault) return { raw: Buffer.from(String(element)), line, fault }
    throw fault
  }
}

function unreadable(text: string): RecordFault {
  return new RecordFault('unreadable', text)
}
