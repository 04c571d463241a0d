import { Readable } from 'node:stream'
import { expect } from 'chai'
import { request } from 'undici'
import { DEFAULT_TENANT } from '../../broker/core/model/tenant.ts'
import { EVOLUTIONS, minuteOf, values } from '../support/history.ts'
import { startTestHub, type TestAnswer, type TestHub } from '../support/hub.ts'
import { onMongo } from '../support/store-of-tests.ts'
import { until } from '../support/until.ts'

const PATH = '/hub/v1/history'
const CSV = 'text/csv'
const NDJSON = 'application/x-ndjson'

describe('Import of history: observations of the past, line by line', () => {
  let hub: TestHub
  before(async () => {
    hub = await startTestHub({ 'context.default': 'core', 'limits.bodyBytes': 2000 })
  })
  after(() => hub.stop())

  const send = (
    type: string,
    body: string | Buffer,
    headers: Record<string, string> = {},
  ): Promise<TestAnswer> =>
    hub.send(PATH, { method: 'POST', body, headers: { 'Content-Type': type, ...headers } })
  const csv = (...lines: readonly string[]) => send(CSV, lines.join('\n'))
  const ndjson = (...lines: readonly unknown[]) =>
    send(NDJSON, lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'))
  const past = async (id: string, search = '') => (await hub.send(`${EVOLUTIONS}/${id}${search}`)).body
  const kept = (answer: TestAnswer, counts: object) => {
    expect(answer.status, answer.text).to.equal(200)
    expect(answer.body).to.deep.equal({
      unchanged: 0,
      ...counts,
      rejected: { count: 0, first: [] },
    })
  }

  it('takes a wide table: a column for each attribute, an empty cell is no instance', async () => {
    const answer = await csv(
      'id,type,observedAt,pm25,no2',
      `urn:i:wide,Station,${minuteOf(1)},31,0.5`,
      `urn:i:wide,Station,${minuteOf(2)},,1e3`,
      `urn:i:wide2,Station,${minuteOf(2)},-7,`,
      `urn:i:wide2,Station,${minuteOf(3)},,`,
      '',
    )
    kept(answer, { lines: 4, instances: 4, entities: 2 })
    expect(await values(hub, 'urn:i:wide', 'pm25')).to.deep.equal([[31, minuteOf(1)]])
    expect(await values(hub, 'urn:i:wide', 'no2')).to.deep.equal([
      [0.5, minuteOf(1)],
      [1000, minuteOf(2)],
    ])
    expect(await values(hub, 'urn:i:wide2', 'pm25')).to.deep.equal([[-7, minuteOf(2)]])
    expect((await hub.send('/ngsi-ld/v1/entities/urn:i:wide')).status).to.equal(404)
  })

  it('takes a long table, with units and datasets, quotes, and lines inside of them', async () => {
    const answer = await csv(
      '\ufeffid,type,attribute,observedAt,value,unitCode,datasetId\r',
      `urn:i:long,Station,pm25,${minuteOf(1)},31,GQ,\r`,
      `urn:i:long,Station,pm25,${minuteOf(1)},32,GQ,urn:d:2\r`,
      `"urn:i:long","Station","note",${minuteOf(2)},"says ""yes"",\r`,
      'and more",,\r',
      `urn:i:long,Station,open,${minuteOf(3)},true,,\r`,
      `urn:i:long,Station,code,${minuteOf(3)},007,,\r`,
    )
    kept(answer, { lines: 5, instances: 5, entities: 1 })
    const { pm25, note, open, code } = await past('urn:i:long')
    expect(
      pm25.map(({ value, unitCode, datasetId }: Record<string, unknown>) => [value, unitCode, datasetId]),
    ).to.deep.equal([
      [31, 'GQ', undefined],
      [32, 'GQ', 'urn:d:2'],
    ])
    expect(note[0].value).to.equal('says "yes",\r\nand more')
    expect(open[0].value).to.equal(true)
    expect(code[0].value).to.equal('007')
  })

  it('reads cells as JSON where they are, as an export writes them', async () => {
    const cells = [
      '"7"',
      '"=1+1"',
      '{"a":[1]}',
      '[1,2]',
      'null and void',
      '{"type":"Point","coordinates":[105,21]}',
    ]
    const rows = cells.map(
      (cell, at) => `urn:i:json,"[""A"",""B""]",v,${minuteOf(at)},"${cell.replaceAll('"', '""')}","""-X"""`,
    )
    kept(await csv('id,type,attribute,observedAt,value,unitCode', ...rows.slice(0, 5)), {
      lines: 5,
      instances: 5,
      entities: 1,
    })
    const { v, type } = await past('urn:i:json')
    expect(v.map(({ value }: { value: unknown }) => value)).to.deep.equal([
      '7',
      '=1+1',
      { a: [1] },
      [1, 2],
      'null and void',
    ])
    expect(v[0].unitCode).to.equal('-X')
    expect(type).to.have.members(['A', 'B'])
    const place = await csv(
      'id,type,observedAt,location',
      `urn:i:place,A,${minuteOf(1)},"${cells[5]?.replaceAll('"', '""')}"`,
    )
    expect(place.status, place.text).to.equal(200)
    expect((await past('urn:i:place')).location[0].type).to.equal('GeoProperty')
  })

  for (const [name, type] of [
    ['CSV', CSV],
    ['NDJSON', NDJSON],
  ] as const)
    it(`takes what an export writes as ${name}`, async () => {
      const lines = ['id,type,observedAt,a,b,unitCode', '', '', '', '']
      for (let at = 1; at < 5; at++)
        lines[at] = `urn:i:out:${at % 2},Out${name},${minuteOf(at)},${at / 3},"x, ""${at}""",GQ`
      expect((await csv(...lines)).status).to.equal(200)
      const asked = `${EVOLUTIONS}?type=Out${name}&local=true&timerel=after&timeAt=${minuteOf(0)}&timeproperty=observedAt`
      const answer = await hub.send(`${asked}&options=sysAttrs`, { headers: { Accept: type } })
      expect(answer.status, answer.text).to.equal(200)
      kept(await send(type, answer.text), {
        lines: name === 'CSV' ? 8 : 2,
        instances: 8,
        entities: 2,
        unchanged: 8,
      })
      const headers = { 'NGSILD-Tenant': `copy-${name.toLowerCase()}` }
      expect((await send(type, answer.text, headers)).status).to.equal(200)
      expect((await hub.send(asked, { headers: { ...headers, Accept: CSV } })).text).to.equal(
        (await hub.send(asked, { headers: { Accept: CSV } })).text,
      )
    })

  it('takes lines of JSON: short, concise, normalized, with any number of instances', async () => {
    const observedAt = minuteOf(5)
    const answer = await ndjson(
      { id: 'urn:i:lines', type: 'Station', observedAt, pm25: 31, noise: { value: 60, unitCode: '2N' } },
      '',
      {
        id: 'urn:i:lines',
        type: ['Station', 'Device'],
        scope: '/a',
        observedAt,
        level: [
          { type: 'Property', value: 1, observedAt: minuteOf(1) },
          { type: 'Property', value: 2, deep: 5 },
        ],
        location: { type: 'Point', coordinates: [105.8, 21.6] },
      },
    )
    kept(answer, { lines: 2, instances: 5, entities: 1 })
    const { noise, level, location, type, scope } = await past('urn:i:lines')
    expect(noise[0]).to.deep.include({ value: 60, unitCode: '2N', observedAt })
    expect(level.map((one: { observedAt: string }) => one.observedAt)).to.deep.equal([
      minuteOf(1),
      observedAt,
    ])
    expect(level[1].deep).to.deep.include({ value: 5 })
    expect(location[0].type).to.equal('GeoProperty')
    expect(type).to.have.members(['Station', 'Device'])
    expect(scope).to.equal('/a')
  })

  it('changes nothing with what is there already, and says so', async () => {
    const lines = [
      'id,type,observedAt,a,b',
      `urn:i:again,T,${minuteOf(1)},1,x`,
      `urn:i:again,T,${minuteOf(2)},2,y`,
    ]
    kept(await csv(...lines), { lines: 2, instances: 4, entities: 1 })
    const before = await past('urn:i:again', '?options=sysAttrs')
    const end = await hub.running.store.logEnd(DEFAULT_TENANT)
    kept(await csv(...lines), { lines: 2, instances: 4, entities: 1, unchanged: 4 })
    expect(await past('urn:i:again', '?options=sysAttrs')).to.deep.equal(before)
    expect(await hub.running.store.logEnd(DEFAULT_TENANT)).to.equal(end)
    const changed = [lines[0] ?? '', `urn:i:again,T,${minuteOf(2)},2,z`]
    kept(await csv(...changed), { lines: 1, instances: 2, entities: 1, unchanged: 1 })
    expect(await values(hub, 'urn:i:again', 'b')).to.deep.equal([
      ['x', minuteOf(1)],
      ['z', minuteOf(2)],
    ])
  })

  it('keeps the last of several in one place', async () => {
    const at = minuteOf(1)
    const body = [
      'id,type,observedAt,a',
      `urn:i:twice,T,${at},1`,
      `urn:i:twice,T,${at},2`,
      `urn:i:twice,T,${at},2`,
    ]
    kept(await csv(...body), { lines: 3, instances: 3, entities: 1, unchanged: 1 })
    expect(await values(hub, 'urn:i:twice', 'a')).to.deep.equal([[2, at]])
  })

  it('reads names with the @context of the Link header', async () => {
    const context = { '@context': { dust: 'https://example.org/dust', Post: 'https://example.org/Post' } }
    const { headers } = await hub.send('/ngsi-ld/v1/jsonldContexts', { method: 'POST', body: context })
    const url = new URL(String(headers.location), hub.url).href
    const Link = `<${url}>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"`
    const answer = await send(CSV, `id,type,observedAt,dust\nurn:i:link,Post,${minuteOf(1)},3\n`, { Link })
    expect(answer.status, answer.text).to.equal(200)
    const body = await past('urn:i:link')
    expect(body.type).to.equal('https://example.org/Post')
    expect(body['https://example.org/dust']).to.have.length(1)
  })

  it('creates the tenant that it names', async () => {
    const headers = { 'NGSILD-Tenant': 'imported' }
    const answer = await send(CSV, `id,type,observedAt,a\nurn:i:tenant,T,${minuteOf(1)},3\n`, headers)
    expect(answer.status, answer.text).to.equal(200)
    expect((await hub.send(`${EVOLUTIONS}/urn:i:tenant`, { headers })).status).to.equal(200)
    expect((await hub.send(`${EVOLUTIONS}/urn:i:tenant`)).status).to.equal(404)
  })

  it('takes a body of any length and its lines of the length that a body may have', async () => {
    const at = (second: number) => new Date(Date.UTC(2020, 0, 1) + second * 1000).toISOString()
    // of the same length in fewer lines, where a server without indexes looks through all that there are
    const [length, padding] = onMongo ? [3000, 'x'.repeat(450)] : [30_000, '']
    const lines = Array.from(
      { length },
      (_, line) => `urn:i:large:${line % 3},T,${at(line)},${padding}${line % 50}`,
    )
    kept(await csv('id,type,observedAt,a', ...lines), { lines: length, instances: length, entities: 3 })
    const { body } = await hub.send(
      `${EVOLUTIONS}/urn:i:large:1?format=aggregatedValues&aggrMethods=totalCount&timerel=after&timeAt=2020-01-01T00:00:00Z`,
    )
    expect(body.a.totalCount[0][0]).to.equal(length / 3)
  })

  const good = { id: 'urn:i:bad', type: 'T', observedAt: minuteOf(9) }
  const badLines: readonly (readonly [string, unknown, RegExp])[] = [
    ['no JSON', '{"id":', /^Line is not valid JSON/],
    ['no object', '[1]', /^Line is not a JSON object$/],
    ['its own @context', { ...good, '@context': 'https://example.org', a: 1 }, /@context/],
    ['no id', { type: 'T', observedAt: good.observedAt, a: 1 }, /^Entity has no id$/],
    ['no type', { id: 'urn:i:bad', observedAt: good.observedAt, a: 1 }, /^Entity has no type$/],
    ['an id that is no URI', { ...good, id: 'station 1', a: 1 }, /not a URI/],
    ['no time', { id: 'urn:i:bad', type: 'T', a: 1 }, /has no observedAt$/],
    [
      'a time that is none',
      { ...good, observedAt: '1 May', a: 1 },
      /^Line has an observedAt that is not a DateTime/,
    ],
    ['a name that is none', { ...good, 'a b': 1 }, /has a name that is not/],
    ['a reserved name', { ...good, unitCode: 'GQ' }, /reserves/],
    ['null', { ...good, a: null }, /JSON null/],
    [
      'a number that would be rounded',
      '{"id":"urn:i:bad","type":"T","a":12345678901234567890.5}',
      /more digits/,
    ],
    [
      'one attribute twice',
      { ...good, a: 1, 'https://uri.etsi.org/ngsi-ld/default-context/a': 2 },
      /is there twice/,
    ],
    ['too many bytes', { ...good, a: 'x'.repeat(3000) }, /^Line is larger than the 2000 bytes/],
    [
      'too many bytes for any piece',
      { ...good, a: 'x'.repeat(300_000) },
      /^Line is larger than the 2000 bytes/,
    ],
    ['bytes that are no text', Buffer.from([0x22, 0xff, 0x22]), /^Line is not valid UTF-8$/],
  ]
  for (const [what, line, reason] of badLines)
    it(`keeps the lines around one with ${what}`, async () => {
      const id = `urn:i:around:${what.replaceAll(' ', '-')}`
      const whole = (minute: number) =>
        JSON.stringify({ id, type: 'T', observedAt: minuteOf(minute), a: minute })
      const bad = Buffer.isBuffer(line)
        ? line
        : Buffer.from(typeof line === 'string' ? line : JSON.stringify(line))
      const body = Buffer.concat([Buffer.from(`${whole(1)}\n`), bad, Buffer.from(`\n${whole(2)}`)])
      const answer = await send(NDJSON, body)
      expect(answer.status, answer.text).to.equal(207)
      const { rejected, ...counts } = answer.body
      expect(counts).to.deep.equal({ lines: 3, instances: 2, entities: 1, unchanged: 0 })
      expect(rejected.count).to.equal(1)
      expect(rejected.first[0].line).to.equal(2)
      expect(rejected.first[0].detail).to.match(reason)
      expect(await values(hub, id, 'a')).to.deep.equal([
        [1, minuteOf(1)],
        [2, minuteOf(2)],
      ])
      expect((await hub.send(`${EVOLUTIONS}/urn:i:bad`)).status).to.equal(404)
    })

  const badRecords: readonly (readonly [string, string, RegExp])[] = [
    ['too few cells', 'urn:i:bad,T', /^Line has 2 cells where the header has 4$/],
    ['too many cells', `urn:i:bad,T,${minuteOf(1)},1,2`, /^Line has 5 cells/],
    ['no time', 'urn:i:bad,T,,1', /has no observedAt$/],
    ['no id', `,T,${minuteOf(1)},1`, /id that is not a URI/],
    ['no type', `urn:i:bad,,${minuteOf(1)},1`, /type that is not a name/],
    ['a number that would be rounded', `urn:i:bad,T,${minuteOf(1)},0.12345678901234567891`, /more digits/],
    ['a quote in the middle', `urn:i:bad,T,${minuteOf(1)},5" pipe`, /has a quote in a cell/],
    ['text behind a quote', `urn:i:bad,T,${minuteOf(1)},"5"x`, /goes on behind the quote/],
  ]
  for (const [what, record, reason] of badRecords)
    it(`keeps the records around one with ${what}`, async () => {
      const id = `urn:i:records:${what.replaceAll(' ', '-')}`
      const lines = ['id,type,observedAt,a', `${id},T,${minuteOf(1)},1`, record, `${id},T,${minuteOf(2)},2`]
      const answer = await csv(...lines)
      expect(answer.status, answer.text).to.equal(207)
      expect(answer.body).to.include({ lines: 3, instances: 2 })
      expect(answer.body.rejected.first[0].line).to.equal(3)
      expect(answer.body.rejected.first[0].detail).to.match(reason)
      expect(await values(hub, id, 'a')).to.have.length(2)
    })

  it('shows a hundred of the rejected lines, and counts all', async () => {
    const answer = await ndjson(...Array.from({ length: 250 }, () => '?'))
    expect(answer.body.rejected.count).to.equal(250)
    expect(answer.body.rejected.first).to.have.length(100)
    expect(answer.body.rejected.first[99].line).to.equal(100)
  })

  it('ends a quoted cell that does not, with the lines that it swallowed', async () => {
    const body = ['id,type,observedAt,a', `urn:i:open,T,${minuteOf(1)},"1`, `urn:i:open,T,${minuteOf(2)},2`]
    const answer = await csv(...body)
    expect(answer.body).to.deep.include({ lines: 1, instances: 0 })
    expect(answer.body.rejected.first).to.deep.equal([
      { line: 2, detail: 'Line has a quoted cell without an end' },
    ])
  })

  const refusals: readonly (readonly [string, string, string, number, RegExp?])[] = [
    ['another media type', 'application/json', '{}', 415],
    ['no header line', CSV, '', 400, /no header line/],
    ['a header without id', CSV, 'type,observedAt,a', 400, /no column id/],
    ['a header without time', CSV, 'id,type,a', 400, /no column observedAt/],
    ['a column twice', CSV, 'id,type,observedAt,a,a', 400, /column "a" twice/],
    ['no attribute', CSV, 'id,type,observedAt', 400, /names no attribute/],
    ['a column of no attribute', CSV, 'id,type,observedAt,scope', 400, /scope/],
    ['a name that is none', CSV, 'id,type,observedAt,a b', 400, /has a name that is not/],
    ['a column of the hub', CSV, 'id,type,observedAt,createdAt', 400, /names no attribute/],
    ['columns of both forms', CSV, 'id,type,observedAt,attribute,value,a', 400, /beside attribute and value/],
    [
      'two names of one attribute',
      CSV,
      'id,type,observedAt,a,https://uri.etsi.org/ngsi-ld/default-context/a',
      400,
      /is there twice/,
    ],
  ]
  for (const [what, type, body, status, reason] of refusals)
    it(`refuses a body with ${what}`, async () => {
      const answer = await send(type, body)
      expect(answer.status, answer.text).to.equal(status)
      if (reason) expect(answer.body.detail).to.match(reason)
    })

  it('refuses a content coding, parameters and a snapshot', async () => {
    expect((await send(CSV, 'x', { 'Content-Encoding': 'gzip' })).status).to.equal(415)
    expect((await hub.send(`${PATH}?local=true`, { method: 'POST', body: 'x' })).status).to.equal(400)
    expect((await send(CSV, 'x', { 'NGSILD-Snapshot': 'urn:s:1' })).status).to.equal(422)
  })

  it('runs so many at the same time', async () => {
    const one = await startTestHub({ 'limits.imports': 1 })
    try {
      let end = (): void => {}
      const ended = new Promise<void>((resolve) => {
        end = resolve
      })
      async function* body() {
        yield 'id,type,observedAt,a\n'
        await ended
      }
      const options = { method: 'POST', headers: { 'content-type': CSV } } as const
      const first = request(one.url + PATH, { ...options, body: Readable.from(body()) })
      const second = () => request(one.url + PATH, { ...options, body: 'id,type,observedAt,a\n' })
      await until('a second one that is refused', async () => (await second()).statusCode === 429)
      end()
      expect((await first).statusCode).to.equal(200)
      expect((await second()).statusCode).to.equal(200)
    } finally {
      await one.stop()
    }
  })

  it('keeps what was committed when the body breaks off, and goes on', async () => {
    const line = (second: number) =>
      `{"id":"urn:i:broken","type":"T","observedAt":"${new Date(second * 1000).toISOString()}","a":${second}}\n`
    async function* body() {
      for (let second = 0; second < 20_000; second++) yield line(second)
      throw new Error('gone')
    }
    const options = {
      method: 'POST',
      headers: { 'content-type': NDJSON },
      body: Readable.from(body()),
    } as const
    await request(hub.url + PATH, options).then(
      () => expect.fail('was answered'),
      () => {},
    )
    const all = await ndjson(...Array.from({ length: 20_000 }, (_, second) => line(second).trim()))
    expect(all.status, all.text).to.equal(200)
    expect(all.body).to.include({ lines: 20_000, instances: 20_000 })
    expect(all.body.unchanged).to.be.greaterThan(0)
  })
})
