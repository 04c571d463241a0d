import { DOMParser, type Document, type Element, type Node } from '@xmldom/xmldom'
import { RecordFault } from '../kit/values/fault.ts'
import type { Json } from '../kit/values/json.ts'
import { decodeText } from './text.ts'

const ELEMENT = 1
const DEEPEST = 200

/** Reads an XML document, of any encoding that it declares and that is UTF-8 or UTF-16. @throws RecordFault */
export function parseXml(bytes: Uint8Array): Document {
  const text = decodeText(bytes)
  if (/<!(?:DOCTYPE|ENTITY)/i.test(text)) throw unreadable('Document has a DTD, which is not read')
  if (depthOf(text) > DEEPEST) throw unreadable('Document is too deep')
  try {
    return new DOMParser({
      onError: (level, message) => {
        if (level !== 'warning') throw new Error(message)
      },
    }).parseFromString(text, 'text/xml')
  } catch (cause) {
    throw unreadable('Document is not whole XML', cause)
  }
}

/** Answers the child elements of an element, those of one local name where it is given. */
export function childrenOf(parent: Node, name?: string): readonly Element[] {
  const children: Element[] = []
  for (let node = parent.firstChild; node; node = node.nextSibling) {
    if (node.nodeType !== ELEMENT) continue
    const element = node as Element // what has this nodeType
    if (name === undefined || element.localName === name) children.push(element)
  }
  return children
}

/** Answers the first child element of a local name. */
export function childOf(parent: Node, name: string): Element | undefined {
  return childrenOf(parent, name)[0]
}

/** Answers the text of an element, or what is inside by its names; nothing said is null. */
export function contentOf(element: Element): Json {
  const inside = childrenOf(element)
  if (inside.length > 0)
    return Object.fromEntries(inside.map((child) => [child.localName ?? '', contentOf(child)]))
  const text = element.textContent?.trim() ?? ''
  return text === '' ? null : text.normalize('NFC')
}

/** Elements that are open at once, by their marks. */
function depthOf(text: string): number {
  let [depth, deepest] = [0, 0]
  for (const [mark] of text.matchAll(/<\/|<[A-Za-z_][^<>]*>/g)) {
    if (mark === '</') depth--
    else if (!mark.endsWith('/>')) deepest = Math.max(deepest, ++depth)
  }
  return deepest
}

function unreadable(text: string, cause?: unknown): RecordFault {
  return new RecordFault('unreadable', text, cause)
}
