import type { JsonObject, JsonValue } from '../../core/model/json.ts'
import { isJsonObject, itemsOf, ownValue } from '../../core/model/json.ts'
import { isIri } from '../../operations/catalog/described-feed.ts'
import { type Dataset, datasetName } from '../../operations/catalog/list-datasets.ts'
import { textOf } from '../../operations/feeds/feed-documents.ts'
import {
  type CatalogPlace,
  distributionsOf,
  inEnglish,
  inVietnamese,
  iri,
  service,
  typed,
} from './dcat-distributions.ts'

/** Prefixes of the graph: DCAT-AP 3 and what it draws on. */
export const DCAT_PREFIXES = {
  dcat: 'http://www.w3.org/ns/dcat#',
  dct: 'http://purl.org/dc/terms/',
  dcatap: 'http://data.europa.eu/r5r/',
  dqv: 'http://www.w3.org/ns/dqv#',
  eli: 'http://data.europa.eu/eli/ontology#',
  foaf: 'http://xmlns.com/foaf/0.1/',
  hydra: 'http://www.w3.org/ns/hydra/core#',
  skos: 'http://www.w3.org/2004/02/skos/core#',
  vcard: 'http://www.w3.org/2006/vcard/ns#',
  xsd: 'http://www.w3.org/2001/XMLSchema#',
} as const

const AUTHORITY = 'http://publications.europa.eu/resource/authority'
/** What the law here calls the ways that data go, and what DCAT-AP calls them. */
const ACCESS: Readonly<Record<string, string>> = {
  open: 'PUBLIC',
  shared: 'RESTRICTED',
  private: 'NON_PUBLIC',
}
const FREQUENCY: Readonly<Record<string, string>> = {
  PT1M: '1MIN',
  PT5M: '5MIN',
  PT10M: '10MIN',
  PT15M: '15MIN',
  PT30M: '30MIN',
  PT1H: 'HOURLY',
  PT12H: '12HRS',
  P1D: 'DAILY',
}

export const CATALOG_PATH = '/hub/v1/catalog'

/** Answers a catalogue with a page of its datasets as JSON-LD (DCAT-AP 3). */
export function catalogDocument(
  datasets: readonly Dataset[],
  place: CatalogPlace,
  page: { readonly path: string; readonly next?: string },
): JsonObject {
  const id = `${place.url}${CATALOG_PATH}`
  return {
    '@context': { ...DCAT_PREFIXES },
    ...{ '@id': id, '@type': 'dcat:Catalog', 'dct:title': place.title },
    'dct:description': [
      inVietnamese('Dữ liệu do các luồng của cơ quan đưa vào hub này, trong phạm vi người gọi được xem'),
      inEnglish('What feeds of agencies brought into this hub, as far as the caller may see it'),
    ],
    'dct:publisher': agent(place.title),
    'dct:language': [iri(`${AUTHORITY}/language/VIE`), iri(`${AUTHORITY}/language/ENG`)],
    'foaf:homepage': iri(`${place.url}/`),
    'dcat:service': {
      ...service(place),
      ...(datasets.length > 0 && {
        'dcat:servesDataset': datasets.map((dataset) => iri(idOf(dataset, place))),
      }),
    },
    'dcat:dataset': datasets.map((dataset) => datasetNode(dataset, place)),
    'hydra:view': {
      '@id': `${place.url}${page.path}`,
      '@type': 'hydra:PartialCollectionView',
      ...(page.next !== undefined && { 'hydra:next': iri(`${place.url}${page.next}`) }),
    },
  }
}

/** Answers one dataset as JSON-LD (DCAT-AP 3), and the API that serves it. */
export function datasetDocument(dataset: Dataset, place: CatalogPlace): JsonObject {
  return { '@context': { ...DCAT_PREFIXES }, ...datasetNode(dataset, place), '@included': [service(place)] }
}

function idOf(dataset: Dataset, { url }: CatalogPlace): string {
  return `${url}${CATALOG_PATH}/${datasetName(dataset)}`
}

function datasetNode(dataset: Dataset, place: CatalogPlace): JsonObject {
  const { feed, type, brought } = dataset
  const id = idOf(dataset, place)
  return {
    ...{ '@id': id, '@type': 'dcat:Dataset', 'dct:identifier': datasetName(dataset) },
    'dct:title': [
      inVietnamese(`${type.label.vi}: ${feed.title}`),
      inEnglish(`${type.label.en}: ${feed.title}`),
    ],
    'dct:publisher': agent(feed.publisher),
    'dct:source': iri(feed.source),
    'dct:conformsTo': { '@id': type.iri, '@type': 'dct:Standard' },
    ...declaredOf(dataset, place),
    ...(feed.modifiedAt !== undefined && { 'dct:modified': typed(feed.modifiedAt, 'dateTime') }),
    ...(feed.period !== undefined && { 'dcat:temporalResolution': typed(feed.period, 'duration') }),
    ...(brought.from !== undefined && {
      'dct:temporal': {
        '@type': 'dct:PeriodOfTime',
        'dcat:startDate': typed(brought.from, 'dateTime'),
        ...(brought.to !== undefined && { 'dcat:endDate': typed(brought.to, 'dateTime') }),
      },
    }),
    'dcat:distribution': distributionsOf(dataset, id, place),
    ...(Object.keys(dataset.quality).length > 0 && {
      'dqv:hasQualityMeasurement': Object.entries(dataset.quality).map(([dimension, share]) => ({
        '@type': 'dqv:QualityMeasurement',
        'dqv:isMeasurementOf': { '@id': `${place.namespace}${dimension}`, '@type': 'dqv:Metric' },
        'dqv:value': typed(String(share), 'decimal'),
      })),
    }),
  }
}

/** What the feed declares; what it leaves out is not there, but for a description, which every dataset has to have. */
function declaredOf(
  { feed: { declared, period = '' }, type }: Dataset,
  { namespace }: CatalogPlace,
): JsonObject {
  const [access = '', kind, spatial] = ['access', 'class', 'spatial'].map((name) => textOf(declared, name))
  const frequency = textOf(declared, 'frequency') ?? FREQUENCY[period]
  return {
    'dct:description': descriptionOf(ownValue(declared, 'description')) ?? [
      inVietnamese(type.definition.vi),
      inEnglish(type.definition.en),
    ],
    ...several('dcat:keyword', textsOf(declared, 'keywords')),
    ...several('dcatap:applicableLegislation', textsOf(declared, 'legalBasis').map(act)),
    ...contactOf(ownValue(declared, 'contact')),
    ...(Object.hasOwn(ACCESS, access) && {
      'dct:accessRights': {
        '@id': `${AUTHORITY}/access-right/${ACCESS[access]}`,
        '@type': 'dct:RightsStatement',
      },
    }),
    ...(kind !== undefined && {
      'dct:type': { '@id': `${namespace}DataClass/${kind}`, '@type': 'skos:Concept' },
    }),
    ...(frequency !== undefined && {
      'dct:accrualPeriodicity': { '@id': `${AUTHORITY}/frequency/${frequency}`, '@type': 'dct:Frequency' },
    }),
    ...(spatial !== undefined &&
      isIri(spatial) && { 'dct:spatial': { '@id': spatial, '@type': 'dct:Location' } }),
  }
}

function descriptionOf(value: JsonValue | undefined): JsonValue | undefined {
  if (typeof value === 'string') return value
  if (!isJsonObject(value)) return undefined
  const [vi, en] = [textOf(value, 'vi'), textOf(value, 'en')]
  return vi === undefined || en === undefined ? undefined : [inVietnamese(vi), inEnglish(en)]
}

function contactOf(value: JsonValue | undefined): JsonObject {
  if (!isJsonObject(value)) return {}
  const [name, email, url] = [textOf(value, 'name'), textOf(value, 'email'), textOf(value, 'url')]
  return {
    'dcat:contactPoint': {
      '@type': 'vcard:Kind',
      ...(name !== undefined && { 'vcard:fn': name }),
      ...(email !== undefined && isIri(`mailto:${email}`) && { 'vcard:hasEmail': iri(`mailto:${email}`) }),
      ...(url !== undefined && isIri(url) && { 'vcard:hasURL': iri(url) }),
    },
  }
}

/** An act that has an IRI is named by it, another by what it is called. */
function act(text: string): JsonObject {
  return isIri(text)
    ? { '@id': text, '@type': 'eli:LegalResource' }
    : { '@type': 'eli:LegalResource', 'dct:title': inVietnamese(text) }
}

function agent(name: string): JsonObject {
  return { '@type': 'foaf:Agent', 'foaf:name': name }
}

function several(name: string, values: readonly JsonValue[]): JsonObject {
  return values.length === 0 ? {} : { [name]: values }
}

function textsOf(document: JsonObject, name: string): readonly string[] {
  return itemsOf(ownValue(document, name)).filter((item) => typeof item === 'string')
}
