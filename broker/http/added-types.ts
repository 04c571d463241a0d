import type { MediaType } from './route.ts'

/** Exports, one entity or Feature after the other (RFC 8142 for the second). */
export const EXPORT_TYPES = ['application/x-ndjson', 'application/geo+json-seq'] as const

/** Exports of history: fragments of evolutions line by line, and tables with a row for each instance. */
export const HISTORY_TYPES = ['application/x-ndjson', 'text/csv', 'application/vnd.apache.parquet'] as const

/** Expanded JSON-LD, as JSON-LD 1.1 names it (4.6 and annex B.1 of the API, section 6). */
export const EXPANDED = 'application/ld+json;profile="http://www.w3.org/ns/json-ld#expanded"'

/** The graph of entities. */
export const RDF_TYPES = ['text/turtle', 'application/n-quads', EXPANDED] as const

/** The standard's answer, and which source supplied what of it. */
export const PROVENANCE_TYPE = 'application/vnd.urban-data-hub.provenance+json'

/** Server-Sent Events (HTML Living Standard, 9.2). */
export const EVENT_TYPE = 'text/event-stream'

/** Forms to fill in. */
export const TEXT_TYPE = 'text/plain'

/** Representations of ours: never chosen unless a request names them. */
export type AddedType = ExportType | HistoryType | RdfType | typeof EVENT_TYPE | typeof TEXT_TYPE
export type ExportType = (typeof EXPORT_TYPES)[number]
export type HistoryType = (typeof HISTORY_TYPES)[number]
export type RdfType = (typeof RDF_TYPES)[number]

/** Tells whether a query is to be answered as an export. */
export function isExport(type: MediaType): type is ExportType {
  return (EXPORT_TYPES as readonly MediaType[]).includes(type)
}

/** Tells whether a temporal query is to be answered as an export. */
export function isHistoryExport(type: MediaType): type is HistoryType {
  return (HISTORY_TYPES as readonly MediaType[]).includes(type)
}

/** Tells whether entities are to be answered as a graph. */
export function isRdf(type: MediaType): type is RdfType {
  return (RDF_TYPES as readonly MediaType[]).includes(type)
}
