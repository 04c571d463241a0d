import { randomUUID } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { packageRoot } from '../../ontology/package-root.ts'
import { verifyAudit } from '../../security/audit/verify-audit.ts'
import { openEvents } from '../support/event-stream.ts'
import { logLines, type TestAnswer, type TestHub, type TestRequest } from '../support/hub.ts'
import { legibleText } from '../support/parquet.ts'
import { until } from '../support/until.ts'
import { report, reportId, STRANGE_TYPE, setAside, strangeId, strangeThing } from './leak-entities.ts'
import { IDENTIFIERS, type Identifier, identifiersIn } from './personal-identifiers.ts'
import { type Asker, type SecuredHubs, startSecuredHubs } from './secured-hubs.ts'

type Step = readonly [path: string, request?: TestRequest]

const ENTITIES = '/ngsi-ld/v1/entities'
const BATCH = '/ngsi-ld/v1/entityOperations'
const REGISTRATION = 'urn:ngsi-ld:ContextSourceRegistration:thai-nguyen'
const RECORD = setAside('').id

const EXPANDED = 'application/ld+json;profile="http://www.w3.org/ns/json-ld#expanded"'

/** Representations of an entity, as parameters, as media types and as preferences. */
const LOOKS: readonly (readonly [string, string?, string?])[] = [
  [''],
  ['format=concise'],
  ['format=simplified'],
  ['options=sysAttrs'],
  ['pick=id,reporterName,reporterPhone,description,note,location'],
  ['omit=note,status'],
  ['attrs=reporterPhone,media,details,names'],
  ['lang=vi'],
  ['lang=*&format=simplified'],
  ['datasetId=urn:dataset:other'],
  ['datasetId=@none&format=simplified'],
  ['', 'application/ld+json'],
  ['', 'application/geo+json'],
  ['geometryProperty=location', 'application/geo+json'],
  ['format=simplified', 'application/geo+json'],
  ['join=inline&joinLevel=2'],
  ['join=inline&format=simplified', 'application/geo+json'],
  ['join=flat&pick=follows%7Bnote,details%7D,about%7BreporterPhone,description%7D'],
  ['', 'text/turtle'],
  ['options=sysAttrs', 'application/n-quads'],
  ['lang=vi', EXPANDED],
  ['', 'application/json', 'ngsi-ld=1.0'],
  ['lang=vi', 'application/geo+json', 'ngsi-ld=1.3'],
]

const headersOf = (accept?: string, prefer?: string): TestRequest => ({
  headers: { ...(accept && { Accept: accept }), ...(prefer && { Prefer: prefer }) },
})
const look = (base: string): readonly Step[] =>
  LOOKS.map(([search, ...headers]) => [
    `${base}${base.includes('?') ? '&' : '?'}${search}`,
    headersOf(...headers),
  ])

const SELECTIONS = [
  'type=ServiceRequest&limit=1000',
  `type=${STRANGE_TYPE}&limit=1000`,
  'attrs=reporterPhone&limit=6',
  'q=reporterName&limit=6',
  'q=note.remark&limit=6',
  'idPattern=.*leak.*&type=ServiceRequest&limit=6',
  'type=ServiceRequest&georel=within&geometry=Polygon&coordinates=[[[105,21],[106,21],[106,22],[105,22],[105,21]]]',
  'type=ServiceRequest&limit=3&count=true',
  'type=ServiceRequest&limit=3&offset=4&count=true',
  'type=ServiceRequest&limit=0&count=true',
]
/** Exports are of one hub alone. */
const EXPORTS = [
  'type=ServiceRequest',
  `type=${STRANGE_TYPE}&format=concise&options=sysAttrs`,
  'type=*&format=simplified&lang=vi',
  'q=reporterPhone',
].flatMap((search): Step[] =>
  ['application/x-ndjson', 'application/geo+json-seq'].map((accept) => [
    `${ENTITIES}?local=true&${search}`,
    headersOf(accept),
  ]),
)
const CHANGES = [
  'limit=1000',
  'type=ServiceRequest&format=simplified&lang=vi',
  'format=concise&options=sysAttrs&limit=1000',
  'q=reporterPhone',
  'attrs=reporterPhone,note',
  'pick=id,reporterName,reporterPhone,description,note,location',
  'watchedAttributes=reporterPhone',
  'datasetId=urn:dataset:other',
  'collections=subscription,context',
  'collections=registration',
].map((search): Step => [`/hub/v1/changes?after=earliest&${search}`])
const SEARCHES: readonly Step[] = [
  ...look(`${ENTITIES}?type=ServiceRequest&limit=6`),
  ...SELECTIONS.map((search): Step => [`${ENTITIES}?${search}`]),
  [`${ENTITIES}?type=ServiceRequest&limit=6`, { headers: { 'Hub-Provenance': 'true' } }],
  [`${ENTITIES}?type=ServiceRequest&limit=6`, { headers: { 'Hub-Unit': '164' } }],
  [
    `${ENTITIES}?type=ServiceRequest&limit=6`,
    { headers: { Accept: 'application/geo+json', 'Hub-CRS': 'EPSG:9213' } },
  ],
]
const posted = (body: unknown, search = '', accept?: string): Step => [
  `${BATCH}/query?${search}`,
  { method: 'POST', body, ...headersOf(accept) },
]
const QUERY = { type: 'Query', entities: [{ type: 'ServiceRequest' }, { type: STRANGE_TYPE }] }
const ALL_IDS = IDENTIFIERS.flatMap((_, at) => [reportId(at), strangeId(at)])

/** A write that asks for nothing tells nothing but what its sender sent: the answers to refused ones are looked at. */
const WRITES: readonly Step[] = [
  [ENTITIES, { method: 'POST', body: { id: reportId(0), type: 'ServiceRequest' } }],
  [`${ENTITIES}/${reportId(0)}`, { method: 'PUT', body: { type: 'ServiceRequest' } }],
  [`${ENTITIES}/${reportId(1)}`, { method: 'PATCH', body: { reporterName: { value: 1, type: 'Nothing' } } }],
  [`${ENTITIES}/${reportId(2)}/attrs`, { method: 'POST', body: { reporterPhone: 'x' } }],
  [`${ENTITIES}/${reportId(2)}/attrs`, { method: 'PATCH', body: { media: 'x' } }],
  [`${ENTITIES}/${reportId(3)}/attrs/reporterPhone`, { method: 'PATCH', body: { value: 'x' } }],
  [
    `${ENTITIES}/${reportId(3)}/attrs/reporterPhone`,
    { method: 'PUT', body: { type: 'Property', value: 'x' } },
  ],
  [`${ENTITIES}/${reportId(3)}/attrs/reporterPhone?datasetId=urn:none`, { method: 'DELETE' }],
  [`${BATCH}/create`, { method: 'POST', body: [{ id: reportId(0), type: 'ServiceRequest' }] }],
  [
    `${BATCH}/upsert`,
    { method: 'POST', body: [{ id: reportId(0), type: 'ServiceRequest', reporterName: 5 }] },
  ],
  [
    `${BATCH}/update`,
    { method: 'POST', body: [{ id: reportId(0), type: 'ServiceRequest', reporterName: 5 }] },
  ],
  [
    `${BATCH}/merge`,
    { method: 'POST', body: [{ id: reportId(0), type: 'ServiceRequest', reporterName: 5 }] },
  ],
]

/** Purges that no asker may do, or that match nothing: the answers to refused ones are looked at. */
const PURGES: readonly Step[] = [
  'type=ServiceRequest&drop=reporterPhone,reporterName,note',
  'type=ServiceRequest&keep=requestCode',
  'type=ServiceRequest',
  'local=true&id=urn:ngsi-ld:ServiceRequest:none',
].map((search): Step => [`${ENTITIES}?${search}`, { method: 'DELETE' }])

/** History holds what was written, by when it was written; representations of it, and filters on it. */
const HISTORY = '/ngsi-ld/v1/temporal/entities'
/** Lines that are refused, whoever sends them. */
const importing = (body: string): TestRequest => ({
  method: 'POST',
  body,
  headers: { 'Content-Type': body.startsWith('{') ? 'application/x-ndjson' : 'text/csv' },
})
const SINCE = 'timerel=after&timeAt=2020-01-01T00:00:00Z&timeproperty=modifiedAt'
const HISTORIES = [
  ['format=normalized&options=sysAttrs'],
  ['format=concise', 'application/ld+json'],
  ['format=temporalValues'],
  ['format=temporalValues&lang=vi&lastN=1'],
  ['pick=id,reporterName,reporterPhone,description,note,location'],
  ['datasetId=urn:dataset:other'],
  ['format=aggregatedValues&aggrMethods=min,max,distinctCount,totalCount'],
  [
    'format=aggregatedValues&aggrMethods=min,max&aggrPeriodDuration=PT1H&timeproperty=createdAt',
    undefined,
    'ngsi-ld=1.0',
  ],
] as const
const pastOf = (base: string): readonly Step[] =>
  HISTORIES.map(([search, ...headers]) => {
    const window = search.includes('timeproperty') ? SINCE.replace(/&timeproperty=.*/, '') : SINCE
    return [`${base}${base.includes('?') ? '&' : '?'}${window}&${search}`, headersOf(...headers)]
  })
/** Exports of history, which have the sub-attributes too where they are lines. */
const HISTORY_TYPES = ['application/x-ndjson', 'text/csv', 'application/vnd.apache.parquet']
const exported = (base: string, ...searches: readonly string[]): readonly Step[] =>
  HISTORY_TYPES.flatMap((accept) =>
    searches.map((search): Step => [`${base}&${SINCE}&${search}`, headersOf(accept)]),
  )
const TEMPORAL_QUERY = {
  ...QUERY,
  temporalQ: { timerel: 'after', timeAt: '2020-01-01T00:00:00Z', timeproperty: 'modifiedAt' },
}

/** A snapshot of everything: taken first, read last. */
const SNAPSHOT = 'urn:ngsi-ld:Snapshot:leak'
const SNAPSHOTS = '/ngsi-ld/v1/snapshots'
const TAKEN = { id: SNAPSHOT, type: 'Snapshot', snapshotQueries: [QUERY, { ...QUERY, q: 'reporterPhone' }] }
const inSnapshot = ([path, request = {}]: Step): Step => [
  path,
  { ...request, headers: { ...request.headers, 'NGSILD-Snapshot': SNAPSHOT } },
]

/** Somebody that those who may look for persons find in many places. */
const NO_RECORD = '00000000-0000-4000-8000-000000000000'
const WANTED = { identifiers: ['phone:0900000417', 'cccd:019300000417'] }

/** What a subscription asks for tells of persons: that of a data-protection officer is nobody else's. */
const SUBSCRIPTIONS = '/ngsi-ld/v1/subscriptions'
const DELIVERIES = '/hub/v1/subscriptions'
const CSOURCE = '/ngsi-ld/v1/csourceSubscriptions'
const SUBSCRIPTION = {
  id: 'urn:ngsi-ld:Subscription:leak',
  type: 'Subscription',
  entities: [{ type: 'ServiceRequest' }],
  notification: { endpoint: { uri: 'http://127.0.0.1:9/notify' } },
}
const OTHERS_SUBSCRIPTION = {
  ...SUBSCRIPTION,
  id: 'urn:ngsi-ld:Subscription:other',
  q: IDENTIFIERS.slice(0, 5)
    .map(({ value }) => `reporterName==${JSON.stringify(value)}`)
    .join('|'),
}

/** Calls of tools: what they answer is asked of the operations above, and has no way of its own. */
const calling = (name: string, given: object): Step => [
  '/mcp',
  {
    method: 'POST',
    body: { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: given } },
    headers: {
      'Content-Type': 'application/json',
      Accept: 'application/json, text/event-stream',
      'MCP-Protocol-Version': '2025-11-25',
    },
  },
]
const CALLS: readonly Step[] = [
  calling('query', { type: 'ServiceRequest', limit: 6 }),
  calling('query', { type: 'ServiceRequest', limit: 6, format: 'concise', count: true }),
  calling('query', { type: STRANGE_TYPE, limit: 6, language: 'vi' }),
  calling('query', {
    q: 'reporterPhone',
    limit: 3,
    pick: ['reporterName', 'reporterPhone', 'note', 'location'],
  }),
  calling('query', { ids: [reportId(3)], q: 'note.remark', unit: '164' }),
  calling('count', { type: 'ServiceRequest', q: 'reporterName' }),
  calling('discover_types', { withoutData: true, search: 'phản ánh' }),
  calling('discover_types', {}),
  calling('describe_type', { type: 'ServiceRequest' }),
  calling('describe_type', { type: STRANGE_TYPE }),
  calling('history', { type: 'ServiceRequest', limit: 3, timeProperty: 'modifiedAt' }),
  calling('history', {
    ids: [reportId(3), strangeId(3)],
    timeProperty: 'modifiedAt',
    from: '2020-01-01T00:00:00Z',
  }),
  calling('aggregate', {
    type: 'ServiceRequest',
    attributes: ['reporterName', 'reporterPhone', 'note', 'description'],
    methods: ['min', 'max', 'distinctCount'],
    timeProperty: 'modifiedAt',
    from: '2020-01-01T00:00:00Z',
    limit: 3,
  }),
  calling('changes', { after: 'earliest', limit: 20 }),
  calling('changes', { after: 'earliest', type: 'ServiceRequest', watched: ['reporterPhone'], limit: 20 }),
  calling('subscribe', { type: 'ServiceRequest', endpoint: 'ftp://127.0.0.1:9/notify' }),
  calling('unsubscribe', { id: OTHERS_SUBSCRIPTION.id }),
]

/**
 * What is asked of each operation of the OpenAPI document. An operation without an entry here fails the test: whoever
 * adds one decides how personal data could leave through it.
 */
const DECISIONS: Readonly<Record<string, readonly Step[] | 'writes only' | 'streams' | 'guides'>> = {
  'POST /ngsi-ld/v1/snapshots': [[SNAPSHOTS, { method: 'POST', body: TAKEN }]],
  'POST /ngsi-ld/v1/subscriptions': [[SUBSCRIPTIONS, { method: 'POST', body: SUBSCRIPTION }]],
  'POST /hub/v1/federation/notifications/{key}': 'writes only',
  'GET /ngsi-ld/v1/subscriptions': [
    [`${SUBSCRIPTIONS}?options=sysAttrs&count=true`],
    [SUBSCRIPTIONS, headersOf('application/ld+json')],
  ],
  'GET /ngsi-ld/v1/subscriptions/{id}': [
    [`${SUBSCRIPTIONS}/${SUBSCRIPTION.id}`],
    [`${SUBSCRIPTIONS}/${OTHERS_SUBSCRIPTION.id}`],
  ],
  'PATCH /ngsi-ld/v1/subscriptions/{id}': [
    [`${SUBSCRIPTIONS}/${OTHERS_SUBSCRIPTION.id}`, { method: 'PATCH', body: { isActive: true } }],
  ],
  'GET /hub/v1/subscriptions': [
    [DELIVERIES],
    [`${DELIVERIES}?q=q~="reporter";delivery[waiting]>=0&options=sysAttrs`],
  ],
  'GET /hub/v1/subscriptions/{id}': [
    [`${DELIVERIES}/${SUBSCRIPTION.id}`],
    [`${DELIVERIES}/${OTHERS_SUBSCRIPTION.id}`],
  ],
  'PUT /hub/v1/subscriptions/{id}/delivery': [
    [`${DELIVERIES}/${OTHERS_SUBSCRIPTION.id}/delivery`, { method: 'PUT', body: { template: '$' } }],
  ],
  'POST /hub/v1/subscriptions/{id}/test': [
    [`${DELIVERIES}/${SUBSCRIPTION.id}/test`, { method: 'POST' }],
    [`${DELIVERIES}/${OTHERS_SUBSCRIPTION.id}/test`, { method: 'POST' }],
  ],
  'GET /hub/v1/subscriptions/{id}/deadLetters': [
    [`${DELIVERIES}/${SUBSCRIPTION.id}/deadLetters`],
    [`${DELIVERIES}/${OTHERS_SUBSCRIPTION.id}/deadLetters`],
  ],
  'DELETE /hub/v1/subscriptions/{id}/deadLetters': [
    [`${DELIVERIES}/${OTHERS_SUBSCRIPTION.id}/deadLetters`, { method: 'DELETE' }],
  ],
  'POST /hub/v1/subscriptions/{id}/deadLetters/replay': [
    [`${DELIVERIES}/${OTHERS_SUBSCRIPTION.id}/deadLetters/replay`, { method: 'POST' }],
  ],
  'DELETE /ngsi-ld/v1/subscriptions/{id}': [
    [`${SUBSCRIPTIONS}/${OTHERS_SUBSCRIPTION.id}`, { method: 'DELETE' }],
  ],
  'POST /ngsi-ld/v1/csourceSubscriptions': [[CSOURCE, { method: 'POST', body: SUBSCRIPTION }]],
  'GET /ngsi-ld/v1/csourceSubscriptions': [
    [`${CSOURCE}?options=sysAttrs&count=true`],
    [CSOURCE, headersOf('application/ld+json')],
  ],
  'GET /ngsi-ld/v1/csourceSubscriptions/{id}': [
    [`${CSOURCE}/${SUBSCRIPTION.id}`],
    [`${CSOURCE}/${OTHERS_SUBSCRIPTION.id}`],
  ],
  'PATCH /ngsi-ld/v1/csourceSubscriptions/{id}': [
    [`${CSOURCE}/${OTHERS_SUBSCRIPTION.id}`, { method: 'PATCH', body: { isActive: true } }],
  ],
  'DELETE /ngsi-ld/v1/csourceSubscriptions/{id}': [
    [`${CSOURCE}/${OTHERS_SUBSCRIPTION.id}`, { method: 'DELETE' }],
  ],
  'GET /ngsi-ld/v1/entities': SEARCHES,
  'GET /ngsi-ld/v1/entities/{id}': [
    ...ALL_IDS.map((id): Step => [`${ENTITIES}/${id}`]),
    [`${ENTITIES}/${reportId(3)}?format=simplified`, headersOf('application/geo+json')],
  ],
  'GET /ngsi-ld/v1/entities/{id}/attrs/{attribute}/value': IDENTIFIERS.flatMap((_, at) =>
    ['reporterName', 'reporterPhone', 'description', 'note', 'location'].map(
      (name): Step => [`${ENTITIES}/${reportId(at)}/attrs/${name}/value`],
    ),
  ),
  'POST /ngsi-ld/v1/entityOperations/query': [
    posted(QUERY, 'limit=1000'),
    posted({ ...QUERY, pick: ['id', 'reporterName', 'note', 'description'] }),
    posted({ ...QUERY, attrs: ['reporterPhone', 'raw'] }),
    posted({ ...QUERY, q: 'reporterPhone' }),
    posted({ ...QUERY, lang: 'vi' }, 'format=simplified'),
    posted(QUERY, 'options=sysAttrs&count=true'),
    posted(QUERY, '', 'application/geo+json'),
    posted(QUERY, '', 'application/ld+json'),
  ],
  'GET /ngsi-ld/v1/temporal/entities': [
    [`${HISTORY}?type=ServiceRequest&${SINCE}&limit=1000`],
    ...pastOf(`${HISTORY}?type=ServiceRequest&limit=6`),
    ...exported(`${HISTORY}?type=ServiceRequest`, 'options=sysAttrs'),
    [`${HISTORY}?q=reporterPhone&${SINCE}&count=true&limit=6`],
    [`${HISTORY}?attrs=reporterPhone,media&${SINCE}&limit=6&orderBy=id;desc`],
    [`${HISTORY}?type=ServiceRequest&timerel=after&timeAt=2020-01-01T00:00:00Z&timeproperty=deletedAt`],
  ],
  'GET /ngsi-ld/v1/temporal/entities/{id}': [
    ...ALL_IDS.map((id): Step => [`${HISTORY}/${id}`]),
    ...exported(`${HISTORY}/${reportId(3)}?options=sysAttrs`, 'format=concise'),
  ],
  'POST /ngsi-ld/v1/temporal/entityOperations/query': [
    ['/ngsi-ld/v1/temporal/entityOperations/query', { method: 'POST', body: TEMPORAL_QUERY }],
    [
      '/ngsi-ld/v1/temporal/entityOperations/query?format=temporalValues',
      { method: 'POST', body: { ...TEMPORAL_QUERY, q: 'reporterPhone' } },
    ],
    ...HISTORY_TYPES.map(
      (accept): Step => [
        '/ngsi-ld/v1/temporal/entityOperations/query',
        { method: 'POST', body: TEMPORAL_QUERY, ...headersOf(accept) },
      ],
    ),
  ],
  'POST /ngsi-ld/v1/temporal/entities': [
    [HISTORY, { method: 'POST', body: { id: reportId(0), type: 'ServiceRequest', reporterName: 5 } }],
  ],
  'POST /ngsi-ld/v1/temporal/entities/{id}/attrs': [
    [`${HISTORY}/${reportId(2)}/attrs`, { method: 'POST', body: { reporterPhone: [] } }],
  ],
  'DELETE /ngsi-ld/v1/temporal/entities/{id}/attrs/{attribute}': [
    [`${HISTORY}/${reportId(2)}/attrs/reporterPhone?datasetId=urn:none`, { method: 'DELETE' }],
  ],
  'PATCH /ngsi-ld/v1/temporal/entities/{id}/attrs/{attribute}/{instanceId}': 'writes only',
  'DELETE /ngsi-ld/v1/temporal/entities/{id}/attrs/{attribute}/{instanceId}': 'writes only',
  'DELETE /ngsi-ld/v1/temporal/entities/{id}': 'writes only',
  'POST /hub/v1/history': [
    ['/hub/v1/history', importing(`{"id":"${reportId(0)}","type":"ServiceRequest","reporterName":5}`)],
    ['/hub/v1/history', importing(`id,type,observedAt,reporterPhone\n${reportId(1)},ServiceRequest,now,5\n`)],
  ],
  'DELETE /hub/v1/history': [
    [
      `/hub/v1/history?id=${reportId(0)},${reportId(2)}&attrs=reporterPhone&datasetId=urn:none`,
      { method: 'DELETE' },
    ],
    ['/hub/v1/history?type=ServiceRequest&attrs=reporterName&datasetId=urn:none', { method: 'DELETE' }],
  ],
  'GET /ngsi-ld/v1/types': [
    ['/ngsi-ld/v1/types'],
    ['/ngsi-ld/v1/types?local=true'],
    ['/ngsi-ld/v1/types?details=true'],
  ],
  'GET /ngsi-ld/v1/types/{type}': [
    ['/ngsi-ld/v1/types/ServiceRequest'],
    [`/ngsi-ld/v1/types/${STRANGE_TYPE}`],
  ],
  'GET /ngsi-ld/v1/attributes': [['/ngsi-ld/v1/attributes'], ['/ngsi-ld/v1/attributes?details=true']],
  'GET /ngsi-ld/v1/attributes/{attribute}': [
    ['/ngsi-ld/v1/attributes/reporterPhone'],
    ['/ngsi-ld/v1/attributes/note'],
  ],
  'GET /ngsi-ld/v1/csourceRegistrations': [
    ['/ngsi-ld/v1/csourceRegistrations?type=ServiceRequest&options=sysAttrs'],
    ['/ngsi-ld/v1/csourceRegistrations?attrs=reporterPhone&count=true'],
  ],
  'GET /ngsi-ld/v1/csourceRegistrations/{id}': [[`/ngsi-ld/v1/csourceRegistrations/${REGISTRATION}`]],
  'GET /ngsi-ld/v1/jsonldContexts': [
    ['/ngsi-ld/v1/jsonldContexts'],
    ['/ngsi-ld/v1/jsonldContexts?details=true'],
  ],
  'GET /ngsi-ld/v1/jsonldContexts/{id}': [
    ['/ngsi-ld/v1/jsonldContexts/0417'],
    ['/ngsi-ld/v1/jsonldContexts/0417?details=true'],
  ],
  'GET /ngsi-ld/v1/info/sourceIdentity': [['/ngsi-ld/v1/info/sourceIdentity']],
  'GET /hub/v1/changes': CHANGES,
  'GET /hub/v1/events': 'streams',
  'POST /hub/v1/events/tickets': [['/hub/v1/events/tickets', { method: 'POST' }]],
  'GET /hub/v1/federation': [['/hub/v1/federation']],
  'GET /hub/v1/catalog': [['/hub/v1/catalog'], ['/hub/v1/catalog', headersOf('text/turtle')]],
  'GET /hub/v1/catalog/{dataset}': [['/hub/v1/catalog/citizen-feedback.ServiceRequest']],
  'GET /hub/v1/lineage': [[`/hub/v1/lineage?id=${reportId(0)}&attribute=reporterName`]],
  'GET /hub/v1/feeds': [['/hub/v1/feeds']],
  'GET /hub/v1/feeds/{name}': [['/hub/v1/feeds/citizen-feedback']],
  'GET /hub/v1/feeds/{name}/checkpoints/{key}': [['/hub/v1/feeds/citizen-feedback/checkpoints/last']],
  'GET /hub/v1/quarantine': [['/hub/v1/quarantine'], ['/hub/v1/quarantine?feed=citizen-feedback&limit=1']],
  'GET /hub/v1/quarantine/{id}': [[`/hub/v1/quarantine/${RECORD}`]],
  'POST /hub/v1/quarantine/{id}/replay': [[`/hub/v1/quarantine/${RECORD}/replay`, { method: 'POST' }]],
  'GET /hub/v1/store': [['/hub/v1/store']],
  'GET /hub/v1/units': [
    ['/hub/v1/units?name=thanh%20pho%20song%20cong'],
    ['/hub/v1/units?limit=1000', headersOf('application/geo+json')],
  ],
  'GET /hub/v1/units/{id}': [['/hub/v1/units/urn:ngsi-ld:AdministrativeUnit:vn-19-165-20150515']],
  'GET /hub/v1/exchanges': [['/hub/v1/exchanges'], ['/hub/v1/exchanges', headersOf('text/csv')]],
  'GET /hub/v1/access': [['/hub/v1/access'], ['/hub/v1/access?type=ServiceRequest']],
  'GET /hub/v1/policies': [['/hub/v1/policies']],
  'POST /hub/v1/policies/explain': ALL_IDS.slice(0, 6).map(
    (id): Step => [
      '/hub/v1/policies/explain',
      { method: 'POST', body: { as: { roles: ['dpo'] }, action: 'read', resource: 'entity', id } },
    ],
  ),
  'POST /hub/v1/policies/reload': [['/hub/v1/policies/reload', { method: 'POST' }]],
  'GET /hub/v1/identity/keys': [['/hub/v1/identity/keys']],
  'POST /hub/v1/identity/keys': [['/hub/v1/identity/keys', { method: 'POST', body: {} }]],
  'POST /hub/v1/privacy/find': [['/hub/v1/privacy/find', { method: 'POST', body: WANTED }]],
  'POST /hub/v1/privacy/export': [['/hub/v1/privacy/export', { method: 'POST', body: WANTED }]],
  'POST /hub/v1/privacy/erase': [
    ['/hub/v1/privacy/erase', { method: 'POST', body: WANTED }],
    ['/hub/v1/privacy/erase', { method: 'POST', body: { identifiers: ['phone:not a number 0900000417'] } }],
  ],
  'GET /hub/v1/privacy/requests': [['/hub/v1/privacy/requests'], ['/hub/v1/privacy/requests?state=overdue']],
  'POST /hub/v1/privacy/requests': [
    ['/hub/v1/privacy/requests', { method: 'POST', body: { ...WANTED, right: 'x' } }],
  ],
  'GET /hub/v1/privacy/requests/{id}': [[`/hub/v1/privacy/requests/${NO_RECORD}`]],
  'PATCH /hub/v1/privacy/requests/{id}': 'writes only',
  'GET /hub/v1/privacy/consents': [['/hub/v1/privacy/consents'], ['/hub/v1/privacy/consents?state=overdue']],
  'POST /hub/v1/privacy/consents': [
    ['/hub/v1/privacy/consents', { method: 'POST', body: { ...WANTED, right: 'x' } }],
  ],
  'GET /hub/v1/privacy/consents/{id}': [[`/hub/v1/privacy/consents/${NO_RECORD}`]],
  'PATCH /hub/v1/privacy/consents/{id}': 'writes only',
  'GET /hub/v1/privacy/breaches': [['/hub/v1/privacy/breaches'], ['/hub/v1/privacy/breaches?state=overdue']],
  'POST /hub/v1/privacy/breaches': [
    ['/hub/v1/privacy/breaches', { method: 'POST', body: { ...WANTED, right: 'x' } }],
  ],
  'GET /hub/v1/privacy/breaches/{id}': [[`/hub/v1/privacy/breaches/${NO_RECORD}`]],
  'PATCH /hub/v1/privacy/breaches/{id}': 'writes only',
  'GET /hub/v1/privacy/assessments': [
    ['/hub/v1/privacy/assessments'],
    ['/hub/v1/privacy/assessments?state=overdue'],
  ],
  'POST /hub/v1/privacy/assessments': [
    ['/hub/v1/privacy/assessments', { method: 'POST', body: { ...WANTED, right: 'x' } }],
  ],
  'GET /hub/v1/privacy/assessments/{id}': [[`/hub/v1/privacy/assessments/${NO_RECORD}`]],
  'PATCH /hub/v1/privacy/assessments/{id}': 'writes only',
  'GET /hub/v1/privacy/breaches/{id}/notice': [[`/hub/v1/privacy/breaches/${NO_RECORD}/notice`]],
  'POST /hub/v1/privacy/restrict': [['/hub/v1/privacy/restrict', { method: 'POST', body: WANTED }]],
  'POST /hub/v1/privacy/lift': [['/hub/v1/privacy/lift', { method: 'POST', body: WANTED }]],
  'GET /hub/v1/privacy/orders': [['/hub/v1/privacy/orders'], ['/hub/v1/privacy/orders?state=open']],
  'GET /hub/v1/privacy/orders/{id}': [[`/hub/v1/privacy/orders/${NO_RECORD}`]],
  'POST /hub/v1/privacy/orders/{id}/retry': [
    [`/hub/v1/privacy/orders/${NO_RECORD}/retry`, { method: 'POST' }],
  ],
  'DELETE /hub/v1/privacy/orders/{id}': 'writes only',
  'GET /hub/v1/privacy/key': [['/hub/v1/privacy/key']],
  'GET /hub/v1/audit': [['/hub/v1/audit?limit=1000'], ['/hub/v1/audit', headersOf('text/csv')]],
  'GET /hub/v1/audit/head': [['/hub/v1/audit/head']],
  'GET /hub/v1/privacy/unclassified': [['/hub/v1/privacy/unclassified']],
  'POST /hub/v1/revocations': [
    ['/hub/v1/revocations', { method: 'POST', body: { issuer: 'urn:none', kind: 'token', id: 'none' } }],
  ],
  'GET /hub/v1/views/{id}': ALL_IDS.map((id): Step => [`/hub/v1/views/${id}`]),
  'GET /health/live': [['/health/live']],
  'GET /health/ready': [['/health/ready']],
  'GET /metrics': [['/metrics']],
  'GET /': [['/']],
  'GET /docs': [['/docs']],
  'GET /docs/guide': [['/docs/guide']],
  'GET /docs/guide/{guide}': [['/docs/guide/masking']],
  'GET /docs/reference': [['/docs/reference']],
  'GET /docs/ontology': [['/docs/ontology']],
  'GET /docs/ontology/{term}': [['/docs/ontology/ServiceRequest']],
  'GET /docs/workbench': [['/docs/workbench']],
  'GET /docs/access': [['/docs/access']],
  'GET /docs/subscriptions': [['/docs/subscriptions']],
  'GET /docs/status': [['/docs/status']],
  'GET /docs/search': [['/docs/search?q=ServiceRequest']],
  // their examples have made-up numbers of persons
  'GET /docs/search.json': 'guides',
  'GET /openapi.json': [['/openapi.json']],
  'GET /client.js': [['/client.js']],
  'GET /version': [['/version']],
  'GET /llms.txt': [['/llms.txt']],
  'GET /hub.json': [['/hub.json']],
  'POST /mcp': CALLS,
  'GET /.well-known/oauth-protected-resource': [['/.well-known/oauth-protected-resource']],
  'GET /oidc/.well-known/openid-configuration': [['/oidc/.well-known/openid-configuration']],
  'GET /hub/v1/validation': [
    ['/hub/v1/validation?limit=1000'],
    [`/hub/v1/validation?id=${ALL_IDS.join(',')}`],
  ],
  'GET /ontology/urban/{term}': [['/ontology/urban/ServiceRequest']],
  'GET /ontology/v1/types/{type}.html': [['/ontology/v1/types/ServiceRequest.html']],
  'GET /ontology/v1/ontology.ttl': [['/ontology/v1/ontology.ttl']],
  'GET /ontology/v1/ontology.jsonld': [['/ontology/v1/ontology.jsonld']],
  'GET /ontology/v1/shapes.ttl': [['/ontology/v1/shapes.ttl']],
  'GET /ontology/v1/entities.ts': [['/ontology/v1/entities.ts']],
  'GET /ontology/v1/index.html': [['/ontology/v1/index.html']],
  'GET /ontology/v1/context.jsonld': [['/ontology/v1/context.jsonld']],
  'GET /ontology/v1/vocabulary.json': [['/ontology/v1/vocabulary.json']],
  'GET /ontology/v1/administrative-units.json': [['/ontology/v1/administrative-units.json']],
  'GET /ontology/v1/city-scopes.json': [['/ontology/v1/city-scopes.json']],
  'GET /ontology/v1/schemas/{type}.json': [['/ontology/v1/schemas/ServiceRequest.json']],
  'POST /ngsi-ld/v1/entities': WRITES,
  'DELETE /ngsi-ld/v1/entities': PURGES,
  'GET /ngsi-ld/v1/snapshots/{id}': [
    [`${SNAPSHOTS}/${SNAPSHOT}`],
    ...SELECTIONS.map((search) => inSnapshot([`${ENTITIES}?${search}`])),
    ...[reportId(3), strangeId(3)].map((id) => inSnapshot([`${ENTITIES}/${id}`])),
    ...[posted(QUERY, 'limit=1000'), posted({ ...QUERY, q: 'reporterPhone' })].map(inSnapshot),
    ...['types?details=true', 'attributes/reporterPhone'].map((path) => inSnapshot([`/ngsi-ld/v1/${path}`])),
    ...WRITES.map(inSnapshot),
  ],
  'GET /ngsi-ld/v1/entityMaps': [
    ['/ngsi-ld/v1/entityMaps?type=ServiceRequest'],
    ['/ngsi-ld/v1/entityMaps?q=reporterPhone'],
    [`${ENTITIES}?type=ServiceRequest&entityMap=true&limit=6`],
    [`${ENTITIES}/${reportId(3)}?entityMap=true`],
    [`${ENTITIES}?type=ServiceRequest&limit=6`, { headers: { 'NGSILD-EntityMap': 'urn:none' } }],
  ],
  'POST /ngsi-ld/v1/entityMaps': [['/ngsi-ld/v1/entityMaps', { method: 'POST', body: QUERY }]],
  'GET /ngsi-ld/v1/entityMaps/{id}': [['/ngsi-ld/v1/entityMaps/urn:none']],
  'GET /ngsi-ld/v1/temporal/entityMaps': [
    [`/ngsi-ld/v1/temporal/entityMaps?type=ServiceRequest&${SINCE}`],
    [`/ngsi-ld/v1/temporal/entityMaps?q=reporterPhone&${SINCE}`],
    [`${HISTORY}?type=ServiceRequest&${SINCE}&entityMap=true&limit=6`],
    [`${HISTORY}/${reportId(3)}?entityMap=true`],
  ],
  'POST /ngsi-ld/v1/temporal/entityMaps': [
    ['/ngsi-ld/v1/temporal/entityMaps', { method: 'POST', body: TEMPORAL_QUERY }],
  ],
  'PATCH /ngsi-ld/v1/entityMaps/{id}': 'writes only',
  'DELETE /ngsi-ld/v1/entityMaps/{id}': 'writes only',
  'PATCH /ngsi-ld/v1/snapshots/{id}': [
    [`${SNAPSHOTS}/${SNAPSHOT}`, { method: 'PATCH', body: { snapshotPriority: 1 } }],
  ],
  'POST /ngsi-ld/v1/snapshots/{id}/clone': 'writes only',
  'DELETE /ngsi-ld/v1/snapshots/{id}': [[`${SNAPSHOTS}/${SNAPSHOT}`, { method: 'DELETE' }]],
  'DELETE /ngsi-ld/v1/snapshots': [[`${SNAPSHOTS}?q=snapshotPriority>11`, { method: 'DELETE' }]],
  'PUT /ngsi-ld/v1/entities/{id}': 'writes only',
  'PATCH /ngsi-ld/v1/entities/{id}': 'writes only',
  'DELETE /ngsi-ld/v1/entities/{id}': 'writes only',
  'POST /ngsi-ld/v1/entities/{id}/attrs': 'writes only',
  'PATCH /ngsi-ld/v1/entities/{id}/attrs': 'writes only',
  'PATCH /ngsi-ld/v1/entities/{id}/attrs/{attribute}': 'writes only',
  'PUT /ngsi-ld/v1/entities/{id}/attrs/{attribute}': 'writes only',
  'DELETE /ngsi-ld/v1/entities/{id}/attrs/{attribute}': 'writes only',
  'PUT /ngsi-ld/v1/entities/{id}/attrs/{attribute}/value': 'writes only',
  'POST /ngsi-ld/v1/entityOperations/create': 'writes only',
  'POST /ngsi-ld/v1/entityOperations/upsert': 'writes only',
  'POST /ngsi-ld/v1/entityOperations/update': 'writes only',
  'POST /ngsi-ld/v1/entityOperations/merge': 'writes only',
  'POST /ngsi-ld/v1/entityOperations/delete': 'writes only',
  'POST /ngsi-ld/v1/csourceRegistrations': 'writes only',
  'PATCH /ngsi-ld/v1/csourceRegistrations/{id}': 'writes only',
  'DELETE /ngsi-ld/v1/csourceRegistrations/{id}': 'writes only',
  'POST /ngsi-ld/v1/jsonldContexts': 'writes only',
  'DELETE /ngsi-ld/v1/jsonldContexts/{id}': 'writes only',
  'PUT /hub/v1/feeds/{name}': 'writes only',
  'PUT /hub/v1/feeds/{name}/checkpoints/{key}': 'writes only',
  'POST /hub/v1/feeds/{name}/records': 'writes only',
  'POST /hub/v1/quarantine': 'writes only',
  'DELETE /hub/v1/quarantine/{id}': 'writes only',
}

/** Operations that show personal data to who has a right to it. */
const SHOWING = [
  'GET /hub/v1/changes',
  'GET /hub/v1/quarantine/{id}',
  'GET /hub/v1/views/{id}',
  'GET /ngsi-ld/v1/entities',
  'GET /ngsi-ld/v1/entities/{id}',
  'GET /ngsi-ld/v1/entities/{id}/attrs/{attribute}/value',
  'GET /ngsi-ld/v1/entityMaps',
  'GET /ngsi-ld/v1/temporal/entities',
  'GET /ngsi-ld/v1/temporal/entities/{id}',
  'GET /ngsi-ld/v1/temporal/entityMaps',
  'POST /hub/v1/privacy/export',
  'POST /mcp',
  'POST /ngsi-ld/v1/entityOperations/query',
  'POST /ngsi-ld/v1/temporal/entityOperations/query',
]

/** What is in the newest file of an audit log. */
function newestRecords(folder: string): string {
  const files = readdirSync(folder).filter((name) => /^\d/.test(name))
  return readFileSync(join(folder, files.sort().at(-1) ?? ''), 'utf8')
}

/** The first ones, and of many every twentieth. */
function sparse(steps: readonly Step[]): readonly Step[] {
  return steps.filter((_, at) => at < 4 || at % 20 === 0)
}

/**
 * Asked of the city only: the province, which keeps no entities, asks the city for them and renders them as the city
 * does; and the exports of history, whose rows are the same whatever they are written as.
 */
const OF_CITY: readonly Step[] = [
  ...look(`${ENTITIES}?type=${STRANGE_TYPE}&limit=6`).filter(([path]) => !path.includes('reporter')),
  ...look(`${ENTITIES}/${reportId(3)}?local=true`),
  ...look(`${ENTITIES}/${strangeId(3)}`).filter(([path]) => !path.includes('reporter')),
  ...EXPORTS,
  ...EXPORTS.slice(0, 2).map(inSnapshot),
  ...look(`${ENTITIES}?type=ServiceRequest&limit=6`)
    .filter((_, at) => at % 4 === 2)
    .map(inSnapshot),
  [`${ENTITIES}?local=true&limit=1000`],
  posted(QUERY, 'local=true', 'application/x-ndjson'),
  ...pastOf(`${HISTORY}?type=${STRANGE_TYPE}&limit=6`),
  ...pastOf(`${HISTORY}/${reportId(3)}`),
  ...pastOf(`${HISTORY}/${strangeId(3)}`),
  ...[
    [
      'type=ServiceRequest&pick=id,type,reporterName,reporterPhone,description,note,location&lang=vi&lastN=1',
      0,
    ],
    ['type=ServiceRequest&format=aggregatedValues&aggrMethods=min,max,distinctCount', 1],
    [`type=${STRANGE_TYPE}&format=concise`, 0],
    [`type=${STRANGE_TYPE}&format=concise`, 2],
    ['q=reporterPhone&format=temporalValues', 1],
  ].map(([search, at]): Step => [`${HISTORY}?${search}&${SINCE}`, headersOf(HISTORY_TYPES[Number(at)])]),
]

/** May not see any of the identifiers; the operator of the city repairs quarantine and is told apart below. */
const ASKERS: readonly Asker[] = [
  'analyst',
  'operator.thai-nguyen',
  'operator.song-cong',
  'public',
  'anonymous',
  'peer hub',
]
/** The province asks the city for them as that city's hub would be asked: those who differ most. */
const AT_PROVINCE: readonly Asker[] = ['analyst', 'operator.song-cong', 'public']
/** Who may repair a record sees it as it came, at the hub of its own city. */
const MAY_REPAIR = (asker: Asker, path: string) =>
  asker === 'operator.thai-nguyen' && path === `/hub/v1/quarantine/${RECORD}`

const DOCUMENT: { readonly paths: Readonly<Record<string, object>> } = JSON.parse(
  readFileSync(join(packageRoot, 'openapi/generated/openapi.json'), 'utf8'),
)
const METHODS = new Set(['get', 'put', 'post', 'patch', 'delete'])

describe('e2e: personal data leaves to nobody without a right to it', function () {
  // thousands of requests
  this.timeout(600_000)
  let hubs: SecuredHubs
  let logged: number

  const audit = mkdtempSync(join(tmpdir(), 'hub-audit-'))

  before(async () => {
    hubs = await startSecuredHubs([STRANGE_TYPE], { 'audit.folder': audit })
    logged = logLines.length
    await write(hubs, IDENTIFIERS)
  })
  after(async () => {
    await hubs.stop()
    rmSync(audit, { recursive: true, force: true })
  })

  it('decides about each operation of the OpenAPI document', () => {
    const documented = Object.entries(DOCUMENT.paths).flatMap(([path, item]) =>
      Object.keys(item).flatMap((method) => (METHODS.has(method) ? [`${method.toUpperCase()} ${path}`] : [])),
    )
    expect(Object.keys(DECISIONS).sort()).to.deep.equal(documented.sort())
  })

  it('has what could leak: the data-protection officer sees each identifier in clear', async () => {
    for (const hub of [hubs.city, hubs.province]) {
      for (const [at, { name }] of IDENTIFIERS.entries()) {
        const { status, text } = await hubs.send(hub, 'dpo', `${ENTITIES}/${reportId(at)}`)
        expect(status, text).to.equal(200)
        expect(identifiersIn(text)).to.include.members([name, 'precise location'])
      }
    }
    for (const accept of [
      'text/turtle',
      'application/n-quads',
      EXPANDED,
      'application/x-ndjson',
      'application/geo+json-seq',
    ]) {
      const path = `${ENTITIES}?type=ServiceRequest&local=true&limit=1000`
      const { status, text } = await hubs.send(hubs.city, 'dpo', path, headersOf(accept))
      expect(status, text).to.equal(200)
      expect(identifiersIn(text), accept).to.include.members([
        ...IDENTIFIERS.map(({ name }) => name),
        'precise location',
      ])
    }
    const past = await hubs.send(hubs.city, 'dpo', `${HISTORY}?type=ServiceRequest&${SINCE}&limit=1000`)
    expect(past.status, past.text).to.equal(200)
    expect(identifiersIn(past.text)).to.include.members([
      ...IDENTIFIERS.map(({ name }) => name),
      'precise location',
    ])
    for (const accept of HISTORY_TYPES) {
      const path = `${HISTORY}?type=ServiceRequest&${SINCE}`
      const answer = await hubs.send(hubs.city, 'dpo', path, headersOf(accept))
      expect(answer.status, answer.text).to.equal(200)
      expect(identifiersIn(await legibleText(answer)), accept).to.include.members([
        ...IDENTIFIERS.map(({ name }) => name),
        'precise location',
      ])
    }
    const changes = await hubs.send(hubs.city, 'dpo', '/hub/v1/changes?after=earliest&limit=1000')
    expect(identifiersIn(changes.text)).to.include.members(IDENTIFIERS.map(({ name }) => name))
    const { text } = await hubs.send(hubs.city, 'operator.thai-nguyen', `/hub/v1/quarantine/${RECORD}`)
    expect(identifiersIn(text)).to.have.length(IDENTIFIERS.length)
  })

  it('has on record each answer in which somebody with the right sees one, before it leaves', async () => {
    const isRead = ([path, { method = 'GET' } = {}]: Step): boolean =>
      method === 'GET' || /\/query(?:\?|$)|\/privacy\/(?:find|export)$|^\/mcp$/.test(path)
    const missing: string[] = []
    const recorded = new Set<string>()
    for (const [operation, decision] of Object.entries(DECISIONS)) {
      // what somebody wrote into an own subscription is shown to nobody else
      if (typeof decision === 'string' || /subscriptions/i.test(operation)) continue
      // its examples have made-up numbers of persons
      if (operation === 'GET /openapi.json') continue
      const asker = operation.includes('quarantine') ? 'operator.thai-nguyen' : 'dpo'
      for (const [path, request = {}] of sparse(decision.filter(isRead))) {
        const requestId = randomUUID()
        const headers = { ...request.headers, 'X-Request-Id': requestId }
        const answer = await hubs.send(hubs.city, asker, path, { ...request, headers })
        if (identifiersIn(await legibleText(answer)).length === 0) continue
        if (newestRecords(audit).includes(`"request":"${requestId}"`)) recorded.add(operation)
        else missing.push(`${operation}: ${path} ${JSON.stringify(request.headers ?? {})}`)
      }
    }
    // what the province asks for somebody is on record at the city, with who asked for whom
    await hubs.send(hubs.province, 'dpo', `${ENTITIES}/${reportId(3)}`)
    const [asked] = newestRecords(audit)
      .trimEnd()
      .split('\n')
      .slice(-1)
      .map((line) => JSON.parse(line))
    expect(asked).to.include({ kind: 'read', access: 'clear', organisation: 'province' })
    expect(asked.hub).to.match(/^[0-9a-f]{24}$/)
    expect(asked.roles).to.deep.equal(['dpo'])
    expect(missing).to.deep.equal([])
    expect([...recorded].sort()).to.deep.equal(SHOWING)
    expect(identifiersIn(newestRecords(audit))).to.deep.equal([])
    expect((await verifyAudit({ folder: audit })).faults).to.deep.equal([])
  })

  for (const place of ['city', 'province'] as const) {
    // what the province says of its own it says of cities too: those differ there whose rights are narrowed twice
    for (const asker of place === 'city' ? ASKERS : AT_PROVINCE) {
      it(`shows no identifier to ${asker} at the ${place}`, async () => {
        const { leaks, asked, answered } = await walk(hubs, hubs[place], asker)
        expect(leaks, `${leaks.length} leaks in ${asked} answers`).to.deep.equal([])
        expect(asked).to.be.greaterThan(250)
        // strangers get documents only; everybody else gets entities too
        expect(answered).to.be.greaterThan(asker === 'anonymous' || asker === 'peer hub' ? 10 : 60)
      })
    }
  }

  it('repeats no value of a filter that it refuses', async () => {
    const repeated: string[] = []
    for (const { value } of IDENTIFIERS) {
      const secret = encodeURIComponent(value)
      for (const search of [
        `q=reporterPhone=="${secret}`,
        `q=reporterPhone~="(${secret}"`,
        `q=reporterPhone==${secret};`,
        `georel=near;maxDistance==${secret}&geometry=Point&coordinates=[105,21]`,
        `georel=near;maxDistance==5&geometry=Point&coordinates=${secret}`,
        `limit=${secret}`,
        `scopeQ=((${secret}`,
      ]) {
        for (const hub of [hubs.city, hubs.province]) {
          const path = `${ENTITIES}?type=ServiceRequest&${search}`
          const { status, text } = await hubs.send(hub, 'analyst', path)
          expect(status, `${search} ${text}`).to.be.oneOf([200, 400, 403])
          if (status !== 200 && identifiersIn(text).length > 0) repeated.push(`${search}: ${text}`)
        }
      }
      // the id of what is not there is the sender's own word for it; no log repeats it
      for (const path of [`${ENTITIES}/urn:person:${secret}`, `/hub/v1/quarantine/${secret}`, `/${secret}`])
        expect((await hubs.send(hubs.city, 'analyst', path)).status).to.be.oneOf([400, 403, 404])
    }
    expect(repeated).to.deep.equal([])
  })

  it('logs no identifier, whatever was written and asked', () => {
    const lines = logLines.slice(logged)
    expect(lines.length).to.be.greaterThan(3000)
    expect(lines.filter((line) => identifiersIn(line).length > 0)).to.deep.equal([])
  })
})

async function write(hubs: SecuredHubs, identifiers: readonly Identifier[]): Promise<void> {
  const upsert = async (asker: Asker, body: unknown) => {
    const { status, text } = await hubs.send(hubs.city, asker, `${BATCH}/upsert`, { method: 'POST', body })
    expect(status, text).to.equal(201)
  }
  await upsert(
    'operator.thai-nguyen',
    identifiers.flatMap((identifier, at) => (identifier.fieldOnly ? [] : [strangeThing(at, identifier)])),
  )
  await upsert(
    'feeds',
    identifiers.map((identifier, at) => report(at, identifier)),
  )
  for (const hub of [hubs.city, hubs.province]) {
    for (const path of [SUBSCRIPTIONS, CSOURCE]) {
      const other = await hubs.send(hub, 'dpo', path, { method: 'POST', body: OTHERS_SUBSCRIPTION })
      expect(other.status, other.text).to.equal(201)
    }
  }
  const record = setAside(identifiers.map(({ value, text }) => `${value} ${text}`).join('\n'))
  const kept = await hubs.send(hubs.city, 'feeds', '/hub/v1/quarantine', { method: 'POST', body: record })
  expect(kept.status, kept.text).to.equal(201)
}

interface Walked {
  readonly leaks: readonly string[]
  readonly asked: number
  /** Answers with status 200. */
  readonly answered: number
}

const STREAMED = [
  'type=ServiceRequest',
  'options=sysAttrs',
  'q=reporterPhone',
  'collections=subscription,context',
]

/** Answers what a stream tells until it has nothing more to tell for a while, or is refused. */
async function streamed(hub: TestHub, path: string, headers: TestRequest['headers']): Promise<TestAnswer> {
  const events = await openEvents(hub.url + path, headers)
  // the first sign of life comes at once, the next one when all was told
  await until(`the end of ${path}`, () => events.end.over || events.beats() > 1, 300_000)
  await events.close()
  return { status: events.status, headers: events.headers, text: events.text(), body: undefined }
}

/** Documents that are the same for everybody, and large: one asker looks through them. */
const SAME_FOR_ALL = /^\/(?:ontology\/|openapi\.json|docs)/

/** Asks everything, each kind of read by HEAD too, and follows the links to further pages. */
async function walk(hubs: SecuredHubs, hub: TestHub, asker: Asker): Promise<Walked> {
  const leaks: string[] = []
  let asked = 0
  let answered = 0
  // streams are waited for until they have nothing more to tell: meanwhile everything else is asked
  const streams = Promise.all(
    STREAMED.map(async (search): Promise<readonly [string, TestAnswer]> => {
      const path = `/hub/v1/events?after=earliest&${search}`
      return [`GET ${path}`, await streamed(hub, path, hubs.as(asker))]
    }),
  )
  const decided = Object.values(DECISIONS)
  for (const steps of hub === hubs.city ? [...decided, OF_CITY] : decided) {
    if (typeof steps === 'string') continue
    for (const [at, [path, request = {}]] of steps.entries()) {
      if (asker !== 'public' && SAME_FOR_ALL.test(path)) continue
      let next: string | undefined = path
      for (let page = 0; next !== undefined && page < 2; page++) next = inspect(await ask(next, request))
      if (at === 0 && request.method === undefined) inspect(await ask(path, { method: 'HEAD' }))
    }
  }
  for (const told of await streams) inspect(told)
  return { leaks, asked, answered }

  async function ask(path: string, request: TestRequest): Promise<readonly [string, TestAnswer]> {
    const answer = await hubs.send(hub, asker, path, request)
    return [`${request.method ?? 'GET'} ${path}`, { ...answer, text: await legibleText(answer) }]
  }

  function inspect([what, { status, headers, text }]: readonly [string, TestAnswer]): string | undefined {
    asked++
    if (status === 200) answered++
    const seen = MAY_REPAIR(asker, what.slice('GET '.length))
      ? JSON.stringify(headers)
      : JSON.stringify(headers) + text
    for (const name of identifiersIn(seen)) leaks.push(`${what} -> ${status}: ${name}`)
    if (status >= 500) leaks.push(`${what} -> ${status}`)
    return /<([^>]+)>;\s*rel="next"/.exec([headers.link].flat().join(', '))?.[1]
  }
}
