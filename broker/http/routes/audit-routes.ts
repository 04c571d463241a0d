import { AUDIT_KINDS } from '../../../security/audit/audit-entry.ts'
import { headDocument } from '../../../security/audit/signed-head.ts'
import type { JsonObject, JsonValue } from '../../core/model/json.ts'
import { badRequestData, Problem } from '../../core/model/problem.ts'
import { type Micros, parseDateTime } from '../../core/model/time.ts'
import type {
  AskedAudit,
  exportAudit,
  queryAudit,
  retrieveAuditHead,
} from '../../operations/audit/query-audit.ts'
import { who } from '../decode/who.ts'
import { type Column, KIND } from '../encode/history-columns.ts'
import { writeCsv } from '../encode/write-csv.ts'
import type { HubAnswer, HubRequest, Route } from '../route.ts'

/** The operations behind the audit log. */
export interface AuditOperations {
  readonly queryAudit: ReturnType<typeof queryAudit>
  readonly exportAudit: ReturnType<typeof exportAudit>
  readonly retrieveAuditHead: ReturnType<typeof retrieveAuditHead>
}

const FILTERS = ['from', 'to', 'caller', 'subject', 'entity', 'operation', 'kind'] as const
const STANDARD_LIMIT = 100

/** Routes of `/hub/v1/audit`: who saw or changed what of whom; ours, not the standard's. */
export function auditRoutes(
  operations: AuditOperations,
  { most }: { readonly most: number },
): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/hub/v1/audit',
      body: 'none',
      produces: ['application/json', 'application/x-ndjson', 'text/csv'],
      parameters: [...FILTERS, 'limit', 'after'],
      handle: (request) => (request.accept === 'application/json' ? query(request) : exported(request)),
    },
    {
      method: 'GET',
      path: '/hub/v1/audit/head',
      body: 'none',
      produces: ['application/json'],
      handle: head,
    },
  ]

  async function query(request: HubRequest): Promise<HubAnswer> {
    const after = whole(request.query, 'after', 0)
    const limit = whole(request.query, 'limit', STANDARD_LIMIT)
    if (limit > most) throw new Problem('TooManyResults', `Limit ${limit} is above ${most}`)
    const page = await operations.queryAudit({ ...asked(request), limit, after })
    const { records, after: next } = page
    return { status: 200, body: { records, ...(next !== undefined && { after: next }) }, headers: PRIVATE }
  }

  /** As it stands, so that the chain can be checked; with where the log ends. */
  async function exported(request: HubRequest): Promise<HubAnswer> {
    const paging = ['limit', 'after'].find((name) => request.query.has(name))
    if (paging)
      throw badRequestData(`Parameter ${paging} is for pages; an export has all records in one answer`)
    const steps = await operations.exportAudit(asked(request))
    const table = await request.table()
    const sealed = await operations.retrieveAuditHead(who(request))
    if (request.accept === 'text/csv')
      return { status: 200, table, headers: PRIVATE, stream: () => writeCsv(COLUMNS, rowsOf(steps)) }
    return {
      status: 200,
      table,
      headers: PRIVATE,
      stream: async function* () {
        for await (const { line } of steps) if (line !== undefined) yield line
        yield JSON.stringify({ head: headDocument(sealed) })
      },
    }
  }

  async function head(request: HubRequest): Promise<HubAnswer> {
    const signed = await operations.retrieveAuditHead(who(request))
    return { status: 200, body: headDocument(signed), headers: PRIVATE }
  }
}

const PRIVATE = { 'Cache-Control': 'no-store' }

function asked(request: HubRequest): AskedAudit {
  const { query } = request
  const entity = query.get('entity')
  if (entity !== null && query.has('subject'))
    throw badRequestData('Parameters entity and subject both say whose records are wanted: give one')
  return {
    ...who(request),
    selection: {
      ...time(query, 'from'),
      ...time(query, 'to'),
      ...text(query, 'caller'),
      ...text(query, 'subject'),
      ...text(query, 'operation'),
      ...kind(query),
    },
    ...(entity !== null && { entity }),
  }
}

type TextFilter = 'caller' | 'subject' | 'operation'

function text(query: URLSearchParams, name: TextFilter): Partial<Record<TextFilter, string>> {
  const given = query.get(name)
  return given === null ? {} : { [name]: given }
}

function kind(query: URLSearchParams): { readonly kind?: string } {
  const given = query.get('kind')
  if (given === null) return {}
  if (!AUDIT_KINDS.some((one) => one === given))
    throw badRequestData(`Parameter kind is none of ${AUDIT_KINDS.join(', ')}`)
  return { kind: given }
}

function time(query: URLSearchParams, name: 'from' | 'to'): Partial<Record<'from' | 'to', Micros>> {
  const given = query.get(name)
  if (given === null) return {}
  const at = parseDateTime(given)
  if (at === undefined) throw badRequestData(`Parameter ${name} is no time such as 2026-01-31T00:00:00Z`)
  return { [name]: at }
}

function whole(query: URLSearchParams, name: string, standard: number): number {
  const given = query.get(name)
  if (given === null) return standard
  if (!/^[0-9]{1,15}$/.test(given)) throw badRequestData(`Parameter ${name} is not a whole number`)
  return Number(given)
}

const NAMES = [
  ...[
    'seq',
    'at',
    'kind',
    'operation',
    'outcome',
    'caller',
    'client',
    'organisation',
    'city',
    'roles',
    'purpose',
    'assurance',
  ],
  ...[
    'hub',
    'tenant',
    'policy',
    'view',
    'rules',
    'access',
    'classes',
    'masked',
    'entities',
    'subjects',
    'request',
  ],
  ...['times', 'since', 'position', 'details', 'prev'],
]

/** In tables of history `kind` is something else. */
const COLUMNS: readonly Column<JsonObject>[] = NAMES.map((name) => ({
  name: name === KIND ? 'record' : name,
  as: 'text',
  of: (record) => cellText(record[name]),
}))

function cellText(value: JsonValue | undefined): string | undefined {
  if (value === undefined) return undefined
  return typeof value === 'string' ? value : JSON.stringify(value)
}

async function* rowsOf(
  steps: AsyncIterable<{ readonly record?: JsonObject }>,
): AsyncGenerator<readonly JsonObject[]> {
  for await (const { record } of steps) if (record) yield [record]
}
