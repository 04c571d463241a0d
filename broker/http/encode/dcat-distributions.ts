import type { JsonObject } from '../../core/model/json.ts'
import { isIri } from '../../operations/catalog/described-feed.ts'
import type { Dataset } from '../../operations/catalog/list-datasets.ts'
import { textOf } from '../../operations/feeds/feed-documents.ts'

/** Where the hub is, and what it is called. */
export interface CatalogPlace {
  readonly url: string
  readonly title: string
  /** Namespace of the ontology. */
  readonly namespace: string
}

const MEDIA_TYPES = 'https://www.iana.org/assignments/media-types'
const API = '/ngsi-ld/v1'
const OPENAPI = 'https://spec.openapis.org/oas/v3.1'
const STANDARD = 'https://www.etsi.org/deliver/etsi_gs/CIM/001_099/009/'

/** The API that serves every dataset. */
export function service({ url }: CatalogPlace): JsonObject {
  return {
    ...{ '@id': `${url}${API}`, '@type': 'dcat:DataService', 'dct:title': 'NGSI-LD' },
    'dcat:endpointURL': iri(`${url}${API}`),
    'dcat:endpointDescription': {
      '@id': `${url}/openapi.json`,
      'dct:conformsTo': { '@id': OPENAPI, '@type': 'dct:Standard' },
      'dct:format': { '@id': `${MEDIA_TYPES}/application/json`, '@type': 'dct:MediaTypeOrExtent' },
    },
    'foaf:page': { '@id': `${url}/docs`, '@type': 'foaf:Document' },
    'dct:conformsTo': { '@id': STANDARD, '@type': 'dct:Standard' },
  }
}

/** Ways to get a dataset: as pages, as a whole, and its past as a table; which it is the header Accept says. */
export function distributionsOf(
  { feed, type, brought }: Dataset,
  id: string,
  place: CatalogPlace,
): JsonObject[] {
  const license = textOf(feed.declared, 'license')
  const select = { type: type.name, q: `source=="${feed.source}"` }
  // by when it was written: the source has no time of observation, and its instances have to be among those that are judged
  const past = { ...select, timeproperty: 'modifiedAt', timerel: 'after', timeAt: '1970-01-01T00:00:00Z' }
  return [
    distribution('api', 'application/ld+json', `${API}/entities?${new URLSearchParams(select)}`),
    distribution(
      'lines',
      'application/x-ndjson',
      `${API}/entities?${new URLSearchParams({ ...select, local: 'true' })}`,
    ),
    ...(brought.from === undefined ? [] : tables(past)),
  ]

  function tables(query: Record<string, string>): JsonObject[] {
    const path = `${API}/temporal/entities?${new URLSearchParams(query)}`
    return [
      distribution('history-csv', 'text/csv', path),
      distribution('history-parquet', 'application/vnd.apache.parquet', path),
    ]
  }

  function distribution(name: string, mediaType: string, path: string): JsonObject {
    return {
      ...{ '@id': `${id}#${name}`, '@type': 'dcat:Distribution' },
      'dct:title': `${type.label.en}: ${mediaType}`,
      'dcat:accessURL': iri(`${place.url}${path}`),
      'dcat:accessService': iri(`${place.url}${API}`),
      'dcat:mediaType': { '@id': `${MEDIA_TYPES}/${mediaType}`, '@type': 'dct:MediaType' },
      ...(license !== undefined &&
        isIri(license) && { 'dct:license': { '@id': license, '@type': 'dct:LicenseDocument' } }),
    }
  }
}

/** Names something else. */
export function iri(text: string): JsonObject {
  return { '@id': text }
}

/** A literal of a datatype of XML Schema. */
export function typed(value: string, datatype: 'dateTime' | 'duration' | 'decimal'): JsonObject {
  return { '@value': value, '@type': `xsd:${datatype}` }
}

export const inVietnamese = (text: string): JsonObject => ({ '@value': text, '@language': 'vi' })
export const inEnglish = (text: string): JsonObject => ({ '@value': text, '@language': 'en' })
