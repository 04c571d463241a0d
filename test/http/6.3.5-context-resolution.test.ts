import { expect } from 'chai'
import { CORE, ENTITIES, linkTo, OPERATIONS, useApi } from '../support/api.ts'

const LD = { 'Content-Type': 'application/ld+json' }
const TERMS = { Room: 'https://example.org/Room', level: 'https://example.org/level' }

describe('6.3.5 JSON-LD @context resolution', () => {
  const api = useApi()
  let terms = ''
  before(async () => {
    const { headers } = await api.write('POST', '/ngsi-ld/v1/jsonldContexts', { '@context': TERMS })
    terms = api.hub.url + headers.location
  })
  const full = { id: 'urn:x:1', type: TERMS.Room, [TERMS.level]: 1 }
  const stored = (id: string) => api.read(id, '?format=simplified')

  it('takes the @context of a body of type application/json from the Link header', async () => {
    await api.create('urn:x:1', { level: 1 }, linkTo(terms))
    expect(await stored('urn:x:1')).to.deep.equal(full)
  })

  it('takes the default @context when a body of type application/json has no Link header', async () => {
    await api.create('urn:x:2', { level: 1 })
    expect(await stored('urn:x:2')).to.deep.equal({ id: 'urn:x:2', type: 'Room', level: 1 })
    expect(await api.read('urn:x:2', '?format=simplified', linkTo(terms))).to.not.have.property('level')
  })

  it('takes the @context of a body of type application/ld+json from the body', async () => {
    for (const [id, context] of [
      ['urn:x:3', terms],
      ['urn:x:4', TERMS],
      ['urn:x:5', [terms, CORE]],
    ] as const) {
      await api.create(id, { level: 1, '@context': context }, LD)
      expect(await stored(id)).to.deep.equal({ ...full, id })
    }
  })

  it('takes the @context of GET and DELETE from the Link header, for paths and parameters too', async () => {
    await api.create('urn:x:6', { level: 6 }, linkTo(terms))
    expect(await api.ids('type=Room&q=level==6', linkTo(terms))).to.deep.equal(['urn:x:6'])
    expect(await api.ids('type=Room&q=level==6')).to.deep.equal([])
    const path = `${ENTITIES}/urn:x:6/attrs/level`
    await api.refused(api.send(path, { method: 'DELETE' }), 404, 'ResourceNotFound')
    expect((await api.send(path, { method: 'DELETE', headers: linkTo(terms) })).status).to.equal(204)
  })

  it('expands with the @context of this call, whatever created the entity', async () => {
    await api.create('urn:x:7', { level: 1 }, linkTo(terms))
    await api.write('PATCH', `${ENTITIES}/urn:x:7`, { level: 2 })
    expect(await stored('urn:x:7')).to.deep.equal({ ...full, id: 'urn:x:7', level: 2 })
  })

  it('sees nothing but its own relation in a Link header', async () => {
    const other = `<https://example.org/next>; rel="next", <https://uri.etsi.org/ngsi-ld/profile/version>; rel=profile`
    expect((await api.read('urn:x:1', '', { Link: other })).id).to.equal('urn:x:1')
    const both = `${other}, ${linkTo(terms).Link}`
    expect(await api.read('urn:x:1', '?format=simplified', { Link: both })).to.have.property('level', 1)
    await api.create('urn:x:8', { '@context': TERMS }, { ...LD, Link: other })
  })

  describe('refuses an @context in the wrong place, in two places, or in none', () => {
    const room = { id: 'urn:x:none', type: 'Room' }
    for (const [title, body, headers] of [
      ['an @context inside a body of type application/json', { ...room, '@context': CORE }, {}],
      ['the same with a Link header', { ...room, '@context': CORE }, linkTo(CORE)],
      ['a body of type application/ld+json without @context', room, LD],
      [
        'a Link header beside an @context in the body',
        { ...room, '@context': CORE },
        { ...LD, ...linkTo(CORE) },
      ],
      [
        'a Link header beside a body of type application/ld+json without @context',
        room,
        { ...LD, ...linkTo(CORE) },
      ],
      [
        'two @contexts in Link headers',
        room,
        { Link: `${linkTo(CORE).Link}, ${linkTo('https://example.org/').Link}` },
      ],
      ['an @context that is no JSON-LD', { ...room, '@context': 7 }, LD],
      [
        'an @context inside an attribute',
        { ...room, a: { type: 'Property', value: 1, '@context': CORE }, '@context': CORE },
        LD,
      ],
    ] as const) {
      it(title, async () => {
        await api.refused(api.write('POST', ENTITIES, body, headers), 400, 'BadRequestData')
        await api.absent('urn:x:none')
      })
    }

    it('an @context that cannot be had, with 504', async () => {
      const nowhere = 'http://127.0.0.1:9/nowhere.jsonld'
      const body = { ...room, '@context': nowhere }
      await api.refused(api.write('POST', ENTITIES, body, LD), 504, 'LdContextNotAvailable', /127\.0\.0\.1:9/)
      await api.refused(
        api.send(`${ENTITIES}/urn:x:1`, { headers: linkTo(nowhere) }),
        504,
        'LdContextNotAvailable',
      )
      await api.absent('urn:x:none')
    })
  })

  it('gives each entity of a batch its own @context', async () => {
    const batch = [
      { id: 'urn:x:9', type: 'Room', level: 1, '@context': terms },
      { id: 'urn:x:10', type: 'Room', level: 1, '@context': CORE },
    ]
    expect((await api.write('POST', `${OPERATIONS}/create`, batch, LD)).status).to.equal(201)
    expect(await stored('urn:x:9')).to.deep.equal({ ...full, id: 'urn:x:9' })
    expect(await stored('urn:x:10')).to.deep.equal({ id: 'urn:x:10', type: 'Room', level: 1 })
  })
})
