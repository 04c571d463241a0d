import { expect } from 'chai'
import { request } from 'undici'
import { DEFAULT_TENANT } from '../../broker/core/model/tenant.ts'
import { changeTokens } from '../../broker/http/change-token.ts'
import type { Store } from '../../broker/store/port/store.ts'
import { ENTITIES, linkTo, OPERATIONS, query, useApi } from '../support/api.ts'
import { CHANGES, feedReader, short } from '../support/change-lines.ts'
import { entity, put } from '../support/store-builders.ts'

const property = (value: unknown, members: object = {}) => ({ type: 'Property', value, ...members })
const DAY = 86_400_000_000

describe('Change feed: GET /hub/v1/changes', () => {
  const api = useApi()
  const changes = feedReader((path, asked) => api.send(path, asked))
  /** A token of now. */
  const now = async (headers: Readonly<Record<string, string>> = {}) => (await changes('', headers)).after
  /** Asks over a connection of its own: the others are not kept waiting. */
  const apart = feedReader(async (path) => {
    const { statusCode, headers, body } = await request(api.hub.url + path)
    return { status: statusCode, headers, text: await body.text(), body: undefined }
  })
  let ids = 0
  const freshId = () => `urn:t:c${++ids}`
  const patch = (id: string, body: object) => api.write('PATCH', `${ENTITIES}/${id}/attrs`, body)
  const remove = (id: string) => api.write('DELETE', `${ENTITIES}/${id}`)

  it('tells nothing of what was before, and gives a token to begin with', async () => {
    await api.create(freshId())
    const { changes: none, after, more } = await changes()
    expect([none, more]).to.deep.equal([[], false])
    expect(after).to.match(/^[\w-]+$/)
  })

  it('tells what happened since a token, in order, with the entity after it', async () => {
    const token = await now()
    const id = freshId()
    await api.create(id, { level: property(1) })
    await patch(id, { level: property(2), name: property('x', { datasetId: 'urn:d:1' }) })
    await api.write('DELETE', `${ENTITIES}/${id}/attrs/name?datasetId=urn:d:1`)
    await remove(id)
    const told = await changes(`after=${token}`)
    const name = id.split(':').at(-1)
    expect(short(told)).to.deep.equal([
      `created ${name} level created`,
      `updated ${name} level updated name created`,
      `updated ${name} name deleted`,
      `deleted ${name} level deleted`,
    ])
    const [created, updated, , deleted] = told.changes
    expect(created).to.deep.include({ collection: 'entity', action: 'created', id, type: 'Room' })
    expect(created?.at).to.match(/^\d{4}-.*Z$/)
    expect(created?.entity).to.deep.equal({ id, type: 'Room', level: { type: 'Property', value: 1 } })
    expect(updated?.changed).to.deep.include({ attribute: 'name', action: 'created', datasetId: 'urn:d:1' })
    expect(updated?.entity.level.value).to.equal(2)
    expect(deleted).to.include({ id, type: 'Room' }).and.not.to.have.property('entity')
  })

  it('goes on behind any line, and says when there is more', async () => {
    const token = await now()
    const made = [freshId(), freshId(), freshId()]
    for (const id of made) await api.create(id)
    const first = await changes(`after=${token}&limit=2`)
    expect([first.changes.map(({ id }) => id), first.more]).to.deep.equal([made.slice(0, 2), true])
    expect(first.after).to.equal(first.changes[1]?.after === undefined ? '' : first.after)
    const rest = await changes(`after=${first.after}`)
    expect([rest.changes.map(({ id }) => id), rest.more]).to.deep.equal([made.slice(2), false])
    const again = await changes(`after=${first.changes[0]?.after}`)
    expect(again.changes.map(({ id }) => id)).to.deep.equal(made.slice(1))
  })

  it('has nothing of what changed nothing and of what failed', async () => {
    const id = freshId()
    await api.create(id, { level: property(1) })
    const token = await now()
    await patch(id, { level: property(1) })
    expect((await api.write('POST', ENTITIES, { id, type: 'Room' })).status).to.equal(409)
    expect((await changes(`after=${token}`)).changes).to.deep.equal([])
  })

  it('is written in the terms of the request, in the form that it asks for', async () => {
    const token = await now()
    const id = freshId()
    await api.create(id, {
      level: property(1, { unitCode: 'CEL' }),
      name: { type: 'LanguageProperty', languageMap: { vi: 'a', en: 'b' } },
    })
    const entityOf = async (search: string) => (await changes(`after=${token}&${search}`)).changes[0]?.entity
    expect(await entityOf('format=simplified&lang=en')).to.deep.equal({
      id,
      type: 'Room',
      level: 1,
      name: 'b',
    })
    expect(await entityOf('format=concise&pick=id,level')).to.deep.equal({
      id,
      level: { value: 1, unitCode: 'CEL' },
    })
    expect(await entityOf('omit=type,name&options=keyValues')).to.deep.equal({ id, level: 1 })
    expect(await entityOf('options=sysAttrs')).to.have.property('createdAt')
    expect(await entityOf('pick=nothing')).to.equal(undefined)
    const added = await api.write('POST', '/ngsi-ld/v1/jsonldContexts', {
      '@context': {
        Zimmer: 'https://uri.etsi.org/ngsi-ld/default-context/Room',
        stufe: 'https://uri.etsi.org/ngsi-ld/default-context/level',
      },
    })
    const link = linkTo(`${api.hub.url}${added.headers.location}`)
    const answer = await changes(`after=${token}&type=Zimmer&format=simplified`, link)
    expect(answer.changes[0]).to.deep.include({
      type: 'Zimmer',
      entity: { id, type: 'Zimmer', stufe: 1, name: { languageMap: { vi: 'a', en: 'b' } } },
    })
    expect(answer.changes[0]?.changed[0]?.attribute).to.equal('stufe')
  })

  describe('a selection is followed as if nothing else were there', () => {
    let token: string
    before(async () => {
      token = await now()
      await api.create('urn:t:s1', { level: property(1), scope: '/a' })
      await api.create('urn:t:s2', {
        type: 'Hall',
        level: property(9),
        location: { type: 'GeoProperty', value: { type: 'Point', coordinates: [105, 21] } },
      })
      await patch('urn:t:s1', { level: property(7) })
      await patch('urn:t:s1', { note: property('n') })
      await patch('urn:t:s1', { level: property(2) })
      await patch('urn:t:s1', { scope: '/b' })
      await remove('urn:t:s2')
    })
    const table: readonly (readonly [Readonly<Record<string, string>>, readonly string[]])[] = [
      [
        { type: 'Hall' },
        ['created s2 level created location created', 'deleted s2 level deleted location deleted'],
      ],
      [{ id: 'urn:t:s2', triggers: 'entityDeleted' }, ['deleted s2 level deleted location deleted']],
      [
        { idPattern: 's1$', triggers: 'attributeCreated' },
        ['created s1 level created', 'updated s1 note created'],
      ],
      [{ type: 'Room', triggers: 'entityUpdated', watchedAttributes: 'note' }, ['updated s1 note created']],
      [
        { q: 'level>5', type: 'Room' },
        ['created s1 level created', 'updated s1 note created', 'deleted s1 level deleted note deleted'],
      ],
      [
        { q: 'level>5', type: 'Room', watchedAttributes: 'note' },
        ['updated s1 note created', 'deleted s1 level deleted note deleted'],
      ],
      [{ scopeQ: '/b' }, ['created s1 level created note created']],
      [
        { attrs: 'note', type: 'Room' },
        ['created s1 level created note created', 'updated s1 level updated', 'updated s1'],
      ],
      [
        { georel: 'near;maxDistance==10', geometry: 'Point', coordinates: '[105,21]' },
        ['created s2 level created location created', 'deleted s2 level deleted location deleted'],
      ],
      [{ type: 'Nothing' }, []],
    ]
    for (const [selection, expected] of table) {
      it(query(selection), async () => {
        const told = await changes(`after=${token}&${query(selection)}`)
        expect(short(told)).to.deep.equal(expected)
      })
    }

    it('and a quiet selection gets on', async () => {
      const { after } = await changes(`after=${token}&type=Nothing`)
      expect((await changes(`after=${after}`)).changes).to.deep.equal([])
    })
  })

  it('tells of other things that they changed, and no more', async () => {
    const token = await now()
    const { headers } = await api.write('POST', '/ngsi-ld/v1/jsonldContexts', {
      '@context': { a: 'urn:a:a' },
    })
    const registration = {
      id: 'urn:t:registration',
      type: 'ContextSourceRegistration',
      endpoint: 'http://127.0.0.1:9',
      information: [{ entities: [{ type: 'Elsewhere' }] }],
    }
    await api.write('POST', '/ngsi-ld/v1/csourceRegistrations', registration)
    await api.create('urn:t:not-asked-for')
    await api.write('DELETE', '/ngsi-ld/v1/csourceRegistrations/urn:t:registration')
    const told = await changes(`after=${token}&collections=registration,context`)
    expect(told.changes.map(({ collection, action, id }) => [collection, action, id])).to.deep.equal([
      ['context', 'created', String(headers.location).split('/').at(-1)],
      ['registration', 'created', registration.id],
      ['registration', 'deleted', registration.id],
    ])
    expect(told.text).not.to.contain('endpoint').and.not.to.contain('urn:a:a')
    expect((await changes(`after=${token}`)).changes.map(({ id }) => id)).to.deep.equal([
      'urn:t:not-asked-for',
    ])
  })

  describe('waits for the first change', () => {
    it('and answers as soon as there is one to tell', async () => {
      const token = await now()
      const waiting = apart(`after=${token}&wait=60&type=Awaited`)
      await api.create(freshId())
      await api.create('urn:t:awaited', { type: 'Awaited' })
      expect(short(await waiting)).to.deep.equal(['created awaited'])
    })

    it('of other things too', async () => {
      const token = await now()
      const waiting = apart(`after=${token}&wait=60&collections=context`)
      await api.create(freshId())
      await api.write('POST', '/ngsi-ld/v1/jsonldContexts', { '@context': { b: 'urn:b:b' } })
      expect((await waiting).changes.map(({ collection }) => collection)).to.deep.equal(['context'])
    })

    it('and answers a token when none comes, behind all that was not told', async () => {
      const token = await now()
      const waiting = apart(`after=${token}&wait=1&type=Awaited`)
      await api.create(freshId())
      const { changes: none, after } = await waiting
      expect(none).to.deep.equal([])
      expect((await changes(`after=${after}`)).changes).to.deep.equal([])
    })

    it('not at all where there is something', async () => {
      const token = await now()
      await api.create(freshId())
      expect((await changes(`after=${token}&wait=60`)).changes).to.have.length(1)
    })
  })

  it('tells of a batch entity by entity', async () => {
    const token = await now()
    const made = [freshId(), freshId()]
    await api.write(
      'POST',
      `${OPERATIONS}/create`,
      made.map((id) => ({ id, type: 'Room' })),
    )
    expect((await changes(`after=${token}`)).changes.map(({ id }) => id)).to.deep.equal(made)
  })

  describe('a token', () => {
    it('belongs to its tenant', async () => {
      const other = { 'NGSILD-Tenant': 'other' }
      await api.create('urn:t:1', {}, other)
      const token = await now(other)
      await api.create('urn:t:2', {}, other)
      expect((await changes(`after=${token}`, other)).changes.map(({ id }) => id)).to.deep.equal(['urn:t:2'])
      await api.refused(api.send(`${CHANGES}?after=${token}`), 400, 'BadRequestData', /no token/)
    })

    it('is none of another hub, made up or cut', async () => {
      const token = await now()
      for (const text of ['0', 'AAAA', token.slice(1), `${token}A`, 'Earliest'])
        await api.refused(api.send(`${CHANGES}?after=${text}`), 400, 'BadRequestData', /no token/)
    })

    it('says nothing of how much changed', async () => {
      const tokens = [await now(), (await changes('after=earliest&limit=1')).after]
      expect(new Set(tokens.map(({ length }) => length)).size).to.equal(1)
    })
  })

  describe('refuses', () => {
    const table: readonly (readonly [string, string, RegExp])[] = [
      ['wait=61', 'BadRequestData', /wait/],
      ['wait=-1', 'BadRequestData', /wait/],
      ['wait=1.5', 'BadRequestData', /wait/],
      ['limit=0', 'BadRequestData', /limit/],
      ['limit=x', 'BadRequestData', /limit/],
      ['collections=policy', 'InvalidRequest', /collections/],
      ['collections=entity,__proto__', 'InvalidRequest', /collections/],
      ['triggers=entityMoved', 'InvalidRequest', /triggers/],
      ['triggers=constructor', 'InvalidRequest', /triggers/],
      ['watchedAttributes=,', 'BadRequestData', /watchedAttributes/],
      ['q=a%7Bb%7D', 'BadRequestData', /q/],
      ['format=graph', 'InvalidRequest', /graph/],
      ['offset=1', 'InvalidRequest', /offset/],
      ['csf=a==1', 'InvalidRequest', /csf/],
      ['join=inline', 'InvalidRequest', /join/],
    ]
    for (const [search, type, says] of table)
      it(search, () => api.refused(api.send(`${CHANGES}?${search}`), 400, type, says))

    it('more than one answer may hold', () =>
      api.refused(api.send(`${CHANGES}?limit=1001`), 403, 'TooManyResults'))

    it('media types that it does not have', async () => {
      for (const Accept of ['application/json', 'text/turtle', 'application/x-ndjson;q=0'])
        expect((await api.send(CHANGES, { headers: { Accept } })).status, Accept).to.equal(406)
      for (const Accept of ['*/*', 'application/*', 'application/x-ndjson'])
        expect((await api.send(CHANGES, { headers: { Accept } })).headers['content-type']).to.equal(
          'application/x-ndjson',
        )
    })

    it('tenants that are not there', () =>
      api.refused(api.send(CHANGES, { headers: { 'NGSILD-Tenant': 'nowhere' } }), 404, 'NonexistentTenant'))
  })
})

describe('Change feed: retention', () => {
  const api = useApi({ 'context.default': 'core', 'changes.retentionDays': 30 })
  const changes = feedReader((path, asked) => api.send(path, asked))
  /** Keeps an entity as if that had been so many days ago. */
  const keep = async (id: string, days: number) => {
    const at = Date.now() * 1000 - days * DAY
    const [result] = await api.hub.running.store.commit(DEFAULT_TENANT, [
      put(entity(id, { createdAt: at, modifiedAt: at })),
    ])
    expect(result?.outcome).to.equal('kept')
  }
  const ids = ({ changes: told }: Awaited<ReturnType<typeof changes>>) => told.map(({ id }) => id)

  it('begins with the oldest change that is told', async () => {
    expect(ids(await changes('after=earliest'))).to.deep.equal([])
    for (let at = 0; at < 20; at++) await keep(`urn:t:${at}`, 40 - at)
    const kept = Array.from({ length: 9 }, (_, at) => `urn:t:${at + 11}`)
    expect(ids(await changes('after=earliest'))).to.deep.equal(kept)
    expect(ids(await changes('after=earliest&limit=1'))).to.deep.equal(['urn:t:11'])
  })

  it('refuses to go on where something that is not told any more would be left out', async () => {
    const tokens = changeTokens(await secretOf(api.hub.running.store))
    const token = (sequence: number, days: number) =>
      tokens.close({ sequence, at: Date.now() * 1000 - days * DAY }, DEFAULT_TENANT)
    const first = (await api.hub.running.store.log(DEFAULT_TENANT, 0, 100)).find(({ id }) => id === 'urn:t:0')
    const at = (place: number) => (first?.sequence ?? 0) + place
    await api.refused(
      api.send(`${CHANGES}?after=${token(at(0), 40)}`),
      410,
      'urn:urban-data-hub:errors:Gone',
      /start anew without a token/,
    )
    expect(ids(await changes(`after=${token(at(10), 30.1)}`)), 'read in time').to.have.length(9)
    expect(ids(await changes(`after=${token(at(19), 40)}`)), 'nothing happened since').to.deep.equal([])
  })
})

describe('Change feed: without retention', () => {
  const api = useApi({ 'context.default': 'core', 'changes.retentionDays': 0 })
  const changes = feedReader((path, asked) => api.send(path, asked))

  it('tells everything from the first change on', async () => {
    const at = Date.now() * 1000 - 4000 * DAY
    await api.hub.running.store.commit(DEFAULT_TENANT, [put(entity('urn:t:old', { modifiedAt: at }))])
    expect(short(await changes('after=earliest'))).to.deep.equal([
      'created old https://example.org/pm10 created',
    ])
  })
})

async function secretOf(store: Store): Promise<Uint8Array> {
  const kept = await store.document(DEFAULT_TENANT, 'identity', 'hub-secret')
  return Buffer.from(String(kept?.document.secret), 'base64url')
}
