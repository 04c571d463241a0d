import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ClientCredentialsProvider } from '@modelcontextprotocol/client'
import { expect } from 'chai'
import { connectMcp } from '../support/mcp-client.ts'
import { property } from './leak-entities.ts'
import { ADMINISTRATOR, type Asker, type SecuredHubs, startSecuredHubs } from './secured-hubs.ts'

const ID = 'urn:ngsi-ld:ServiceRequest:thai-nguyen:mcp'
const PHONE = '0900000417'
const ENDPOINT = 'http://127.0.0.1:9/told'
const call = (name: string, given: object) => ({
  method: 'POST' as const,
  body: { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: given } },
  headers: {
    'Content-Type': 'application/json',
    Accept: 'application/json, text/event-stream',
    'MCP-Protocol-Version': '2025-11-25',
  },
})

describe('e2e: MCP with access control', () => {
  const audit = mkdtempSync(join(tmpdir(), 'hub-audit-'))
  const records = (): string =>
    readdirSync(audit)
      .filter((name) => /^\d/.test(name))
      .map((name) => readFileSync(join(audit, name), 'utf8'))
      .join('')
  let hubs: SecuredHubs

  before(async () => {
    hubs = await startSecuredHubs([], {
      'audit.folder': audit,
      'limits.requestsPerSecond': 1,
      'limits.burst': 60,
    })
    await hubs.load([
      {
        id: ID,
        type: 'ServiceRequest',
        requestCode: property('PA-1'),
        status: property('received'),
        reporterPhone: property(PHONE),
        location: { type: 'GeoProperty', value: { type: 'Point', coordinates: [105.84814, 21.59414] } },
      },
    ])
  })
  after(async () => {
    await hubs?.stop()
    rmSync(audit, { recursive: true, force: true })
  })

  /** Calls a tool at the city and at the province, as somebody. */
  const everywhere = async (asker: Asker, name: string, given: Record<string, unknown>) => {
    const told = []
    for (const hub of [hubs.city, hubs.province]) {
      const mcp = await connectMcp(hub.url, { headers: hubs.as(asker) })
      told.push(await mcp.call(name, given))
      await mcp.close()
    }
    return told
  }

  it('asks who has no usable token for one, and says who gives it', async () => {
    for (const hub of [hubs.city, hubs.province]) {
      const metadata = `${hub.url}/.well-known/oauth-protected-resource`
      const stranger = await hubs.send(hub, 'anonymous', '/mcp', call('discover_types', {}))
      expect(stranger.status, stranger.text).to.equal(401)
      expect(stranger.headers['www-authenticate']).to.equal(`Bearer resource_metadata="${metadata}"`)
      const bad = call('discover_types', {})
      const refused = await hub.send('/mcp', {
        ...bad,
        headers: { ...bad.headers, Authorization: 'Bearer nonsense' },
      })
      expect(refused.headers['www-authenticate']).to.match(
        /^Bearer error="invalid_token", .*, resource_metadata="http/,
      )
      const { body } = await hub.send('/.well-known/oauth-protected-resource')
      expect(body).to.deep.include({
        resource: hub.url,
        authorization_servers: [`${hubs.province.url}/oidc`],
      })
    }
  })

  it('lets a client in that knows nothing but the URL and its own secret', async () => {
    const { id: clientId, secret: clientSecret } = ADMINISTRATOR
    const expectedIssuer = `${hubs.province.url}/oidc`
    const authProvider = new ClientCredentialsProvider({ clientId, clientSecret, expectedIssuer })
    const mcp = await connectMcp(hubs.province.url, { authProvider })
    expect(mcp.client.getServerVersion()).to.include({ name: 'province' })
    await mcp.close()
  })

  it('shows each role what the API shows it, at the city and through the province', async () => {
    const given = { ids: [ID], type: 'ServiceRequest' }
    for (const { entities } of await everywhere('dpo', 'query', given))
      expect(entities[0]).to.include({ reporterPhone: PHONE })
    for (const told of await everywhere('analyst', 'query', given)) {
      expect(told.entities[0].reporterPhone).to.be.a('string').and.not.equal(PHONE)
      expect(JSON.stringify(told)).to.not.include(PHONE)
      expect(told.entities[0].location.coordinates).to.deep.equal([105.848, 21.594])
    }
    for (const { types } of await everywhere('public', 'discover_types', {})) {
      const type = types.find(({ name }: { name: string }) => name === 'ServiceRequest')
      expect(type.attributes).to.deep.equal(['requestCode', 'status'])
    }
  })

  it('finds nothing by what a role does not see', async () => {
    const guess = { type: 'ServiceRequest', q: `reporterPhone=="${PHONE}"` }
    for (const { count } of await everywhere('dpo', 'count', guess)) expect(count).to.equal(1)
    for (const { count } of await everywhere('analyst', 'count', guess)) expect(count).to.equal(0)
  })

  it('says what a type is and that nothing of it occurs, to who sees none of it', async () => {
    const mcp = await connectMcp(hubs.city.url, { headers: hubs.as('peer hub') })
    const told = await mcp.call('describe_type', { type: 'ServiceRequest' })
    await mcp.close()
    expect(told.label.vi).to.be.a('string')
    expect(told).to.not.have.property('entities')
    expect(told.attributes.filter(({ occurs }: { occurs: boolean }) => occurs)).to.deep.equal([])
  })

  it('has on record who saw persons and who was refused, under the operation of the API', async () => {
    const before = records().length
    const mcp = await connectMcp(hubs.city.url, { headers: hubs.as('dpo') })
    await mcp.call('query', { ids: [ID], type: 'ServiceRequest' })
    await mcp.close()
    const other = await connectMcp(hubs.city.url, { headers: hubs.as('public') })
    expect(await other.refused('subscribe', { type: 'ServiceRequest', endpoint: ENDPOINT })).to.match(
      /^Caller has no right to this: /,
    )
    await other.close()
    // refusals are counted, and written down when somebody asks for the head
    expect((await hubs.send(hubs.city, 'dpo', '/hub/v1/audit/head')).status).to.equal(200)
    const written = records().slice(before)
    expect(written).to.not.include(PHONE)
    const lines = written.trimEnd().split('\n')
    const told = lines
      .map((line) => JSON.parse(line))
      .map(({ kind, operation, outcome }) => [kind, operation, outcome])
    expect(told).to.deep.include.members([
      ['read', 'GET /ngsi-ld/v1/entities', 'permit'],
      ['counted', 'POST /ngsi-ld/v1/subscriptions', 'refused'],
    ])
  })

  it('counts calls on the rates of their caller', async () => {
    let answer = await hubs.send(
      hubs.city,
      'operator.thai-nguyen',
      '/mcp',
      call('count', { type: 'ServiceRequest' }),
    )
    for (let calls = 0; answer.status === 200 && calls < 60; calls++)
      answer = await hubs.send(
        hubs.city,
        'operator.thai-nguyen',
        '/mcp',
        call('count', { type: 'ServiceRequest' }),
      )
    expect(answer.status, answer.text).to.equal(429)
    expect(answer.headers).to.have.property('retry-after')
  })
})
