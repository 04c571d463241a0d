import { RecordFault } from '../kit/values/fault.ts'
import type { Decoded, Format } from './format.ts'
import { jsonText } from './json-text.ts'
import { decodeText } from './text.ts'
import { childrenOf, contentOf, parseXml } from './xml.ts'

const json = jsonText()

/** Open311 GeoReport v2, in JSON or XML, whichever comes: records are its services or service requests, with texts by their names. */
export const open311: Format = {
  readsName: false,
  decode: (bytes) => (isXml(bytes) ? decodeList(bytes) : json.decode(bytes, { name: '' })),
  decodeOne: (raw, preamble, input) =>
    isXml(raw) ? decodeRecord(raw) : json.decodeOne(raw, preamble, input),
}

function isXml(bytes: Uint8Array): boolean {
  try {
    return decodeText(bytes).trimStart().startsWith('<')
  } catch {
    return false
  }
}

function decodeList(bytes: Uint8Array): readonly Decoded[] {
  return guarded(bytes, () => {
    const root = parseXml(bytes).documentElement
    if (root?.localName !== 'services' && root?.localName !== 'service_requests')
      throw new RecordFault('unreadable', 'Document is no list of services or service requests')
    return childrenOf(root).map((element) => ({
      raw: Buffer.from(String(element)),
      ...(element.lineNumber !== undefined && { line: element.lineNumber }),
      value: contentOf(element),
    }))
  })
}

function decodeRecord(raw: Uint8Array): Decoded {
  const [only] = guarded(raw, () => {
    const root = parseXml(raw).documentElement
    return root ? [{ raw, value: contentOf(root) }] : []
  })
  return only ?? { raw, fault: new RecordFault('unreadable', 'Document is empty') }
}

function guarded(raw: Uint8Array, read: () => readonly Decoded[]): readonly Decoded[] {
  try {
    return read()
  } catch (fault) {
    if (!(fault instanceof RecordFault)) throw fault
    return [{ raw, line: 1, fault }]
  }
}
