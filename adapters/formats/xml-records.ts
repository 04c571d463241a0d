import { type Element, XMLSerializer } from '@xmldom/xmldom'
import { RecordFault } from '../kit/values/fault.ts'
import type { Json } from '../kit/values/json.ts'
import type { Decoded, Format } from './format.ts'
import { childrenOf, contentOf, parseXml } from './xml.ts'

/** How XML of a feed is written. */
export interface XmlOptions {
  /** Local name of the elements that are records. */
  readonly element: string
}

/**
 * XML as records: child elements and attributes by their local names, several of one name as a list, text as text; an element that
 * has attributes and text has the text as `value`.
 */
export function xmlRecords({ element }: XmlOptions): Format {
  return {
    readsName: false,
    decode: (bytes) => decodeDocument(bytes, element),
    decodeOne: (raw) =>
      decodeDocument(raw, element)[0] ?? {
        raw,
        fault: new RecordFault('unreadable', `Document has no element ${element}`),
      },
  }
}

function decodeDocument(bytes: Uint8Array, name: string): readonly Decoded[] {
  try {
    const document = parseXml(bytes)
    const elements = [...document.getElementsByTagNameNS('*', name)]
    if (elements.length === 0 && isEmpty(document.documentElement)) return []
    if (elements.length === 0) throw new RecordFault('unreadable', `Document has no element ${name}`)
    if (elements.length === 1 && elements[0]) return [{ raw: bytes, value: valueIn(elements[0]) }]
    const serializer = new XMLSerializer()
    return elements.map((element) => ({
      raw: Buffer.from(serializer.serializeToString(element)),
      value: valueIn(element),
    }))
  } catch (fault) {
    if (!(fault instanceof RecordFault)) throw fault
    return [{ raw: bytes, fault }]
  }
}

/** A list with nothing in it, such as the page after the last; what has anything else in it is another document. */
function isEmpty(root: Element | null): boolean {
  return root !== null && contentOf(root) === null
}

function valueIn(element: Element): Json {
  const members = new Map<string, Json[]>()
  const add = (name: string, value: Json): void =>
    void members.set(name, [...(members.get(name) ?? []), value])
  for (const { name, localName, value } of element.attributes)
    if (name !== 'xmlns' && !name.startsWith('xmlns:')) add(localName ?? name, value)
  const children = childrenOf(element)
  for (const child of children) add(child.localName ?? child.nodeName, valueIn(child))
  const text = element.textContent?.trim() ?? ''
  if (members.size === 0) return text
  if (children.length === 0 && text !== '') add('value', text)
  return Object.fromEntries(
    [...members].map(([name, all]) => [name, all.length === 1 ? (all[0] ?? null) : all]),
  )
}
