import type { TermTable } from '../../core/context/term-table.ts'
import { type Iri, NGSI_LD } from '../../core/model/iri.ts'
import { badRequestData } from '../../core/model/problem.ts'
import type { EntityQuery } from '../../core/query/ast.ts'
import { parseAttributeList } from '../../core/query/parse-attribute-list.ts'
import type { PurgeEntities, purgeEntities } from '../../operations/entities/purge-entities.ts'
import { entityQuery, FILTER_PARAMETERS, flag, refuseTooWide } from '../decode/entity-parameters.ts'
import { who } from '../decode/who.ts'
import { batchAnswer } from '../encode/batch-answer.ts'
import type { HubAnswer, HubRequest, Route } from '../route.ts'

type Only = NonNullable<PurgeEntities['only']>

/** The route that purges `/entities/` (CIM 009 v1.9.1, 6.4.3.3). */
export function purgeRoutes(purge: ReturnType<typeof purgeEntities>): readonly Route[] {
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
    refuseTooWide(query, isLocal(request.query, query))
    const outcomes = await purge({ ...who(request), query, ...(only && { only }) })
    return batchAnswer(outcomes, () => ({ status: 204 }))
  }
}

/** `type=*` is a purge of this hub alone (6.4.3.3). @throws Problem BadRequestData when that is denied */
function isLocal(parameters: URLSearchParams, { types }: EntityQuery): boolean {
  const local = flag(parameters, 'local')
  if (types?.kind !== 'any') return local ?? false
  if (local === false) throw badRequestData('Parameter type is *, which needs local=true')
  return true
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
