import { expect } from 'chai'
import { startTestHub, type TestAnswer, type TestHub } from '../support/hub.ts'

const ENTITIES = '/ngsi-ld/v1/entities'
const PAGE = 'https://map.example.org'
const STRANGER = 'https://evil.example.net'

const preflight = (origin: string, headers = 'authorization') => ({
  method: 'OPTIONS' as const,
  headers: { origin, 'access-control-request-method': 'PATCH', 'access-control-request-headers': headers },
})
const listed = ({ headers }: TestAnswer, name: string) =>
  String(headers[name] ?? '')
    .toLowerCase()
    .split(', ')
const corsHeaders = ({ headers }: TestAnswer) =>
  Object.keys(headers).filter((name) => name.startsWith('access-control-'))

describe('Cross-origin requests (CORS)', () => {
  describe('with one origin configured', () => {
    let hub: TestHub
    before(async () => {
      hub = await startTestHub({ corsOrigins: [PAGE] })
    })
    after(() => hub.stop())

    it('answers a preflight with all that the API takes', async () => {
      const answer = await hub.send(`${ENTITIES}/urn:x:1`, preflight(PAGE))
      expect([answer.status, answer.text]).to.deep.equal([204, ''])
      expect(answer.headers['access-control-allow-origin']).to.equal(PAGE)
      expect(listed(answer, 'access-control-allow-methods')).to.include.members([
        'get',
        'put',
        'patch',
        'delete',
      ])
      const names = [
        'authorization',
        'if-match',
        'if-none-match',
        'idempotency-key',
        'ngsild-tenant',
        'link',
        'prefer',
      ]
      expect(listed(answer, 'access-control-allow-headers')).to.include.members(names)
      expect(Number(answer.headers['access-control-max-age'])).to.be.greaterThan(0)
      expect(listed(answer, 'vary')).to.include('origin')
      expect(answer.headers).not.to.have.property('access-control-allow-credentials')
    })

    it('lets the page read what the API answers in headers, also of problems', async () => {
      for (const path of [`${ENTITIES}?type=T`, `${ENTITIES}/urn:x:none`]) {
        const answer = await hub.send(path, { headers: { origin: PAGE } })
        expect(answer.headers['access-control-allow-origin']).to.equal(PAGE)
        const names = ['etag', 'link', 'location', 'ngsild-entitymap', 'ngsild-warning', 'preference-applied']
        expect(listed(answer, 'access-control-expose-headers')).to.include.members(names)
      }
    })

    for (const origin of [
      STRANGER,
      `${PAGE}.example.net`,
      PAGE.replace('https', 'http'),
      'null',
      PAGE.toUpperCase(),
    ]) {
      it(`tells ${origin} nothing, and never repeats it`, async () => {
        const asked = await hub.send(ENTITIES, preflight(origin))
        expect(asked.status).to.equal(204)
        expect(asked.headers.allow).to.include('GET')
        const read = await hub.send(`${ENTITIES}?type=T`, { headers: { origin } })
        for (const answer of [asked, read]) {
          expect(corsHeaders(answer)).to.deep.equal([])
          expect(JSON.stringify(answer.headers)).not.to.include(origin)
          expect(listed(answer, 'vary')).to.include('origin')
        }
      })
    }

    it('answers an OPTIONS that is no preflight with what is allowed', async () => {
      const answer = await hub.send(ENTITIES, { method: 'OPTIONS', headers: { origin: PAGE } })
      expect(answer.headers.allow).to.include('POST')
      expect(answer.headers['access-control-allow-origin']).to.equal(PAGE)
    })
  })

  it('lets any page in when all origins are configured, without credentials', async () => {
    const hub = await startTestHub({ corsOrigins: ['*'] })
    for (const request of [preflight(STRANGER), { headers: { origin: STRANGER } }]) {
      const answer = await hub.send(`${ENTITIES}?type=T`, request)
      expect(answer.headers['access-control-allow-origin']).to.equal('*')
      expect(answer.headers).not.to.have.property('access-control-allow-credentials')
    }
    await hub.stop()
  })

  it('says nothing of origins when none is configured', async () => {
    const hub = await startTestHub()
    const answer = await hub.send(`${ENTITIES}?type=T`, { headers: { origin: PAGE } })
    expect(corsHeaders(answer)).to.deep.equal([])
    expect(String(answer.headers.vary ?? '').toLowerCase()).not.to.include('origin')
    await hub.stop()
  })
})
