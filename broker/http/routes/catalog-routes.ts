import { createHash } from 'node:crypto'
import type { JsonObject } from '../../core/model/json.ts'
import { Problem } from '../../core/model/problem.ts'
import { type Dataset, datasetName, type listDatasets } from '../../operations/catalog/list-datasets.ts'
import { pageRequest } from '../decode/entity-parameters.ts'
import { who } from '../decode/who.ts'
import type { CatalogPlace } from '../encode/dcat-distributions.ts'
import { CATALOG_PATH, catalogDocument, DCAT_PREFIXES, datasetDocument } from '../encode/dcat-document.ts'
import { writeGraph } from '../encode/write-graph.ts'
import type { HubAnswer, HubRequest, MediaType, Route } from '../route.ts'

/** The operation behind the catalogue, and where it says that the hub is. */
export interface CatalogOperations {
  readonly listDatasets: ReturnType<typeof listDatasets>
  readonly place: () => CatalogPlace
}

const LIMITS = { standard: 100, most: 1000 }
const PRODUCES = ['application/ld+json', 'application/json', 'text/turtle', 'application/n-quads'] as const

/** Routes of `/hub/v1/catalog`: what there is, for people and harvesters (DCAT-AP 3); ours, not the standard's. */
export function catalogRoutes({ listDatasets, place }: CatalogOperations): readonly Route[] {
  const get = { method: 'GET', body: 'none', produces: PRODUCES } as const
  return [
    { ...get, path: CATALOG_PATH, parameters: ['limit', 'after'], handle: list },
    { ...get, path: `${CATALOG_PATH}/:dataset`, handle: retrieve },
  ]

  async function list(request: HubRequest): Promise<HubAnswer> {
    const { limit } = pageRequest(request.query, LIMITS)
    const after = request.query.get('after')
    const { datasets, more } = await listDatasets({
      ...who(request),
      limit,
      ...(after !== null && { after }),
    })
    const last = datasets.at(-1)
    const next =
      more && last
        ? `${CATALOG_PATH}?${new URLSearchParams({ limit: String(limit), after: datasetName(last) })}`
        : undefined
    const page = { path: request.path, ...(next !== undefined && { next }) }
    const answer = await inGraph(catalogDocument(datasets, place(), page), request.accept, datasets)
    return next === undefined
      ? answer
      : { ...answer, headers: { ...answer.headers, Link: `<${next}>; rel="next"` } }
  }

  async function retrieve(request: HubRequest): Promise<HubAnswer> {
    const only = request.params.dataset ?? ''
    const { datasets } = await listDatasets({ ...who(request), limit: 1, only })
    const [dataset] = datasets
    if (!dataset) throw new Problem('ResourceNotFound', `Dataset ${only} does not exist`)
    return inGraph(datasetDocument(dataset, place()), request.accept, datasets)
  }
}

/** An answer that harvesters know again when nothing has changed for them. */
async function inGraph(
  document: JsonObject,
  accept: MediaType,
  datasets: readonly Dataset[],
): Promise<HubAnswer> {
  const isGraph = accept === 'text/turtle' || accept === 'application/n-quads'
  const text = isGraph ? await writeGraph(document, accept, DCAT_PREFIXES) : JSON.stringify(document)
  const changed = datasets
    .map(({ feed }) => feed.modifiedAt ?? '')
    .sort()
    .at(-1)
  return {
    status: 200,
    text,
    contentType: accept,
    headers: {
      ETag: `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`,
      ...(changed && { 'Last-Modified': new Date(changed).toUTCString() }),
    },
  }
}
