import { expect } from 'chai'
import type { TestAnswer, TestHub } from '../support/hub.ts'
import { property } from './leak-entities.ts'
import { type Asker, type SecuredHubs, startSecuredHubs } from './secured-hubs.ts'

// biome-ignore lint/suspicious/noExplicitAny: tests look into whatever came
type Found = any
interface Operation {
  readonly method: string
  readonly path: string
  readonly id: string
}

const METHODS = ['get', 'put', 'post', 'patch', 'delete']
const ASKERS: readonly Asker[] = [
  ...(['anonymous', 'public', 'analyst', 'operator.thai-nguyen', 'operator.song-cong'] as const),
  ...(['feeds', 'dpo', 'administrator', 'peer hub'] as const),
]

/** What has to be asked for; everybody may read contexts and be told of their changes, and nobody from a place that is none. */
const QUERIES: Readonly<Record<string, string>> = {
  queryEntities: '?type=Room',
  queryTemporalEvolution: '?type=Room&timerel=after&timeAt=2025-01-01T00:00:00Z',
  createEntityMap: '?type=Room',
  createTemporalEntityMap: '?type=Room&timerel=after&timeAt=2025-01-01T00:00:00Z',
  traceAttribute: '?id=urn:x:none&attribute=none',
  readChanges: '?collections=context',
  followChanges: '?collections=context&after=none',
}

function operationsOf({ paths }: Found): readonly Operation[] {
  return Object.entries(paths).flatMap(([path, item]: [string, Found]) =>
    METHODS.filter((method) => item[method]).map((method) => ({
      method: method.toUpperCase(),
      path,
      id: String(item[method].operationId),
    })),
  )
}

/** Short names of the types that the document has a schema of. */
function typesOf({ components }: Found): readonly string[] {
  return Object.values<Found>(components.schemas).flatMap((schema) => schema['x-entity-type'] ?? [])
}

describe('e2e: the OpenAPI document of each role', () => {
  let hubs: SecuredHubs
  let whole: readonly Operation[]
  before(async () => {
    hubs = await startSecuredHubs()
    // who may do everything somewhere: the union of all roles
    const all = await Promise.all(
      ASKERS.map(async (asker) => operationsOf(await documentOf(hubs.province, asker))),
    )
    whole = [...new Map(all.flat().map((one) => [one.id, one])).values()]
  })
  after(() => hubs.stop())

  const ask = (
    hub: TestHub,
    asker: Asker,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<TestAnswer> => hubs.send(hub, asker, '/openapi.json', { headers })

  async function documentOf(hub: TestHub, asker: Asker): Promise<Found> {
    const { status, body, text } = await ask(hub, asker)
    expect(status, text).to.equal(200)
    return body
  }
  const idsOf = async (hub: TestHub, asker: Asker): Promise<readonly string[]> =>
    operationsOf(await documentOf(hub, asker)).map(({ id }) => id)

  it('shows strangers the pages and what everybody may ask, and no entity type', async () => {
    const { text, body } = await ask(hubs.province, 'anonymous')
    const ids = operationsOf(body).map(({ id }) => id)
    expect(ids).to.include.members([
      'findUnits',
      'serveContext',
      'openApiDocument',
      'live',
      'identityDiscovery',
    ])
    expect(ids).to.not.include.members(['queryEntities'])
    const ours = operationsOf(body).filter(({ path }) => path.startsWith('/hub/v1/'))
    expect(ours.map(({ id }) => id).sort()).to.deep.equal(
      [
        'acceptNotification',
        'findUnits',
        'followChanges',
        'readChanges',
        'retrieveOwnAccess',
        'retrieveReportKey',
        'retrieveUnit',
      ].sort(),
    )
    expect(typesOf(body)).to.deep.equal([])
    expect(body.tags.map(({ name }: Found) => name)).to.not.include.members(['Privacy', 'Feeds'])
    expect(text).to.not.match(/reporterPhone|ServiceRequest|quarantine|x-entity-type/)
  })

  it('shows an analyst of the province every type, with masks, and nothing that it may not do', async () => {
    const body = await documentOf(hubs.province, 'analyst')
    const ids = operationsOf(body).map(({ id }) => id)
    expect(ids).to.include.members([
      'queryEntities',
      'queryTemporalEvolution',
      'createSubscription',
      'createSnapshot',
    ])
    for (const absent of [
      'createEntity',
      'deleteEntity',
      'queryAudit',
      'findPerson',
      'saveFeed',
      'listPolicies',
    ])
      expect(ids).to.not.include(absent)
    expect(typesOf(body).length).to.be.greaterThan(50)
    const { properties } = body.components.schemas.ServiceRequestEntity
    expect(properties.reporterPhone).to.include({ 'x-shown': 'masked' })
    expect(properties.location).to.include({ 'x-shown': 'masked' })
    expect(properties.description).to.include({ 'x-shown': 'masked' })
    expect(properties.reporterPhone.description).to.include('shown masked')
    expect(properties.status).to.not.have.property('x-shown')
    expect(properties).to.not.have.property('media')
  })

  it('shows the public the types that are open, without what is of persons', async () => {
    const { text, body } = await ask(hubs.province, 'public')
    expect(typesOf(body)).to.include.members(['AirQualityObserved', 'ServiceRequest'])
    for (const hidden of ['CameraEvent', 'Vehicle', 'LandParcel', 'ACMeasurement'])
      expect(typesOf(body)).to.not.include(hidden)
    const { properties } = body.components.schemas.ServiceRequestEntity
    expect(properties).to.include.keys('status', 'requestCode')
    expect(properties).to.not.have.any.keys(
      'reporterName',
      'reporterPhone',
      'location',
      'description',
      'media',
    )
    expect(text).to.not.match(/reporter(?:Name|Phone|Email)|CameraEventEntity/)
  })

  it('shows a feed what it writes, and neither audit nor policies nor persons', async () => {
    const body = await documentOf(hubs.city, 'feeds')
    const ids = operationsOf(body).map(({ id }) => id)
    expect(ids).to.include.members([
      'batchUpsertEntities',
      'createEntity',
      'saveFeed',
      'addToQuarantine',
      'importHistory',
    ])
    for (const absent of [
      'deleteEntity',
      'queryAudit',
      'listPolicies',
      'findPerson',
      'createSubscription',
      'revokeTokens',
    ])
      expect(ids).to.not.include(absent)
    expect(typesOf(body)).to.include('ServiceRequest').and.not.include('ACMeasurement')
    expect(body.components.schemas.ServiceRequestEntity.properties.reporterPhone).to.not.have.property(
      'x-shown',
    )
  })

  it('shows an operator more at the hub of its own city than anywhere else', async () => {
    const own = await documentOf(hubs.city, 'operator.thai-nguyen')
    const neighbour = await documentOf(hubs.city, 'operator.song-cong')
    const idsOwn = operationsOf(own).map(({ id }) => id)
    expect(idsOwn).to.include.members(['createEntity', 'listQuarantine', 'addContext'])
    for (const absent of ['queryAudit', 'erasePerson', 'deleteEntity']) expect(idsOwn).to.not.include(absent)
    expect(await idsOf(hubs.city, 'operator.song-cong')).to.not.include.members(['createEntity'])
    expect(own.components.schemas.ServiceRequestEntity.properties.reporterName).to.include({
      'x-shown': 'masked',
    })
    expect(neighbour.components.schemas.ServiceRequestEntity.properties).to.not.have.property('reporterName')
    expect(typesOf(neighbour)).to.deep.equal(typesOf(await documentOf(hubs.city, 'public')))
  })

  it('shows an administrator how the hub is run, and no entity', async () => {
    const body = await documentOf(hubs.province, 'administrator')
    const ids = operationsOf(body).map(({ id }) => id)
    expect(ids).to.include.members(['listSigningKeys', 'reloadPolicies', 'revokeTokens', 'retrieveStoreSize'])
    for (const absent of ['queryEntities', 'queryAudit', 'explainAccess', 'viewEntityByRole'])
      expect(ids).to.not.include(absent)
    expect(typesOf(body)).to.deep.equal([])
    // keys are those of the provider, which the city does not run
    expect(await idsOf(hubs.city, 'administrator')).to.not.include.members(['listSigningKeys'])
  })

  for (const asker of ASKERS)
    it(`refuses to ${asker} the reads that its document does not have, and none that it has`, async () => {
      const shown = new Set(await idsOf(hubs.province, asker))
      const reads = whole.filter(({ method, path }) => method === 'GET' && /^\/(?:hub|ngsi-ld)\//.test(path))
      for (const { id, path } of reads) {
        const url = path.replaceAll(/\{(\w+)\}/g, (_, name) => (name === 'id' ? 'urn:x:none' : 'none'))
        const { status } = await hubs.send(hubs.province, asker, `${url}${QUERIES[id] ?? ''}`)
        const refusals = asker === 'anonymous' ? [401] : [403]
        if (shown.has(id)) expect(refusals, id).to.not.include(status)
        else expect(refusals, id).to.include(status)
      }
    })

  it('refers to nothing that it leaves out, and has nothing that is not referred to', async () => {
    for (const asker of ASKERS) {
      const { text, body } = await ask(hubs.province, asker)
      const references = new Set(
        [...text.matchAll(/"\$ref":"#\/components\/(\w+)\/(\w+)"/g)].map(
          ([, kind, name]) => `${kind}/${name}`,
        ),
      )
      const { securitySchemes: _, ...components } = body.components
      const parts = Object.entries<Found>(components).flatMap(([kind, named]) =>
        Object.keys(named).map((name) => `${kind}/${name}`),
      )
      expect(
        [...references].filter((one) => !parts.includes(one)),
        asker,
      ).to.deep.equal([])
      const types = new Set(typesOf(body).map((name) => `schemas/${name}Entity`))
      const unused = parts.filter(
        (one) => !references.has(one) && !types.has(one) && one !== 'schemas/OntologyEntity',
      )
      expect(unused, asker).to.deep.equal([])
    }
  })

  it('does not change with the data: it tells nothing of what there is', async () => {
    const before = await Promise.all(ASKERS.map(async (asker) => (await ask(hubs.city, asker)).headers.etag))
    const id = 'urn:ngsi-ld:ServiceRequest:thai-nguyen:document-1'
    await hubs.load([
      { id, type: 'ServiceRequest', requestCode: property('PA-1'), reporterName: property('Trần Văn Mẫu') },
    ])
    const after = await Promise.all(ASKERS.map(async (asker) => (await ask(hubs.city, asker)).headers.etag))
    expect(after).to.deep.equal(before)
  })

  it('is known again by its tag, by whom it was written for', async () => {
    const { headers } = await ask(hubs.province, 'analyst')
    expect(String(headers.vary)).to.include('Authorization').and.include('Accept-Language')
    const tag = String(headers.etag)
    const again = await ask(hubs.province, 'analyst', { 'If-None-Match': tag })
    expect([again.status, again.text]).to.deep.equal([304, ''])
    for (const asker of ['anonymous', 'public', 'dpo'] as const)
      expect((await ask(hubs.province, asker, { 'If-None-Match': tag })).status, asker).to.equal(200)
    const other = await ask(hubs.province, 'analyst', { 'If-None-Match': tag, 'Accept-Language': 'vi' })
    expect(other.status).to.equal(200)
  })

  it('says where tokens come from at this hub, and how', async () => {
    const { securitySchemes } = (await documentOf(hubs.province, 'anonymous')).components
    expect(securitySchemes.openIdConnect.openIdConnectUrl).to.equal(
      `${hubs.province.url}/oidc/.well-known/openid-configuration`,
    )
    const { body } = await hubs.province.send('/oidc/.well-known/openid-configuration')
    const { authorizationCode, clientCredentials } = securitySchemes.oauth2.flows
    expect(authorizationCode).to.include({
      authorizationUrl: body.authorization_endpoint,
      tokenUrl: body.token_endpoint,
    })
    expect(clientCredentials).to.include({ tokenUrl: body.token_endpoint })
    // the city trusts the province, and has no provider of its own
    const city = await documentOf(hubs.city, 'anonymous')
    expect(city.components.securitySchemes).to.have.all.keys('bearer', 'openIdConnect')
    expect(city.components.securitySchemes.openIdConnect.openIdConnectUrl).to.equal(
      securitySchemes.openIdConnect.openIdConnectUrl,
    )
    expect(city.security.map((one: object) => Object.keys(one))).to.deep.equal([
      ['bearer'],
      ['openIdConnect'],
      [],
    ])
  })

  it('refuses a token that is none, and a tenant that is none', async () => {
    const bad = await hubs.province.send('/openapi.json', { headers: { Authorization: 'Bearer x' } })
    expect(bad.status).to.equal(401)
    const unknown = await ask(hubs.province, 'analyst', { 'NGSILD-Tenant': 'nobody' })
    expect(unknown.status).to.equal(404)
  })
})
