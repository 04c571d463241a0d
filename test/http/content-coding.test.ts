import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { expect } from 'chai'
import { request } from 'undici'
import { startTestHub, type TestHub } from '../support/hub.ts'

const ENTITIES = '/ngsi-ld/v1/entities'
const MANY = `${ENTITIES}?type=Room&limit=50`
const TEXT = 'Phường Phan Đình Phùng, thành phố Thái Nguyên. '.repeat(80)

const DECODE: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  gzip: gunzipSync,
  br: brotliDecompressSync,
}

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly bytes: Buffer
  readonly text: string
}

describe('Content codings of answers (RFC 9110, 8.4 and 12.5.3)', () => {
  let hub: TestHub
  before(async () => {
    hub = await startTestHub({ 'context.default': 'core' })
    const body = Array.from({ length: 50 }, (_, at) => ({
      id: `urn:z:${at}`,
      type: 'Room',
      a: at,
      ...(at === 0 && { text: TEXT }),
    }))
    const { status } = await hub.send('/ngsi-ld/v1/entityOperations/create', { method: 'POST', body })
    expect(status).to.equal(201)
  })
  after(() => hub.stop())

  async function get(
    path: string,
    coding?: string,
    { method = 'GET', ...headers }: Readonly<Record<string, string>> = {},
    to = hub,
  ): Promise<Answer> {
    const answer = await request(`${to.url}${path}`, {
      method: method as 'GET' | 'HEAD',
      headers: { ...headers, ...(coding !== undefined && { 'accept-encoding': coding }) },
    })
    const bytes = Buffer.from(await answer.body.arrayBuffer())
    const decode = DECODE[String(answer.headers['content-encoding'])]
    return {
      status: answer.statusCode,
      headers: answer.headers,
      bytes,
      text: String(bytes.length > 0 && decode ? decode(bytes) : bytes),
    }
  }
  const varies = ({ headers }: Answer) => String(headers.vary).split(', ').includes('Accept-Encoding')

  for (const [accept, coding] of [
    ['gzip', 'gzip'],
    ['br', 'br'],
    ['gzip;q=0.5, br;q=0.9', 'br'],
    ['gzip, deflate, br', 'gzip'],
    ['br;q=0, gzip;q=0.1, identity;q=0.05', 'gzip'],
    ['*', 'br'],
    [undefined, undefined],
    ['', undefined],
    ['identity', undefined],
    ['deflate', undefined],
    ['gzip;q=0', undefined],
    ['gzip;q=0.1, identity', undefined],
    ['*;q=0', undefined],
  ] as const) {
    it(`answers ${coding ?? 'plainly'} to Accept-Encoding: ${accept ?? '(none)'}, with the same content`, async () => {
      const plain = await get(MANY)
      for (let again = 0; again < 2; again++) {
        const answer = await get(MANY, accept)
        expect(answer.status).to.equal(200)
        expect(answer.headers['content-encoding']).to.equal(coding)
        expect(answer.text).to.equal(plain.text)
        expect(Number(answer.headers['content-length'])).to.equal(answer.bytes.length)
        expect(varies(answer)).to.equal(true)
        if (coding) expect(answer.bytes.length).to.be.lessThan(plain.bytes.length / 3)
      }
    })
  }

  it('leaves small answers, problems and empty ones as they are', async () => {
    for (const path of [
      `${ENTITIES}/urn:z:1`,
      `${ENTITIES}/urn:z:none`,
      `${ENTITIES}?type=None`,
      '/health/live',
    ]) {
      const answer = await get(path, 'gzip, br')
      expect([path, answer.headers['content-encoding']]).to.deep.equal([path, undefined])
      expect(varies(answer)).to.equal(true)
      expect(() => JSON.parse(answer.text)).not.to.throw()
    }
  })

  it('compresses pages and documents too', async () => {
    for (const path of ['/openapi.json', '/docs', '/ontology/v1/context.jsonld', '/metrics']) {
      const answer = await get(path, 'gzip')
      expect([path, answer.headers['content-encoding']]).to.deep.equal([path, 'gzip'])
      expect(answer.text.length).to.be.greaterThan(answer.bytes.length)
    }
  })

  it('answers HEAD with the headers of GET', async () => {
    const [head, plain] = [await get(MANY, 'gzip', { method: 'HEAD' }), await get(MANY, 'gzip')]
    expect(head.bytes).to.have.length(0)
    for (const name of ['content-encoding', 'content-length', 'content-type', 'vary'])
      expect([name, head.headers[name]]).to.deep.equal([name, plain.headers[name]])
  })

  it('gives each coding a strong tag of its own; all of them name one state', async () => {
    const path = `${ENTITIES}/urn:z:0`
    const tags = await Promise.all(
      [undefined, 'gzip', 'br'].map(async (coding) => String((await get(path, coding)).headers.etag)),
    )
    expect(new Set(tags)).to.have.property('size', 3)
    for (const tag of tags) {
      expect(tag).to.match(/^"[^"]+"$/)
      const known = await get(path, 'gzip', { 'if-none-match': tag })
      expect([known.status, known.bytes.length, known.headers.etag]).to.deep.equal([304, 0, tag])
    }
    const fresh = String((await get(path, 'br')).headers.etag)
    const write = { method: 'PATCH', body: { a: { value: 5 } }, headers: { 'if-match': fresh } } as const
    expect((await hub.send(path, write)).status).to.equal(204)
  })

  it('compresses exports piece by piece', async () => {
    for (const coding of ['gzip', 'br']) {
      const answer = await get(`${ENTITIES}?type=Room`, coding, { accept: 'application/x-ndjson' })
      expect([answer.status, answer.headers['content-encoding']]).to.deep.equal([200, coding])
      expect(answer.text.trimEnd().split('\n')).to.have.length(50)
    }
  })

  it('is refused a broken export as such, without a coding', async () => {
    const answer = await get(`${ENTITIES}?type=Room&q=a==`, 'gzip', { accept: 'application/x-ndjson' })
    expect(answer.status).to.equal(400)
    expect(answer.headers).not.to.have.property('content-encoding')
  })

  it('can be switched off', async () => {
    const plain = await startTestHub({ compressBytes: 0 })
    for (const path of ['/openapi.json', `${ENTITIES}?type=Room`]) {
      const answer = await get(path, 'gzip', {}, plain)
      expect(answer.headers).not.to.have.property('content-encoding')
      expect(varies(answer)).to.equal(false)
    }
    await plain.stop()
  })
})
