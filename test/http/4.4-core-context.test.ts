import { expect } from 'chai'
import { CORE, ENTITIES, linkTo, useApi } from '../support/api.ts'

const LD = { 'Content-Type': 'application/ld+json' }

describe('4.4 Core and user NGSI-LD @context', () => {
  const api = useApi()
  const create = (id: string, context: unknown, members: object) =>
    api.write('POST', ENTITIES, { id, type: 'Room', '@context': context, ...members }, LD)

  it('lets the core win over terms of the user, wherever it stands', async () => {
    const user = {
      location: 'https://example.org/location',
      Property: 'https://example.org/Property',
      a: 'https://example.org/a',
    }
    for (const [at, context] of [[CORE, user], [user, CORE], user].entries()) {
      const id = `urn:k:${at}`
      const members = { location: { type: 'Point', coordinates: [1, 2] }, a: { type: 'Property', value: 1 } }
      expect((await create(id, context, members)).status).to.equal(201)
      expect(await api.read(id)).to.deep.equal({
        id,
        type: 'Room',
        location: { type: 'GeoProperty', value: { type: 'Point', coordinates: [1, 2] } },
        'https://example.org/a': { type: 'Property', value: 1 },
      })
    }
  })

  it('puts names without a mapping into the default @context, from which they come back short', async () => {
    await api.create('urn:k:4', { anything: 1 })
    const full = 'https://uri.etsi.org/ngsi-ld/default-context/anything'
    expect(await api.ids(`type=Room&q=${encodeURIComponent(full)}==1`)).to.deep.equal(['urn:k:4'])
    expect(await api.read('urn:k:4')).to.have.property('anything')
  })

  it('takes every published core for the same', async () => {
    for (const version of ['1.3', '1.6', '1.8', '1.9']) {
      const url = `https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v${version}.jsonld`
      expect(await api.read('urn:k:4', '', linkTo(url))).to.have.property('anything')
    }
  })

  describe('refuses an @context that is none, or is scoped', () => {
    for (const [title, context] of [
      [
        'an @context with a scoped @context',
        { a: { '@id': 'https://example.org/a', '@context': { b: 'https://example.org/b' } } },
      ],
      ['an @context that maps a term to no IRI', { a: 'no iri' }],
      ['an @context that maps a term to a number', { a: 7 }],
      ['an array with something that is no @context', [CORE, 7]],
    ] as const) {
      it(title, async () => {
        await api.refused(create('urn:k:none', context, { a: 1 }), 400, 'BadRequestData')
        await api.absent('urn:k:none')
      })
    }
  })
})
