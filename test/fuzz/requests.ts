import fc from 'fast-check'
import { startTestHub, type TestHub, type TestRequest } from '../support/hub.ts'
import { operations } from '../unit/openapi/document.ts'
import * as grammar from './grammars.ts'

const IDS = ['urn:x:1', 'urn:x:2', 'https://example.org/a b', 'x', '', '%ff', '..', 'urn:ngsi-ld:null']
const NAMES = ['a', 'location', 'scope', 'ex:n', '1a', '__proto__', 'https://example.org/a']

/** Parameters by name, each near what it takes. */
const PARAMETERS: Readonly<Record<string, fc.Arbitrary<string>>> = {
  q: grammar.q,
  type: fc.oneof({ weight: 3, arbitrary: fc.constant('Room') }, grammar.typeSelection),
  scopeQ: grammar.scopeQuery,
  pick: grammar.projection,
  omit: grammar.projection,
  attrs: grammar.projection,
  orderBy: grammar.orderBy,
  collation: grammar.collation,
  lang: grammar.languages,
  id: fc.constantFrom('urn:x:1', 'urn:x:1,urn:x:2', 'x', ','),
  idPattern: fc.constantFrom('urn:.*', '(', '', '^x'),
  georel: fc.constantFrom('within', 'near;maxDistance==1', 'near', 'x'),
  geometry: fc.constantFrom('Point', 'Polygon', 'x'),
  coordinates: fc.constantFrom('[1,2]', '[[[0,0],[1,0],[1,1],[0,0]]]', '[', '[1e999,0]'),
  limit: fc.constantFrom('0', '1', '-1', '1001', 'x', '1e3'),
  offset: fc.constantFrom('0', '5', '999999999', 'x'),
  after: fc.constantFrom('AAAA', 'x', '%00'),
  format: fc.constantFrom('concise', 'simplified', 'x'),
  options: fc.constantFrom('sysAttrs', 'sysAttrs,keyValues', 'noOverwrite', 'update', 'x', ','),
  datasetId: fc.constantFrom('urn:x:1', '@none', 'x', ','),
  join: fc.constantFrom('inline', 'flat', '@none', 'x'),
  joinLevel: fc.constantFrom('1', '2', '0', 'x'),
  observedAt: fc.constantFrom('2026-01-01T00:00:00Z', 'now'),
  ...Object.fromEntries(
    ['count', 'local', 'details', 'deleteAll', 'reload', 'sysAttrs'].map((name) => [
      name,
      fc.constantFrom('true', 'false', 'x', ''),
    ]),
  ),
}

const member = fc.constantFrom(
  ...[
    'id',
    'type',
    'value',
    'object',
    'languageMap',
    'vocab',
    'json',
    'valueList',
    'objectList',
    'a',
    'scope',
  ],
  ...[
    'datasetId',
    'observedAt',
    'unitCode',
    'expiresAt',
    'location',
    'q',
    'entities',
    '@context',
    '__proto__',
  ],
  ...['information', 'endpoint', 'snapshotQueries', 'geoQ', 'coordinates', 'ordering', 'pick'],
)
const { body } = fc.letrec<{ body: unknown; object: unknown }>((tie) => ({
  object: fc
    .array(fc.tuple(member, tie('body')), { maxLength: 5 })
    .map((entries) => Object.fromEntries(entries)),
  body: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom<unknown>(
      'urn:x:1',
      'Room',
      'Property',
      'Relationship',
      'Query',
      'urn:ngsi-ld:null',
      '/A',
      'x',
    ),
    fc.constantFrom<unknown>(1, true, null, '2026-01-01T00:00:00Z', { type: 'Point', coordinates: [1, 2] }),
    tie('object'),
    fc.array(tie('body'), { maxLength: 3 }),
  ),
}))
const entity = fc
  .tuple(fc.constantFrom('urn:x:1', 'urn:x:2', 'x'), body, body)
  .map(([id, a, location]) => ({ id, type: 'Room', a, ...(location !== null && { location }) }))
const sound = fc.record({
  id: fc.constantFrom('urn:x:1', 'urn:x:2'),
  type: fc.constant('Room'),
  a: fc.constantFrom(1, 'x'),
})
const endpoint = fc.record(
  {
    uri: fc.constantFrom(
      ...['http://127.0.0.1:9/n', 'https://a:b@x/', 'mqtt://u:p@127.0.0.1:9/t', 'mqtts:///t', 'mqtt://x/+/#'],
      ...['coap://x/', 'http://[', 'x', 'urn:x:1', 'http://x/?token=***&%74oken=1'],
    ),
    accept: fc.constantFrom('application/ld+json', 'text/plain'),
    receiverInfo: fc.array(fc.record({ key: grammar.name, value: grammar.prefer }), { maxLength: 2 }),
    notifierInfo: fc.constantFrom(
      [],
      [{ key: 'MQTT-QoS', value: '7' }],
      [{ key: '__proto__', value: '***' }],
    ),
    timeout: fc.constantFrom(1, 0, 1e308),
  },
  { requiredKeys: ['uri'] },
)
/** Near what a subscription says, and what is said of its delivery. */
const subscription = fc.record(
  {
    id: fc.constantFrom('urn:x:1', 'urn:x:2', 'x'),
    type: fc.constantFrom('Subscription', 'Room'),
    entities: fc.array(
      fc.record(
        { type: grammar.typeSelection, id: body, idPattern: grammar.name },
        { requiredKeys: ['type'] },
      ),
      { maxLength: 2 },
    ),
    watchedAttributes: fc.array(fc.constantFrom(...NAMES), { maxLength: 2 }),
    q: grammar.q,
    csf: grammar.q,
    scopeQ: grammar.scopeQuery,
    geoQ: fc.record({ georel: grammar.name, geometry: grammar.name, coordinates: body }),
    expandValues: fc.constantFrom('a', 'a,', ',', '__proto__'),
    lang: grammar.languages,
    jsonldContext: fc.constantFrom('http://127.0.0.1:9/c.jsonld', 'x'),
    ngsildConformance: fc.constantFrom('1.0', '0.9', '9.9', 'x'),
    expiresAt: fc.constantFrom('2099-01-01T00:00:00Z', '2001-01-01T00:00:00Z', 'x'),
    isActive: fc.constantFrom(true, false, null),
    throttling: fc.constantFrom(0, 1e-9, 1e300),
    timeInterval: fc.constantFrom(0, 1e9),
    notification: fc.record(
      {
        endpoint,
        pick: fc.array(grammar.projection, { maxLength: 2 }),
        omit: fc.array(grammar.projection, { maxLength: 2 }),
        join: fc.constantFrom('flat', 'x'),
        format: fc.constantFrom('concise', 'keyValues', 'x'),
        showChanges: fc.boolean(),
      },
      { requiredKeys: ['endpoint'] },
    ),
  },
  { requiredKeys: ['type', 'notification'] },
)
const delivery = fc.record(
  {
    template: fc.constantFrom('$', '{', '$eval("1")', '(', 'a.b[c=1]'),
    rename: fc.dictionary(fc.constantFrom(...NAMES), fc.constantFrom('x', '')),
    signingSecret: fc.constantFrom('***', 'whsec_', `whsec_${'A'.repeat(32)}`),
    certificate: fc.constantFrom('x', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'),
    certificateKey: fc.constantFrom('***', 'x'),
  },
  { requiredKeys: [] },
)
const payload = fc.oneof(
  sound,
  { weight: 2, arbitrary: subscription },
  subscription.map(({ type: _, ...fragment }) => fragment),
  delivery,
  fc.array(sound, { minLength: 1, maxLength: 3 }),
  entity,
  fc.array(entity, { maxLength: 3 }),
  body,
  fc.record({
    type: fc.constant('Query'),
    q: grammar.q,
    pick: fc.array(fc.constantFrom(...NAMES), { maxLength: 2 }),
  }),
)

/** Most requests have none of them: each alone is often the end of it. */
const headers = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  fc.record(
    {
      accept: fc.oneof(grammar.accept, fc.constantFrom('application/ld+json', 'application/geo+json')),
      link: grammar.link,
      prefer: grammar.prefer,
      'content-type': fc.constantFrom('application/ld+json', 'application/merge-patch+json', 'text/plain'),
      'NGSILD-Tenant': fc.constantFrom('one', '../x'),
      'If-Match': fc.constantFrom('*', '"x"'),
      'NGSILD-EntityMap': fc.constantFrom('urn:x:map', 'x'),
    },
    { requiredKeys: [] },
  ),
)

/** What stands in headers is of Latin letters: others never leave a client. */
function sendable(all: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, text]) =>
      text === undefined ? [] : [[name, text.replaceAll(/[^\x20-\x7e]/g, '?')]],
    ),
  )
}

interface Resource {
  readonly path: string
  readonly method: NonNullable<TestRequest['method']>
  readonly parameters: readonly string[]
}

const resources = operations()
  .filter(({ path }) => path.startsWith('/ngsi-ld/v1/'))
  .map(({ path, method, parameters }): Resource => {
    const names = parameters.filter((each) => each.in === 'query').map(({ name }) => String(name))
    const known = names.filter((name) => Object.hasOwn(PARAMETERS, name))
    return { path, method: method.toUpperCase() as Resource['method'], parameters: known } // a method of the document
  })

/** Parameters of the operation, and now and then of another one. */
function searchOf(names: readonly string[]): fc.Arbitrary<string> {
  const own = names.length > 0 ? fc.constantFrom(...names) : fc.constant('count')
  const name = fc.oneof({ weight: 20, arbitrary: own }, fc.constantFrom(...Object.keys(PARAMETERS)))
  const one = name.chain((each) =>
    (PARAMETERS[each] ?? fc.constant('')).map((value) => [each, value.toWellFormed()] as const),
  )
  return fc
    .uniqueArray(one, { maxLength: 3, selector: ([each]) => each })
    .map((pairs) =>
      String(new URLSearchParams(pairs.map(([each, value]): [string, string] => [each, value]))),
    )
}

const id = fc.oneof({ weight: 4, arbitrary: fc.constantFrom('urn:x:1', 'urn:x:2') }, fc.constantFrom(...IDS))
const attribute = fc.oneof({ weight: 3, arbitrary: fc.constant('a') }, fc.constantFrom(...NAMES))

/** A request to some resource of the API, near what it takes. */
const request = fc
  .constantFrom(...resources)
  .chain(({ path, method, parameters }) =>
    fc.tuple(fc.constant({ path, method }), id, attribute, searchOf(parameters), headers, payload),
  )
  .map(([{ path, method }, entityId, name, search, sent, content]) => ({
    method,
    path: `${path.replaceAll(/\{(\w+)\}/g, (_, part) => encodeURIComponent(part === 'id' ? entityId : name))}?${search}`,
    headers: sendable(sent),
    ...(method !== 'GET' && method !== 'DELETE' && { body: content }),
  }))

let hub: Promise<TestHub> | undefined

/** The whole hub: whatever is asked, it answers as the OpenAPI document says, and never that it failed. */
export const requestProperty = fc.asyncProperty(request, async ({ path, ...asked }) => {
  hub ??= startTestHub({ 'context.default': 'core', 'egress.mode': 'guarded' })
  const { status, text } = await (await hub).send(path, { ...asked, byChance: true })
  if (status >= 500 && status !== 504) throw new Error(`answered ${status}: ${text}`)
})

/** Stops the hub that was asked. */
export async function stopHub(): Promise<void> {
  await (await hub)?.stop()
  hub = undefined
}
