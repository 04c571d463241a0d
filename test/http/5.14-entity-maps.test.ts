import { expect } from 'chai'
import { DEFAULT_TENANT } from '../../broker/core/model/tenant.ts'
import { startTestHub, type TestAnswer, type TestHub, type TestRequest } from '../support/hub.ts'
import { itEmbedded } from '../support/store-of-tests.ts'

const ENTITIES = '/ngsi-ld/v1/entities'
const MAPS = '/ngsi-ld/v1/entityMaps'
const QUERY = '/ngsi-ld/v1/entityOperations/query'
const ERRORS = 'https://uri.etsi.org/ngsi-ld/errors/'

describe('5.14 EntityMaps', () => {
  let hub: TestHub
  let type: string
  let number = 0
  before(async () => {
    hub = await startTestHub({ 'context.default': 'core' })
  })
  after(() => hub.stop())

  /** Seven cars of a type of their own, with speeds of 0 to 60. */
  beforeEach(async () => {
    type = `Car${++number}`
    const body = Array.from({ length: 7 }, (_, at) => ({ id: car(at), type, speed: at * 10 }))
    const answer = await hub.send('/ngsi-ld/v1/entityOperations/create', { method: 'POST', body })
    expect(answer.status, answer.text).to.equal(201)
  })

  const car = (at: number) => `urn:${type}:${at}`
  const cars = (...at: number[]) => at.map(car)
  const ids = ({ body }: TestAnswer): string[] => body.map(({ id }: { id: string }) => id)
  const location = ({ headers }: TestAnswer) => String(headers['ngsild-entitymap'])
  const through = (map: string, path: string, request: TestRequest = {}) =>
    hub.send(path, { ...request, headers: { ...request.headers, 'NGSILD-EntityMap': map } })
  const held = async (map: string) => Object.keys((await hub.send(map)).body.entityMap)
  const made = async (search = '') => {
    const answer = await hub.send(`${MAPS}?type=${type}${search}`)
    expect(answer.status, answer.text).to.equal(201)
    return location(answer)
  }
  const slower = (at: number) =>
    hub.send(`${ENTITIES}/${car(at)}/attrs/speed`, { method: 'PATCH', body: { value: -1 } })

  describe('5.14.4 Create EntityMap for Query Entities', () => {
    it('answers which entities match now, and where the map is', async () => {
      const answer = await hub.send(`${MAPS}?type=${type}&q=speed>=40&limit=1&format=simplified`)
      expect(answer.status).to.equal(201)
      expect(location(answer)).to.equal(`${MAPS}/${answer.body.id}`)
      expect(answer.body).to.include({ type: 'EntityMap' })
      expect(answer.body.entityMap).to.deep.equal(
        Object.fromEntries(cars(4, 5, 6).map((id) => [id, ['@none']])),
      )
      expect((await hub.send(location(answer))).body).to.deep.equal(answer.body)
    })

    it('takes a Query body too', async () => {
      const body = { type: 'Query', entities: [{ type }], q: 'speed<20', entityMapLifetime: 'PT5M' }
      const answer = await hub.send(MAPS, { method: 'POST', body })
      expect(answer.status, answer.text).to.equal(201)
      expect(Object.keys(answer.body.entityMap)).to.deep.equal(cars(0, 1))
      expect(Date.parse(answer.body.expiresAt) - Date.now()).to.be.within(200_000, 301_000)
    })

    const REFUSED: readonly (readonly [search: string, type: string])[] = [
      ['id=urn:x', 'BadRequestData'],
      ['type=T&entityMapLifetime=1hour', 'BadRequestData'],
      ['type=T&q=speed>', 'BadRequestData'],
      ['type=T&csf=endpoint==', 'BadRequestData'],
      ['type=T&geometryProperty=location', 'BadRequestData'],
      ['type=T&entityMap=yes', 'InvalidRequest'],
      ['type=T&page=2', 'InvalidRequest'],
    ]
    describe('refuses what no query may say', () => {
      for (const [search, problem] of REFUSED) {
        it(`${search} with ${problem}`, async () => {
          const { body } = await hub.send(`${MAPS}?${search}`)
          expect(body.type).to.equal(ERRORS + problem)
        })
      }
    })

    it('bounds the lifetime that is suggested', async () => {
      const { body } = await hub.send(await made('&entityMapLifetime=P3650D'))
      expect(Date.parse(body.expiresAt) - Date.now()).to.be.within(86_000_000, 86_400_000)
    })

    const SLOW = 'a server without indexes takes longer for 10,000 than a query may'
    itEmbedded('makes none for more entities than one holds', SLOW, async () => {
      const many = `Many${number}`
      for (let start = 0; start < 10_001; start += 3334) {
        const body = Array.from({ length: 3334 }, (_, at) => ({
          id: `urn:${many}:${start + at}`,
          type: many,
        }))
        await hub.send('/ngsi-ld/v1/entityOperations/create', { method: 'POST', body })
      }
      const { status, body } = await hub.send(`${MAPS}?type=${many}`)
      expect([status, body.type]).to.deep.equal([403, `${ERRORS}TooManyResults`])
    })
  })

  describe('5.14.1 to 5.14.3 Retrieve, update and delete an EntityMap', () => {
    const patch = (map: string, body: unknown) => hub.send(map, { method: 'PATCH', body })

    it('changes the expiry only, and within what the hub allows', async () => {
      const map = await made()
      const before = (await hub.send(map)).body
      const forged = { id: 'urn:x', entityMap: { 'urn:forged': ['@none'] }, linkedMaps: {} }
      expect((await patch(map, { ...forged, expiresAt: '2099-01-01T00:00:00Z' })).status).to.equal(204)
      const { body } = await hub.send(map)
      expect(body).to.deep.equal({ ...before, expiresAt: body.expiresAt })
      expect(body.expiresAt > before.expiresAt && body.expiresAt < '2099').to.equal(true)
      expect((await patch(map, {})).status).to.equal(204)
      for (const bad of [{ expiresAt: 'tomorrow' }, { expiresAt: 5 }, { type: 'Map' }, { speed: 1 }, []])
        expect((await patch(map, bad)).status, JSON.stringify(bad)).to.equal(400)
    })

    it('is gone once it has expired or is deleted', async () => {
      const [expired, deleted] = [await made(), await made()]
      expect((await patch(expired, { expiresAt: '2000-01-01T00:00:00Z' })).status).to.equal(204)
      expect((await hub.send(deleted, { method: 'DELETE' })).status).to.equal(204)
      for (const map of [expired, deleted, `${MAPS}/urn:ngsi-ld:EntityMap:none`]) {
        expect((await hub.send(map)).body.type).to.equal(`${ERRORS}ResourceNotFound`)
        expect((await patch(map, {})).status).to.equal(404)
        expect((await hub.send(map, { method: 'DELETE' })).status).to.equal(404)
      }
    })

    it('refuses ids that are no URI', async () => {
      expect((await hub.send(`${MAPS}/not%20a%20uri`)).body.type).to.equal(`${ERRORS}BadRequestData`)
      expect((await hub.send(`${MAPS}/none`, { method: 'DELETE' })).status).to.equal(400)
    })

    it('stays inside its tenant', async () => {
      const headers = { 'NGSILD-Tenant': 'maps' }
      await hub.send(ENTITIES, { method: 'POST', body: { id: 'urn:t:1', type }, headers })
      const map = await made()
      expect((await hub.send(map, { headers })).status).to.equal(404)
      expect((await hub.send(map, { method: 'DELETE', headers })).status).to.equal(404)
      const other = await through(map, `${ENTITIES}?type=${type}`, { headers })
      expect(other.status).to.equal(201)
      expect(ids(other)).to.deep.equal(['urn:t:1'])
      expect((await hub.send(map)).status).to.equal(200)
    })

    it('leaves no trace in the change log', async () => {
      await made()
      const log = await hub.running.store.log(DEFAULT_TENANT, 0, 100_000)
      expect(log.map(({ collection }) => collection)).to.not.include('entityMap')
    })
  })

  describe('5.5.9.3 Pagination with EntityMaps', () => {
    it('is asked for with entityMap=true: 201, the page itself, and where the map is', async () => {
      const first = await hub.send(`${ENTITIES}?type=${type}&entityMap=true&limit=3`)
      expect(first.status).to.equal(201)
      expect(ids(first)).to.deep.equal(cars(0, 1, 2))
      expect(await held(location(first))).to.have.length(7)
      const plain = await hub.send(`${ENTITIES}?type=${type}&entityMap=false`)
      expect(plain.status).to.equal(200)
      expect(plain.headers).to.not.have.property('ngsild-entitymap')
    })

    it('considers the entities of the map alone, however the store changes', async () => {
      const map = await made()
      await hub.send(ENTITIES, { method: 'POST', body: { id: `urn:${type}:new`, type, speed: 5 } })
      const page = await through(map, `${ENTITIES}?type=${type}`)
      expect([page.status, location(page)]).to.deep.equal([200, map])
      expect(ids(page)).to.deep.equal(cars(0, 1, 2, 3, 4, 5, 6))
      expect(ids(await hub.send(`${ENTITIES}?type=${type}`))).to.have.length(8)
    })

    it('takes its location, its URL or its id alone', async () => {
      const map = await made('&q=speed>40')
      for (const name of [map, `${hub.url}${map}`, map.replace(`${MAPS}/`, ''), map.replaceAll(':', '%3A')]) {
        const page = await through(name, `${ENTITIES}?type=${type}&q=speed>40`)
        expect([page.status, ids(page)]).to.deep.equal([200, cars(5, 6)])
      }
    })

    it('fills its pages, and removes what does not match any more', async () => {
      const map = await made('&q=speed>=0')
      await slower(1)
      await hub.send(`${ENTITIES}/${car(2)}`, { method: 'DELETE' })
      const page = await through(map, `${ENTITIES}?type=${type}&q=speed>=0&limit=3`)
      expect(ids(page)).to.deep.equal(cars(0, 3, 4))
      expect(await held(map)).to.deep.equal(cars(0, 3, 4, 5, 6))
      // what was removed does not come back
      await hub.send(`${ENTITIES}/${car(1)}/attrs/speed`, { method: 'PATCH', body: { value: 10 } })
      expect(ids(await through(map, `${ENTITIES}?type=${type}&q=speed>=0`))).to.deep.equal(
        cars(0, 3, 4, 5, 6),
      )
    })

    it('loses and repeats nothing between pages, with the header or by the links alone', async () => {
      for (const headers of [true, false]) {
        const search = `type=${type}&q=speed>=0&limit=2&entityMap=true`
        let answer = await hub.send(`${ENTITIES}?${search}`)
        const map = location(answer)
        const seen = [...ids(answer)]
        await hub.send(`${ENTITIES}/${car(0)}/attrs/speed`, { method: 'PATCH', body: { value: -1 } })
        for (let next = nextOf(answer); next !== undefined; next = nextOf(answer)) {
          answer = headers ? await through(map, next) : await hub.send(next)
          expect([answer.status, location(answer)]).to.deep.equal([200, map])
          seen.push(...ids(answer))
        }
        expect(seen).to.deep.equal(cars(0, 1, 2, 3, 4, 5, 6))
        await hub.send(`${ENTITIES}/${car(0)}/attrs/speed`, { method: 'PATCH', body: { value: 0 } })
      }
    })

    it('pages by offset too, counts what matches, and lets a request name ids', async () => {
      const map = await made()
      const page = await through(map, `${ENTITIES}?type=${type}&limit=2&offset=4&count=true`)
      expect(ids(page)).to.deep.equal(cars(4, 5))
      expect(page.headers['ngsild-results-count']).to.equal('7')
      await hub.send(`${ENTITIES}/${car(6)}`, { method: 'DELETE' })
      const count = await through(map, `${ENTITIES}?type=${type}&limit=0&count=true`)
      expect(count.headers['ngsild-results-count']).to.equal('6')
      const some = await through(map, `${ENTITIES}?type=${type}&id=${car(3)},urn:other`)
      expect(ids(some)).to.deep.equal(cars(3))
      expect(await held(map)).to.deep.equal(cars(0, 1, 2, 3, 4, 5))
    })

    it('orders its entities where that is asked for', async () => {
      const map = await made('&q=speed>=40')
      const path = `${ENTITIES}?type=${type}&q=speed>=40&orderBy=speed;desc&local=true&limit=2`
      expect(ids(await through(map, path))).to.deep.equal(cars(6, 5))
      expect(ids(await through(map, `${path}&offset=2`))).to.deep.equal(cars(4))
    })

    it('stays the same from page to page in another order too', async () => {
      const first = await hub.send(
        `${ENTITIES}?type=${type}&q=speed>=20&orderBy=speed;desc&local=true&limit=2&entityMap=true`,
      )
      expect([first.status, ids(first)]).to.deep.equal([201, cars(6, 5)])
      const second = await hub.send(String(nextOf(first)))
      expect([second.status, location(second), ids(second)]).to.deep.equal([200, location(first), cars(4, 3)])
      const third = await hub.send(String(nextOf(second)))
      expect([third.status, location(third), ids(third)]).to.deep.equal([200, location(first), cars(2)])
      expect(nextOf(third)).to.equal(undefined)
    })

    it('removes nothing for other filters than those that it was made with', async () => {
      const map = await made()
      expect(ids(await through(map, `${ENTITIES}?type=${type}&q=speed>50`))).to.deep.equal(cars(6))
      expect(await held(map)).to.have.length(7)
    })

    it('is made anew, with 201, where it is not there any more', async () => {
      const [deleted, expired] = [await made(), await made()]
      await hub.send(deleted, { method: 'DELETE' })
      await hub.send(expired, { method: 'PATCH', body: { expiresAt: '2000-01-01T00:00:00Z' } })
      for (const map of [deleted, expired, 'urn:unknown', 'x', '%']) {
        const answer = await through(map, `${ENTITIES}?type=${type}&limit=1`)
        expect(answer.status).to.equal(201)
        expect(location(answer)).to.not.equal(map)
        expect(await held(location(answer))).to.have.length(7)
      }
    })

    it('works with a Query body', async () => {
      const body = { type: 'Query', entities: [{ type }], entityMap: true }
      const made = await hub.send(`${QUERY}?limit=2`, { method: 'POST', body })
      expect([made.status, ids(made)]).to.deep.equal([201, cars(0, 1)])
      const used = await through(location(made), QUERY, {
        method: 'POST',
        body: { ...body, entityMap: false },
      })
      expect([used.status, location(used), ids(used).length]).to.deep.equal([200, location(made), 7])
      const bad = await hub.send(QUERY, { method: 'POST', body: { ...body, entityMap: 'yes' } })
      expect(bad.body.type).to.equal(`${ERRORS}BadRequestData`)
    })

    it('refuses the place of a page that was read without it', async () => {
      const next = nextOf(await hub.send(`${ENTITIES}?type=${type}&limit=2`)) ?? ''
      expect((await through(await made(), next)).status).to.equal(400)
    })
  })

  describe('5.7.1.4 Retrieve Entity with an EntityMap', () => {
    it('makes one that holds the entity', async () => {
      const answer = await hub.send(`${ENTITIES}/${car(1)}?entityMap=true&options=sysAttrs`)
      expect([answer.status, answer.body.id]).to.deep.equal([200, car(1)])
      expect((await hub.send(location(answer))).body.entityMap).to.deep.equal({ [car(1)]: ['@none'] })
      const again = await hub.send(`${ENTITIES}/${car(1)}?entityMap=true&options=sysAttrs`)
      expect(location(again)).to.not.equal(location(answer))
    })

    it('names the one that it was given, or a new one where that is gone', async () => {
      const map = await made()
      const used = await through(map, `${ENTITIES}/${car(1)}`)
      expect([used.status, location(used)]).to.deep.equal([200, map])
      const other = await through('urn:unknown', `${ENTITIES}/${car(1)}`)
      expect(other.status).to.equal(200)
      expect(await held(location(other))).to.deep.equal(cars(1))
    })

    it('makes none for an entity that is not there', async () => {
      const answer = await hub.send(`${ENTITIES}/urn:none?entityMap=true`)
      expect(answer.status).to.equal(404)
      expect(answer.headers).to.not.have.property('ngsild-entitymap')
    })
  })

  describe('6.4.3.3 Purge Entities with an EntityMap', () => {
    it('deletes those of the map that still match, and no others', async () => {
      const map = await made('&q=speed>=30')
      await slower(3)
      await hub.send(ENTITIES, { method: 'POST', body: { id: `urn:${type}:new`, type, speed: 100 } })
      const answer = await through(map, `${ENTITIES}?type=${type}&q=speed>=30`, { method: 'DELETE' })
      expect([answer.status, location(answer)]).to.deep.equal([204, map])
      expect(ids(await hub.send(`${ENTITIES}?type=${type}`))).to.deep.equal([
        ...cars(0, 1, 2, 3),
        `urn:${type}:new`,
      ])
    })

    it('makes one where it is not there any more', async () => {
      const answer = await through('urn:unknown', `${ENTITIES}?type=${type}&q=speed>30`, { method: 'DELETE' })
      expect(answer.status).to.equal(204)
      expect(await held(location(answer))).to.deep.equal(cars(4, 5, 6))
      expect(ids(await hub.send(`${ENTITIES}?type=${type}`))).to.deep.equal(cars(0, 1, 2, 3))
    })
  })
})

function nextOf({ headers }: TestAnswer): string | undefined {
  return /<([^>]+)>; rel="next"/.exec(String(headers.link))?.[1]
}
