import type { TermTable } from '../../core/context/term-table.ts'
import { type Iri, NGSI_LD } from '../../core/model/iri.ts'
import { badRequestData } from '../../core/model/problem.ts'
import type { EntityQuery } from '../../core/query/ast.ts'
import { parseAttributeList } from '../../core/query/parse-attribute-list.ts'
import type { distributePurge } from '../../operations/distributed/distribute-purge.ts'
import type { PurgeEntities } from '../../operations/entities/purge-entities.ts'
import type { narrowToMap } from '../../operations/entity-maps/use-entity-map.ts'
import { wantedMap } from '../decode/entity-map-request.ts'
import { entityQuery, FILTER_PARAMETERS, localOnly, refuseTooWide } from '../decode/entity-parameters.ts'
import { onward } from '../decode/onward.ts'
import { who } from '../decode/who.ts'
import { entityMapHeader } from '../encode/entity-map-document.ts'
import { purgeOutcome } from '../encode/write-outcome.ts'
import type { HubAnswer, HubRequest, Route } from '../route.ts'

type Only = NonNullable<PurgeEntities['only']>

/** The operations behind the route that purges. */
export interface PurgeOperations {
  readonly purgeEntities: ReturnType<typeof distributePurge>
  readonly narrowToMap: ReturnType<typeof narrowToMap>
}

/** The route that purges `/entities/` (CIM 009 v1.9.1, 6.4.3.3). */
export function purgeRoutes(operations: PurgeOperations): readonly Route[] {
  return [
    {
      method: 'DELETE',
      path: '/ngsi-ld/v1/entities',
      body: 'none',
      parameters: [...FILTER_PARAMETERS, 'attrs', 'keep', 'drop', 'local'],
      handle,
    },
  ]

  async function handle(request: HubRequest): Promise<HubAnswer> {
    const table = await request.table()
    const only = attributeLists(request.query, table)
    const query = narrowed(entityQuery(request.query, table), only)
    const local = localOnly(request.query, query)
    refuseTooWide(query, local)
    const wanted = wantedMap(request, request.query)
    const command = {
      ...who(request),
      ...(!local && (await onward(request))),
      query,
      parameters: request.query,
      ...(only && { only }),
    }
    if (!wanted) return purgeOutcome(await operations.purgeEntities(command))
    const { query: among, used } = await operations.narrowToMap(command, wanted)
    const answer = purgeOutcome(await operations.purgeEntities({ ...command, query: among }))
    return { ...answer, headers: { ...answer.headers, ...entityMapHeader(used) } }
  }
}

function attributeLists(parameters: URLSearchParams, table: TermTable): Only | undefined {
  const [keep, drop] = ['keep', 'drop'].map((name) => parameters.get(name))
  if (keep && drop) throw badRequestData('Parameters keep and drop exclude each other')
  if (keep) return { keep: new Set(parseAttributeList(keep, table, { parameter: 'keep' })) }
  return drop ? { drop: droppable(drop, table) } : undefined
}

// id and type are none either: a @context does not expand them
const SYSTEM = ['createdAt', 'modifiedAt', 'deletedAt', 'expiresAt']

/** Members that belong to the hub are no attributes that could go. @throws Problem BadRequestData */
function droppable(text: string, table: TermTable): ReadonlySet<Iri> {
  const names = parseAttributeList(text, table, { parameter: 'drop' })
  const fixed = SYSTEM.find((name) => names.includes(table.expand(name)))
  if (fixed !== undefined) throw badRequestData(`Parameter drop names ${fixed}, which is no attribute`)
  return new Set(names)
}

/** Without attrs, only entities with one of the attributes that go are looked at, unless their scope is to go too (5.6.21). */
function narrowed(query: EntityQuery, only: Only | undefined): EntityQuery {
  if (query.attributes || !only || !('drop' in only) || only.drop.has(`${NGSI_LD}scope`)) return query
  return { ...query, attributes: [...only.drop] }
}
