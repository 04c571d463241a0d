import { expect } from 'chai'
import { DEFAULT_TENANT, parseTenant } from '../../../broker/core/model/tenant.ts'
import { decodeAnswer } from '../../../broker/federation/forward/decode-answer.ts'
import { nextPage } from '../../../broker/federation/forward/next-page.ts'
import type { SourceCredentials } from '../../../broker/federation/forward/source-credentials.ts'
import { sourceHeaders } from '../../../broker/federation/forward/source-headers.ts'
import { queryRequest, retrieveRequest } from '../../../broker/federation/forward/source-request.ts'
import { aliasOf, appendVia, readVia } from '../../../broker/federation/forward/via.ts'
import { passedOn, warning } from '../../../broker/federation/forward/warning.ts'
import type { KeyValuePair } from '../../../broker/federation/registry/registration.ts'
import { bus, iri, registration, table } from './support.ts'

function headers(
  members: Parameters<typeof registration>[0],
  more: { incoming?: Record<string, string>; credentials?: SourceCredentials } = {},
) {
  return sourceHeaders(registration(members), {
    table,
    via: '1.1 hub',
    incoming: {},
    credentials: {},
    ...more,
  })
}

const withInfo = (...contextSourceInfo: readonly KeyValuePair[]) => ({
  contextSourceInfo: contextSourceInfo.map(({ key, value }) => ({ key, value })),
})

describe('6.3.18 Limiting distributed operations: Via', () => {
  it('is appended to, keeping the chain', () => {
    expect(appendVia(undefined, 'hub')).to.equal('1.1 hub')
    expect(appendVia('1.1 a, HTTP/1.1 b (comment)', 'hub')).to.equal('1.1 a, HTTP/1.1 b (comment), 1.1 hub')
  })

  it('is read as the pseudonyms of the chain', () => {
    expect(readVia('1.1 a, HTTP/1.1 b (comment),1.0 c')).to.deep.equal(['a', 'b', 'c'])
    expect(readVia(undefined)).to.deep.equal([])
    expect(readVia('nonsense')).to.deep.equal([])
  })

  it('names each tenant of this hub apart', () => {
    expect(aliasOf('hub', DEFAULT_TENANT)).to.equal('hub')
    expect(aliasOf('hub', parseTenant('city'))).to.equal('hub.city')
  })
})

describe('4.3.6.5 Headers of a forward', () => {
  it('are exactly these by default', () => {
    expect(headers({})).to.deep.equal({
      Accept: 'application/json',
      Link: '<https://example.org/city.jsonld>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"',
      Via: '1.1 hub',
    })
  })

  it('name the tenant of the registration, never that of the client', () => {
    expect(headers({ tenant: 'there' }, { incoming: { 'ngsild-tenant': 'here' } })).to.have.property(
      'NGSILD-Tenant',
      'there',
    )
    const forbidden = withInfo({ key: 'NGSILD-Tenant', value: 'urn:ngsi-ld:request' })
    expect(headers(forbidden, { incoming: { 'ngsild-tenant': 'here' } })).to.not.have.property(
      'NGSILD-Tenant',
    )
  })

  it('take values from the request where the registration says so, and only there', () => {
    const pairs = withInfo(
      { key: 'Authorization', value: 'urn:ngsi-ld:request' },
      { key: 'X-None', value: 'urn:ngsi-ld:request' },
    )
    const sent = headers(pairs, { incoming: { authorization: 'Bearer t', cookie: 'c' } })
    expect(sent).to.have.property('Authorization', 'Bearer t')
    expect(sent).to.not.have.any.keys('X-None', 'cookie', 'Cookie')
  })

  it('that show a caller to this hub are not handed on to where nobody vouches for', () => {
    const keys = ['Authorization', 'cookie', 'DPoP', 'X-Purpose']
    const pairs = withInfo(...keys.map((key) => ({ key, value: 'urn:ngsi-ld:request' })))
    const incoming = { authorization: 'Bearer t', cookie: 'c', dpop: 'd', 'x-purpose': 'p' }
    const sent = headers(pairs, { incoming, credentials: { foreign: true } })
    expect(sent).to.include({ 'X-Purpose': 'p' })
    expect(sent).to.not.have.any.keys('Authorization', 'cookie', 'DPoP')
    const own = withInfo({ key: 'Authorization', value: 'Basic x' })
    expect(headers(own, { incoming, credentials: { foreign: true } })).to.include({
      Authorization: 'Basic x',
    })
  })

  it('of the registration come before those of the hub, whatever their case', () => {
    const sent = headers(withInfo({ key: 'authorization', value: 'Basic x' }), {
      credentials: { headers: { Authorization: 'Bearer hub', 'Hub-On-Behalf-Of': 'user' } },
    })
    expect(sent).to.have.property('authorization', 'Basic x')
    expect(sent).to.have.property('Hub-On-Behalf-Of', 'user')
    expect(sent).to.not.have.property('Authorization')
  })

  it('cannot override those of the connection, nor Via and Link', () => {
    const keys = [
      'Host',
      'Content-Length',
      'Via',
      'Link',
      'Transfer-Encoding',
      'Hub-On-Behalf-Of',
      'Connection',
    ]
    const sent = headers(withInfo(...keys.map((key) => ({ key, value: 'forged' }))))
    expect(Object.values(sent)).to.not.include('forged')
  })

  it('steer the answer with accept', () => {
    expect(headers(withInfo({ key: 'accept', value: 'application/ld+json' }))).to.have.property(
      'Accept',
      'application/ld+json',
    )
  })
})

describe('5.7 URLs of forwards', () => {
  const parameters = (search: URLSearchParams) => Object.fromEntries(search)

  it('begin at one root, however the endpoint is written', () => {
    for (const endpoint of ['http://s', 'http://s/', 'http://s/ngsi-ld/v1', 'http://s/ngsi-ld/v1/']) {
      expect(registration({ endpoint }).endpoint).to.equal('http://s')
    }
    expect(registration({ endpoint: 'http://s/a' }).endpoint).to.equal('http://s/a')
  })

  it('name the entity in their path', () => {
    const { path } = retrieveRequest({ registration: registration() }, 'urn:b:1/2', table).send
    expect(path).to.equal('/entities/urn%3Ab%3A1%2F2')
  })

  it('ask for system times, with attrs in the terms of the client', () => {
    const forward = { registration: registration(), attributes: [iri('speed'), iri('line')] }
    expect(parameters(retrieveRequest(forward, 'urn:b:1', table).send.parameters)).to.deep.equal({
      attrs: 'speed,line',
      options: 'sysAttrs',
    })
  })

  it('hand on the filters of the client only when they are pushed, and nothing else of it', () => {
    const forward = { registration: registration(), types: { kind: 'type', type: iri('Bus') } as const }
    const pushed = new URLSearchParams({
      q: 'speed>50',
      pick: 'speed',
      limit: '5',
      lang: 'vi',
      scopeQ: '/a',
      id: 'urn:x:1',
    })
    expect(parameters(queryRequest(forward, { table, limit: 7, pushed }).send.parameters)).to.deep.equal({
      type: 'Bus',
      q: 'speed>50',
      scopeQ: '/a',
      limit: '7',
      options: 'sysAttrs',
    })
    expect(parameters(queryRequest(forward, { table, limit: 7 }).send.parameters)).to.not.have.property('q')
  })

  it('stay local where the registration says localOnly', () => {
    const forward = { registration: registration({ management: { localOnly: true } }) }
    expect(parameters(queryRequest(forward, { table, limit: 7 }).send.parameters)).to.have.property(
      'local',
      'true',
    )
  })
})

describe('6.3.17 NGSILD-Warning', () => {
  it('is a code, who warns, and a quoted text without anything that breaks a header', () => {
    expect(warning(199, 'hub', 'Source "x"\r\nSet-Cookie: a=b was slow')).to.equal(
      '199 hub "Source ?x???Set-Cookie: a=b was slow"',
    )
  })

  it('is passed on from behind a source, but nothing else is', () => {
    expect(passedOn('199 b "slow", 299 c "refused"')).to.deep.equal(['199 b "slow"', '299 c "refused"'])
    expect(passedOn('199 b "chậm\u0007"')).to.deep.equal(['199 b "ch?m?"'])
    expect(passedOn('nonsense')).to.deep.equal([])
    expect(passedOn(undefined)).to.deep.equal([])
  })
})

describe('6.3.10 Next page of a source', () => {
  it('is its parameters, wherever the link points', () => {
    const next = nextPage(
      '<https://evil.example/x?after=abc&limit=2>; rel="next"; type="application/json", </e?offset=0>; rel="prev"',
    )
    expect(`${next}`).to.equal('after=abc&limit=2')
  })

  it('is none without such a link', () => {
    expect(nextPage('<https://e/c.jsonld>; rel="http://www.w3.org/ns/json-ld#context"')).to.equal(undefined)
    expect(nextPage('next nonsense')).to.equal(undefined)
  })
})

describe('4.3.6 Answers of sources', () => {
  it('are read with their system times, down to sub-attributes and instances', () => {
    const body = {
      ...bus('urn:b:1', 50, '2026-01-02T00:00:00Z'),
      '@context': 'https://example.org/city.jsonld',
      line: [
        {
          type: 'Property',
          value: 1,
          modifiedAt: '2026-01-03T00:00:00Z',
          source: { type: 'Property', value: 's', createdAt: '2026-01-01T00:00:00Z' },
        },
        { type: 'Property', value: 2, datasetId: 'urn:d:1' },
      ],
    }
    const { attributes, modifiedAt } = decodeAnswer(body, table)
    const at = (text: string) => Date.parse(text) * 1000
    expect(modifiedAt).to.equal(at('2026-01-02T00:00:00Z'))
    expect(attributes[iri('speed')]?.[0]).to.deep.include({
      value: 50,
      createdAt: at('2025-01-01T00:00:00Z'),
    })
    const [first, second] = attributes[iri('line')] ?? []
    expect(first?.modifiedAt).to.equal(at('2026-01-03T00:00:00Z'))
    expect(first?.attributes?.[iri('source')]?.[0]?.createdAt).to.equal(at('2026-01-01T00:00:00Z'))
    expect(second).to.deep.include({ datasetId: 'urn:d:1', modifiedAt: at('2026-01-02T00:00:00Z') })
  })

  it('without system times are as old as can be, so that they never win over known ones', () => {
    const entity = decodeAnswer({ id: 'urn:b:1', type: 'Bus', speed: 3 }, table)
    expect(entity.modifiedAt).to.equal(0)
    expect(entity.attributes[iri('speed')]?.[0]?.modifiedAt).to.equal(0)
  })

  const refused: readonly [string, unknown][] = [
    ['a text', 'entity'],
    ['no id', { type: 'Bus' }],
    ['no type', { id: 'urn:b:1' }],
    ['an id that is no URI', { id: 'bus 1', type: 'Bus' }],
    ['a Property without value', { id: 'urn:b:1', type: 'Bus', speed: { type: 'Property' } }],
    [
      'an NGSI-LD Null',
      { id: 'urn:b:1', type: 'Bus', speed: { type: 'Property', value: 'urn:ngsi-ld:null' } },
    ],
    ['a raw null', { id: 'urn:b:1', type: 'Bus', speed: null }],
  ]
  for (const [title, body] of refused) {
    it(`are refused: ${title}`, () => {
      expect(() => decodeAnswer(JSON.parse(JSON.stringify(body)), table)).to.throw()
    })
  }
})
