import type { TermTable } from '../../core/context/term-table.ts'
import type { UsedMap } from '../../operations/entity-maps/use-entity-map.ts'
import type { exportEvolution, exportEvolutions } from '../../operations/temporal/export-evolutions.ts'
import type {
  queryTemporalThroughMap,
  retrieveTemporalThroughMap,
} from '../../operations/temporal/use-temporal-map.ts'
import type { Evolutions } from '../../operations/temporal/write-evolutions.ts'
import { HISTORY_TYPES, isHistoryExport } from '../added-types.ts'
import { askedElsewhere } from '../decode/asked-elsewhere.ts'
import { askedQuery } from '../decode/asked-query.ts'
import { cursorPurpose } from '../decode/cursor-purpose.ts'
import { entityId } from '../decode/entity-body.ts'
import { ENTITY_MAP_PARAMETERS, wantedMap } from '../decode/entity-map-request.ts'
import {
  FILTER_PARAMETERS,
  flag,
  localOnly,
  PAGE_PARAMETERS,
  type PageRequest,
  pageRequest,
  refuseTooWide,
} from '../decode/entity-parameters.ts'
import { placeOf } from '../decode/place-of.ts'
import { preferences, versionHeader, versionOption } from '../decode/prefer.ts'
import {
  EVOLUTION_PARAMETERS,
  evolutionOrdering,
  refuseTimeless,
  TEMPORAL_PARAMETERS,
  type TemporalRequest,
  temporalRequest,
} from '../decode/temporal-parameters.ts'
import { temporalQueryBody } from '../decode/temporal-query-body.ts'
import { who } from '../decode/who.ts'
import { contentRange, type RangeUnit } from '../encode/content-range.ts'
import { entityMapHeader } from '../encode/entity-map-document.ts'
import { pagingLinks } from '../encode/paging-links.ts'
import { warned } from '../encode/warned.ts'
import type { PageSettings } from '../page-settings.ts'
import type { HubAnswer, HubRequest, Route } from '../route.ts'
import { refusePaging } from './answer-export.ts'
import { answerHistory } from './answer-history.ts'
import { EVOLUTIONS } from './temporal-routes.ts'

/** The operations that answer from history. */
export interface TemporalQueries {
  readonly queryTemporalEvolution: ReturnType<typeof queryTemporalThroughMap>
  readonly retrieveTemporalEvolution: ReturnType<typeof retrieveTemporalThroughMap>
  readonly exportEvolutions: ReturnType<typeof exportEvolutions>
  readonly exportEvolution: ReturnType<typeof exportEvolution>
}

/** What the routes need besides. */
export interface TemporalSettings extends PageSettings {
  readonly rangeUnit: RangeUnit
}

const PRODUCES = ['application/json', 'application/ld+json', ...HISTORY_TYPES] as const

/** Routes that read `/temporal/entities/` and below (CIM 009 v1.9.1, 6.18.3.2, 6.19.3.1 and 6.24). */
export function temporalQueryRoutes(
  operations: TemporalQueries,
  settings: TemporalSettings,
): readonly Route[] {
  const shown = [...TEMPORAL_PARAMETERS, ...EVOLUTION_PARAMETERS, ...ENTITY_MAP_PARAMETERS, 'local']
  return [
    {
      method: 'GET',
      path: EVOLUTIONS,
      body: 'none',
      produces: PRODUCES,
      parameters: [
        ...shown,
        ...FILTER_PARAMETERS,
        ...PAGE_PARAMETERS,
        'orderBy',
        'collation',
        'splitEntities',
      ],
      handle: query,
    },
    {
      method: 'POST',
      path: '/ngsi-ld/v1/temporal/entityOperations/query',
      body: 'ld',
      produces: PRODUCES,
      parameters: ['format', 'options', ...PAGE_PARAMETERS, 'local'],
      handle: query,
    },
    {
      method: 'GET',
      path: `${EVOLUTIONS}/:id`,
      body: 'none',
      produces: PRODUCES,
      parameters: shown,
      handle: retrieve,
    },
  ]

  async function retrieve(request: HubRequest): Promise<HubAnswer> {
    const id = entityId(request)
    const table = await request.table()
    const asked = preferred(request, temporalRequest(request.query, table))
    if (isHistoryExport(request.accept)) {
      refusePaging(request, request.query)
      const parts = await operations.exportEvolution({ ...who(request), ...asked, id, table })
      return answerHistory(parts, request, request.accept, { options: asked.options, table })
    }
    const wanted = wantedMap(request, request.query)
    const answer = await operations.retrieveTemporalEvolution(
      { ...who(request), ...asked, ...askedElsewhere(request, request.query, isLocal(request)), id, table },
      wanted,
    )
    return written(request, answer, { table, unit: settings.rangeUnit, single: true })
  }

  async function query(request: HubRequest): Promise<HubAnswer> {
    const table = await request.table()
    const { query, parameters } = askedQuery(request, table, temporalQueryBody)
    const asked = preferred(request, temporalRequest(parameters, table))
    refuseTimeless(asked)
    const local = localOnly(request.query, query)
    refuseTooWide(query, local)
    if (isHistoryExport(request.accept)) {
      refusePaging(request, parameters, ['limit'])
      const parts = operations.exportEvolutions({ ...who(request), ...asked, query, table })
      return answerHistory(parts, request, request.accept, { options: asked.options, table })
    }
    const ordering = evolutionOrdering(parameters, table)
    const page = pageRequest(request.query, settings.limits)
    const boundTo = (): string => cursorPurpose(request, parameters)
    const after = page.after === undefined ? undefined : placeOf(page.after, settings.seal, boundTo())
    const command = {
      ...who(request),
      ...asked,
      ...askedElsewhere(request, parameters, local),
      query,
      table,
      limit: page.limit,
      offset: page.offset ?? 0,
      count: page.count,
      ...(ordering && { ordering }),
      ...(after !== undefined && { after }),
    }
    const answer = await operations.queryTemporalEvolution(command, wantedMap(request, parameters, after))
    const links = pageLinks(request, page, answer, boundTo)
    return written(request, answer, { table, unit: settings.rangeUnit, links })
  }

  function pageLinks(
    request: HubRequest,
    page: PageRequest,
    { more, after: place }: Evolutions,
    boundTo: () => string,
  ): readonly string[] {
    const after = place === undefined ? undefined : settings.seal.close(place, boundTo())
    const neighbours = { more, ...(after !== undefined && { after }) }
    return pagingLinks(request.path, request.query, page, neighbours, request.accept)
  }
}

function isLocal({ query }: HubRequest): boolean {
  return flag(query, 'local') ?? false
}

/** Adds the version of the standard that the client prefers (4.3.6.8), and that attrs wants one of these at least. */
function preferred({ headers, query }: HubRequest, asked: TemporalRequest): TemporalRequest {
  const needed = query.has('attrs') && { needsAttribute: true as const }
  return { ...asked, options: { ...asked.options, ...needed, ...versionOption(preferences(headers.prefer)) } }
}

interface Writing {
  readonly table: TermTable
  readonly unit: RangeUnit
  readonly single?: true
  readonly links?: readonly string[]
}

function written(
  { headers, disclose }: HubRequest,
  {
    texts,
    altered,
    range,
    count,
    used,
    lasting,
    disclosed,
    datasets,
    warnings = [],
  }: Evolutions & { readonly used?: UsedMap },
  { table, unit, single, links = [] }: Writing,
): HubAnswer {
  disclose?.(disclosed, datasets)
  return {
    status: range ? 206 : altered ? 203 : used?.created && !single ? 201 : 200,
    fragments: { texts, ...(single && { single }) },
    table,
    headers: {
      ...warned(warnings),
      ...(links.length > 0 && { Link: links }),
      ...(range && { 'Content-Range': contentRange(range, unit) }),
      ...(count !== undefined && { 'NGSILD-Results-Count': String(count) }),
      ...entityMapHeader(used),
      ...versionHeader(preferences(headers.prefer)),
    },
    ...(lasting && { lasting }),
  }
}
