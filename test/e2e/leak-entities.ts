import { type Identifier, PRECISE } from './personal-identifiers.ts'

/** An entity document; its members are for the hub to judge. */
export type EntityDocument = Readonly<Record<string, unknown>> & { readonly id: string }

/** A Property as it is written to a hub. */
export const property = (value: unknown, members: object = {}) => ({ type: 'Property', value, ...members })

/** Attributes that nobody classified: a text in every kind of value that holds one, and where only a name tells. */
function unclassified(text: string, { label, value }: Identifier): object {
  return {
    ...(label && {
      [label]: property(value),
      labelled: property({ [label]: value, [text]: [{ [label]: [value] }] }),
    }),
    note: property(text, { remark: property(text), observedAt: '2026-01-01T00:00:00Z' }),
    details: property({ a: { b: [text, { c: text }] } }),
    names: { type: 'LanguageProperty', languageMap: { vi: text, en: [text] } },
    listed: { type: 'ListProperty', valueList: [text, text] },
    raw: { type: 'JsonProperty', json: { x: [text], y: { z: text } } },
    several: [property(text), property(text, { datasetId: 'urn:dataset:other' })],
    word: { type: 'VocabProperty', vocab: 'Word', remark: property(text) },
    link: { type: 'Relationship', object: 'urn:ngsi-ld:Thing:1', remark: property(text) },
  }
}

/** A report of a citizen with one identifier wherever an attribute can hold it. */
export function report(at: number, identifier: Identifier): EntityDocument {
  const { value, text: sentence, fieldOnly } = identifier
  const text = fieldOnly ? 'Không có gì' : sentence
  return {
    id: reportId(at),
    type: 'ServiceRequest',
    requestCode: property(`PA-${at}`, { reporterPhone: property(value), remark: property(text) }),
    status: property('received', { handler: property({ a: { b: [text] } }), reporterName: property(value) }),
    description: property(text, { remark: property(text) }),
    statusNotes: { type: 'LanguageProperty', languageMap: { vi: text, en: text } },
    reporterName: property(value, { remark: property(text), reporterEmail: property(value) }),
    reporterPhone: [property(value), property(value, { datasetId: 'urn:dataset:other' })],
    reporterEmail: { type: 'ListProperty', valueList: [value, value] },
    media: { type: 'JsonProperty', json: { url: value, more: [value] } },
    address: property({ street: value, deeper: { text } }),
    location: { type: 'GeoProperty', value: { type: 'Point', coordinates: PRECISE.coordinates } },
    follows: { type: 'Relationship', object: strangeId(at) },
    ...unclassified(text, identifier),
  }
}

/** A thing of a type that the ontology does not know. */
export function strangeThing(at: number, identifier: Identifier): EntityDocument {
  const about = { type: 'ListRelationship', objectList: [reportId(at)] }
  return { id: strangeId(at), type: STRANGE_TYPE, about, ...unclassified(identifier.text, identifier) }
}

export const STRANGE_TYPE = 'StrangeThing'
export const reportId = (at: number) => `urn:ngsi-ld:ServiceRequest:thai-nguyen:leak-${at}`
export const strangeId = (at: number) => `urn:ngsi-ld:StrangeThing:thai-nguyen:leak-${at}`

/** A record that its feed could not map, with all of it as the source sent it. */
export function setAside(text: string): EntityDocument {
  return {
    id: `citizen-feedback.${'0417'.repeat(8)}`,
    feed: 'citizen-feedback',
    reason: 'unmapped',
    detail: 'Status is not in the table of the feed',
    input: 'phan-anh.json',
    encoding: 'utf-8',
    raw: text,
  }
}
