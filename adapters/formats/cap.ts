import type { Element } from '@xmldom/xmldom'
import { RecordFault } from '../kit/values/fault.ts'
import { isJsonMap, type Json, type JsonMap, textMember } from '../kit/values/json.ts'
import type { Decoded, Format, SourceRecord } from './format.ts'
import { childrenOf, parseXml } from './xml.ts'

const CAP = /^urn:oasis:names:tc:emergency:cap:1\.[12]$/
const DSIG = 'http://www.w3.org/2000/09/xmldsig#'
/** No warning has as many messages. */
const MOST_REFERENCES = 500

/** Elements of CAP 1.2 that hold text: those that may come once, and those that may come more often. */
interface Content {
  readonly one: readonly string[]
  readonly many: readonly string[]
  /** Elements with elements inside, of which there may be several. */
  readonly inside: Readonly<Record<string, Content>>
}

const PAIR: Content = { one: ['valueName', 'value'], many: [], inside: {} }
const AREA: Content = {
  one: ['areaDesc', 'altitude', 'ceiling'],
  many: ['polygon', 'circle'],
  inside: { geocode: PAIR },
}
const RESOURCE: Content = {
  one: ['resourceDesc', 'mimeType', 'size', 'uri', 'derefUri', 'digest'],
  many: [],
  inside: {},
}
const INFO: Content = {
  one: [
    ...['language', 'event', 'urgency', 'severity', 'certainty', 'audience', 'effective', 'onset', 'expires'],
    ...['senderName', 'headline', 'description', 'instruction', 'web', 'contact'],
  ],
  many: ['category', 'responseType'],
  inside: { eventCode: PAIR, parameter: PAIR, resource: RESOURCE, area: AREA },
}
const ALERT: Content = {
  one: [
    ...['identifier', 'sender', 'sent', 'status', 'msgType', 'source', 'scope', 'restriction'],
    ...['addresses', 'note', 'references', 'incidents', 'password'],
  ],
  many: ['code'],
  inside: { info: INFO },
}

/**
 * CAP 1.2 and 1.1: records are the alerts of a document, one alone or inside another such as an Atom feed, each with the elements that CAP
 * does not have as `unknown`. Signatures are passed over.
 */
export const cap: Format = {
  readsName: false,
  decode: decodeDocument,
  decodeOne: (raw) => decodeDocument(raw)[0] ?? { raw, fault: noAlert() },
}

function decodeDocument(bytes: Uint8Array): readonly Decoded[] {
  try {
    const root = parseXml(bytes).documentElement
    const alerts = root ? alertsIn(root) : []
    if (alerts.length === 0) throw noAlert()
    return withChains(alerts.map((alert) => decodeAlert(alert, alerts.length === 1 ? bytes : undefined)))
  } catch (fault) {
    if (!(fault instanceof RecordFault)) throw fault
    return [{ raw: bytes, fault }]
  }
}

function alertsIn(element: Element): readonly Element[] {
  if (element.localName === 'alert' && CAP.test(element.namespaceURI ?? '')) return [element]
  return childrenOf(element).flatMap(alertsIn)
}

/** Some messages name only the one before them: what that names is among their references where it stands in the same document. */
function withChains(records: readonly SourceRecord[]): readonly SourceRecord[] {
  const before = new Map(records.map(({ value }) => [nameOf(value), referencesOf(value)]))
  return records.map((record) => {
    const references = new Set(referencesOf(record.value))
    for (const reference of references) {
      if (references.size >= MOST_REFERENCES) break
      for (const further of before.get(messageOf(reference)) ?? []) references.add(further)
    }
    return references.size === 0 || !isJsonMap(record.value)
      ? record
      : { ...record, value: { ...record.value, references: [...references].join(' ') } }
  })
}

function referencesOf(value: Json): readonly string[] {
  return (textMember(value, 'references') ?? '').split(/\s+/).filter((text) => text !== '')
}

/** A message is known by who sent it and its identifier, however its time is written. */
function messageOf(reference: string): string {
  return reference.split(',').slice(0, 2).join(',')
}

function nameOf(value: Json): string {
  return `${textMember(value, 'sender') ?? ''},${textMember(value, 'identifier') ?? ''}`
}

function decodeAlert(alert: Element, whole: Uint8Array | undefined): SourceRecord {
  const unknown = new Set<string>()
  const value = contentOf(alert, ALERT, unknown)
  return {
    raw: whole ?? Buffer.from(String(alert)),
    ...(alert.lineNumber !== undefined && { line: alert.lineNumber }),
    value: { ...value, unknown: [...unknown].sort() },
  }
}

/** Texts by the names of their elements; what comes more often is a list. What says nothing is left out. */
function contentOf(element: Element, content: Content, unknown: Set<string>): JsonMap {
  const found: Record<string, Json[]> = {}
  for (const child of childrenOf(element)) {
    if (child.namespaceURI === DSIG) continue
    const name = child.localName ?? ''
    const inside = Object.hasOwn(content.inside, name) ? content.inside[name] : undefined
    const isText = content.one.includes(name) || content.many.includes(name)
    if (child.namespaceURI !== element.namespaceURI || (!inside && !isText)) unknown.add(name)
    else add(found, name, inside ? contentOf(child, inside, unknown) : textOf(child))
  }
  return Object.fromEntries(
    Object.entries(found).map(([name, all]) => [name, content.one.includes(name) ? (all[0] ?? null) : all]),
  )
}

function add(found: Record<string, Json[]>, name: string, value: Json): void {
  if (value === '') return
  const all = found[name] ?? []
  found[name] = all
  all.push(value)
}

function textOf(element: Element): string {
  return (element.textContent ?? '').trim().normalize('NFC')
}

function noAlert(): RecordFault {
  return new RecordFault('unreadable', 'Document has no alert of CAP 1.2')
}
