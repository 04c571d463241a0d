import { expect } from 'chai'
import { CORE, ENTITIES, linkTo, useApi } from '../support/api.ts'

const GEO = 'application/geo+json'

describe('6.3.6 HTTP response common requirements', () => {
  const api = useApi()
  before(() => api.create('urn:h:1', { location: { type: 'Point', coordinates: [105.8, 21.5] } }))
  const get = (path: string, headers: Record<string, string>) => api.send(`${ENTITIES}${path}`, { headers })

  it('links to the @context of an answer of type application/json, and has none in the body', async () => {
    for (const path of ['/urn:h:1', '?type=Room']) {
      const { headers, body } = await get(path, { Accept: 'application/json' })
      expect(headers.link).to.equal(linkTo(CORE).Link)
      expect([body].flat()[0]).to.not.have.property('@context')
    }
  })

  it('writes the @context into each entity of type application/ld+json, and no link', async () => {
    for (const path of ['/urn:h:1', '?type=Room']) {
      const { headers, body } = await get(path, { Accept: 'application/ld+json' })
      expect(headers).to.not.have.property('link')
      expect([body].flat()[0]).to.have.property('@context')
    }
  })

  it('writes the @context of GeoJSON into the body, once, unless Prefer asks for a link', async () => {
    for (const prefer of ['', 'body=ld+json']) {
      const { headers, body } = await get('?type=Room', { Accept: GEO, ...(prefer && { Prefer: prefer }) })
      expect(body).to.have.property('@context')
      expect(body.features[0]).to.not.have.property('@context')
      expect(headers).to.not.have.property('link')
    }
    for (const prefer of ['body=json', 'respond-async, Body="json"']) {
      const { headers, text } = await get('?type=Room', { Accept: GEO, Prefer: prefer })
      expect(text).to.not.include('@context')
      expect(headers.link).to.equal(linkTo(CORE).Link)
    }
  })

  it('answers errors as application/json whatever is accepted, without a link', async () => {
    for (const accept of ['application/ld+json', GEO])
      await api.refused(get('/urn:h:none', { Accept: accept }), 404, 'ResourceNotFound')
  })

  it('answers partial successes as application/json, in full names, without a link', async () => {
    const path = `${ENTITIES}/urn:h:1/attrs?options=noOverwrite`
    const place = { type: 'Point', coordinates: [0, 0] }
    const { status, headers, body } = await api.write(
      'POST',
      path,
      { location: place },
      { Accept: 'application/ld+json' },
    )
    expect([status, headers['content-type']]).to.deep.equal([207, 'application/json'])
    expect(headers).to.not.have.property('link')
    expect(body.notUpdated[0].attributeName).to.equal('https://uri.etsi.org/ngsi-ld/location')
  })

  it('has no Content-Length, Content-Type or Link on 204', async () => {
    const answer = await api.write('PATCH', `${ENTITIES}/urn:h:1`, { a: 1 })
    expect(answer.status).to.equal(204)
    expect(answer.headers).to.not.have.any.keys('content-length', 'content-type', 'link')
  })
})
