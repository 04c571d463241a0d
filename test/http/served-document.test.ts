import { expect } from 'chai'
import { startTestHub, type TestHub } from '../support/hub.ts'
import { document as committed, operations } from '../unit/openapi/document.ts'

const PAGES = ['/version', '/llms.txt', '/openapi.json']

describe('OpenAPI document of a hub without access control', () => {
  let hub: TestHub
  before(async () => {
    hub = await startTestHub({ title: 'Trung tâm thử' })
  })
  after(() => hub.stop())

  const inLanguage = (language?: string) =>
    hub.send('/openapi.json', language === undefined ? {} : { headers: { 'accept-language': language } })

  it('is that of this hub: its name, its address, its ontology, and nobody is asked who it is', async () => {
    const { status, headers, body } = await inLanguage()
    expect(status).to.equal(200)
    expect(headers['content-type']).to.equal('application/json')
    expect(headers.link).to.equal('</docs>; rel="service-doc"')
    expect(body.info.title).to.equal('Trung tâm thử')
    expect(body.info.version).to.equal((committed.info as { version: string }).version)
    expect(body.servers).to.deep.equal([{ url: hub.url, description: 'Trung tâm thử' }])
    expect(body.externalDocs.url).to.equal(`${hub.url}/hub/v1/catalog`)
    expect(body.security).to.deep.equal([])
    expect(body.components.securitySchemes).to.deep.equal({})
    const { body: vocabulary } = await hub.send('/ontology/v1/vocabulary.json')
    const types = Object.values<Record<string, unknown>>(body.components.schemas).flatMap(
      (schema) => schema['x-entity-type'] ?? [],
    )
    expect(types).to.deep.equal(vocabulary.types.map(({ name }: { name: string }) => name))
  })

  it('has every operation but those of what does not run here', async () => {
    const { body } = await inLanguage()
    const absent = operations().filter(({ path, method }) => body.paths[path]?.[method] === undefined)
    const features = new Set(absent.map(({ operation }) => operation['x-present-with']))
    expect([...features].sort()).to.deep.equal(['accessControl', 'feeds', 'identityProvider'])
    expect(absent.length).to.be.lessThan(15)
    for (const { path, method, operation } of absent) {
      const url = path.replaceAll(/\{\w+\}/g, 'none')
      const send = {
        method: method.toUpperCase() as 'GET' | 'POST',
        ...(operation.requestBody !== undefined && { body: {} }),
      }
      const { status } = await hub.send(url, send)
      expect(status, `${method} ${path}`).to.be.greaterThan(399)
    }
  })

  it('is in English unless Vietnamese is asked for', async () => {
    for (const [asked, answered] of [
      [undefined, 'en'],
      ['*', 'en'],
      ['fr', 'en'],
      ['en', 'en'],
      ['vi', 'vi'],
      ['vi-VN,vi;q=0.9,en-US;q=0.6', 'vi'],
      ['en;q=0.5, vi;q=0.4', 'en'],
      ['fr, vi;q=0.1', 'vi'],
    ] as const) {
      const { headers } = await inLanguage(asked)
      expect(headers['content-language'], asked).to.equal(answered)
    }
    const [english, vietnamese] = await Promise.all([inLanguage('en'), inLanguage('vi')])
    expect(english?.headers.etag).to.not.equal(vietnamese?.headers.etag)
    const schema = 'AirQualityObservedEntity'
    expect(english?.body.paths['/ngsi-ld/v1/entities'].get.summary).to.equal('Query Entities (5.7.2)')
    expect(vietnamese?.body.paths['/ngsi-ld/v1/entities'].get.summary).to.equal('Truy vấn thực thể (5.7.2)')
    expect(english?.body.components.schemas[schema].title).to.equal('Air quality observed')
    expect(vietnamese?.body.components.schemas[schema].title).to.match(/^Quan trắc/)
    expect(english?.text).to.not.include('Truy vấn thực thể')
    expect(vietnamese?.text).to.not.include('Query Entities')
    // names stay
    expect(Object.keys(vietnamese?.body.paths)).to.deep.equal(Object.keys(english?.body.paths))
    expect(Object.keys(vietnamese?.body.components.schemas)).to.deep.equal(
      Object.keys(english?.body.components.schemas),
    )
  })

  it('answers HEAD with the headers, and refuses to write or to take parameters', async () => {
    const head = await hub.send('/openapi.json', { method: 'HEAD' })
    expect([head.status, head.text]).to.deep.equal([200, ''])
    expect(head.headers.etag).to.equal((await inLanguage()).headers.etag)
    expect((await hub.send('/openapi.json', { method: 'DELETE' })).status).to.equal(405)
    expect((await hub.send('/openapi.json?lang=vi')).status).to.equal(400)
  })

  it('tells its versions and nothing else', async () => {
    const { status, body } = await hub.send('/version')
    expect(status).to.equal(200)
    expect(body).to.have.all.keys('hub', 'apis', 'standard', 'ontology', 'document', 'node')
    expect(body).to.include({ standard: 'ETSI GS CIM 009 v1.9.1', node: process.versions.node })
    expect(body.apis).to.deep.equal({ 'ngsi-ld': 'v1', hub: 'v1' })
    expect(body.document).to.match(/^\d+\.\d+\.\d+$/)
  })

  it('leads language models to everything there is (llms.txt), by links that are good', async () => {
    const { text, headers } = await hub.send('/llms.txt')
    expect(headers['content-type']).to.match(/^text\/plain/)
    const [title, , summary] = text.split('\n')
    expect(title).to.equal('# Trung tâm thử')
    expect(summary).to.match(/^> \S/)
    // after the heading, the summary and some text: sections with lists of links alone
    const [, ...sections] = text.split(/^## /m)
    expect(sections.length).to.be.greaterThan(2)
    const links = sections.flatMap((section) => {
      const [, ...lines] = section.trim().split('\n')
      return lines
        .filter((line) => line !== '')
        .map((line) => {
          expect(line).to.match(/^- \[[^\]]+\]\(http:\/\/[^)]+\)(?:: \S.*)?$/)
          return /\((http:[^)]+)\)/.exec(line)?.[1] ?? ''
        })
    })
    expect(links).to.include.members([`${hub.url}/openapi.json`, `${hub.url}/hub/v1/catalog`])
    for (const link of links) {
      const { status } = await hub.send(link.slice(hub.url.length))
      expect(status, link).to.equal(link.endsWith('/mcp') ? 405 : 200)
    }
  })

  it('is told of where people and programs begin (RFC 8631)', async () => {
    const { headers } = await hub.send('/')
    expect(headers.link).to.equal('</openapi.json>; rel="service-desc", </docs>; rel="service-doc"')
    for (const path of PAGES) expect((await hub.send(path)).status, path).to.equal(200)
  })
})
