import { expect } from 'chai'
import fc from 'fast-check'
import {
  CSV,
  cellValue,
  csvOf,
  exported,
  fragmentsOf,
  instancesOf,
  LINES,
  PARQUET,
  parquetOf,
} from '../support/exported-history.ts'
import { at, between, EVOLUTIONS, minuteOf, provide } from '../support/history.ts'
import { startTestHub, type TestHub } from '../support/hub.ts'
import { onMongo } from '../support/store-of-tests.ts'

const QUERY = '/ngsi-ld/v1/temporal/entityOperations/query'
const TYPES = [LINES, CSV, PARQUET]
const ALL = between(0, 59)
const MANY = 2500

describe('Export of history: temporal queries as lines, CSV and Parquet', () => {
  let hub: TestHub
  before(async () => {
    hub = await startTestHub({ 'context.default': 'core' })
    await provide(hub, {
      id: 'urn:t:a',
      type: ['Thing', 'Other'],
      level: [
        at(1, 0.1, { unitCode: 'GQ' }),
        at(2, -3.5e-300, { datasetId: 'urn:d:1' }),
        at(3, Number.MAX_SAFE_INTEGER),
      ],
      note: [
        at(1, 'a, "b"\nc'),
        at(2, '=1+1'),
        at(3, '007'),
        at(4, '7'),
        at(5, 'true'),
        at(6, ''),
        at(7, '@x'),
      ],
      on: [at(1, true)],
      shape: [at(1, { w: [1, 2] })],
      near: [{ type: 'Relationship', object: 'urn:t:b', observedAt: minuteOf(1) }],
      name: [{ type: 'LanguageProperty', languageMap: { vi: 'Hồ', en: 'Lake' }, observedAt: minuteOf(1) }],
    })
    await provide(hub, {
      id: 'urn:t:b',
      type: 'Thing',
      level: [at(2, 50, { observedAt: '2026-01-01T00:02:00.000123Z' })],
    })
    await provide(hub, {
      id: 'urn:t:many',
      type: 'Many',
      level: Array.from({ length: MANY }, (_, index) => at(0, index, { observedAt: instant(index) })),
    })
  })
  after(() => hub.stop())

  const imported = async (body: string, type: string) => {
    const headers = { 'Content-Type': type }
    const { status, text } = await hub.send('/hub/v1/history', { method: 'POST', body, headers })
    expect(status, text).to.equal(200)
  }
  const withoutIds = (told: readonly object[]) =>
    instancesOf(told).map((text) => text.replace(':copy', '').replace(/,"instanceId":"[^"]+"/, ''))
  const instant = (index: number) => new Date(Date.UTC(2026, 0, 1) + index * 1000).toISOString()
  const things = `${EVOLUTIONS}?type=Thing&${ALL}`

  describe('NDJSON', () => {
    it('has fragments of each entity, which provide the same history again', async () => {
      const fragments = await fragmentsOf(hub, things)
      expect(fragments.map(({ id }) => id)).to.deep.equal(['urn:t:a', 'urn:t:b'])
      const body = fragments
        .map(({ id, ...others }) => JSON.stringify({ ...others, id: `${id}:copy`, type: 'Copy' }))
        .join('\n')
      await imported(body, LINES)
      const again = await fragmentsOf(hub, `${EVOLUTIONS}?type=Copy&${ALL}`)
      expect(withoutIds(again)).to.deep.equal(withoutIds(fragments))
    })

    it('has at most 1000 instances of an attribute in each, and all of them once', async () => {
      const fragments = await fragmentsOf(hub, `${EVOLUTIONS}/urn:t:many`)
      const values = fragments.map(({ level }) => level.map(({ value }: { value: number }) => value))
      expect(Math.max(...values.map(({ length }) => length))).to.be.at.most(1000)
      expect(values.flat()).to.deep.equal(Array.from({ length: MANY }, (_, index) => index))
      expect(fragments.every(({ id, type }) => id === 'urn:t:many' && type === 'Many')).to.equal(true)
    })

    it('writes as format and options say', async () => {
      const [concise] = await fragmentsOf(hub, `${things}&id=urn:t:b&format=concise&options=sysAttrs`)
      expect(concise.level[0]).to.include.keys('value', 'observedAt', 'createdAt', 'modifiedAt', 'instanceId')
      expect(concise.level[0]).to.not.have.property('type')
      const [pairs] = await fragmentsOf(hub, `${things}&id=urn:t:b&format=temporalValues&pick=level`)
      expect(pairs).to.deep.equal({
        level: { type: 'Property', values: [[50, '2026-01-01T00:02:00.000123Z']] },
      })
    })

    it('is what all pages together have, also where these go on in time', async () => {
      const told: unknown[] = []
      let from = minuteOf(0)
      for (let page = 0; page < 9; page++) {
        const { status, headers, body } = await hub.send(
          `${EVOLUTIONS}?type=Many&timerel=after&timeAt=${from}`,
        )
        told.push(...body)
        if (status === 200) break
        from = /-(20\d\d-\d\d-\d\dT[\d:.]+Z)\//.exec(String(headers['content-range']))?.[1] ?? ''
      }
      const pages = [...new Set(instancesOf(told))]
      expect(pages).to.have.length(MANY)
      const all = await fragmentsOf(hub, `${EVOLUTIONS}?type=Many&timerel=after&timeAt=${minuteOf(0)}`)
      expect(instancesOf(all)).to.deep.equal(pages)
    })
  })

  describe('CSV', () => {
    it('has a row for each instance, and reads back as what was written', async () => {
      const { text } = await exported(hub, `${things}&id=urn:t:a&attrs=level,near,on`, CSV)
      expect(text.split('\r\n')).to.have.members([
        'id,type,attribute,datasetId,observedAt,value,unitCode',
        `urn:t:a,"[""Thing"",""Other""]",level,,${minuteOf(1)},0.1,GQ`,
        `urn:t:a,"[""Thing"",""Other""]",level,urn:d:1,${minuteOf(2)},-3.5e-300,`,
        `urn:t:a,"[""Thing"",""Other""]",level,,${minuteOf(3)},9007199254740991,`,
        `urn:t:a,"[""Thing"",""Other""]",near,,${minuteOf(1)},urn:t:b,`,
        `urn:t:a,"[""Thing"",""Other""]",on,,${minuteOf(1)},true,`,
        '',
      ])
    })

    it('writes what would be taken for something else as JSON, and nothing is lost', async () => {
      const rows = await csvOf(hub, `${things}&attrs=note,shape,name`)
      const notes = rows.filter(({ attribute }) => attribute === 'note').map(({ value = '' }) => value)
      expect(notes).to.deep.equal(['"a, \\"b\\"\\nc"', '"=1+1"', '007', '"7"', '"true"', '""', '"@x"'])
      expect(notes.map(cellValue)).to.deep.equal(['a, "b"\nc', '=1+1', '007', '7', 'true', '', '@x'])
      const cells = Object.fromEntries(rows.map(({ attribute = '', value = '' }) => [attribute, value]))
      expect([cells.shape, cells.name]).to.deep.equal(['{"w":[1,2]}', '{"vi":"Hồ","en":"Lake"}'])
      const spoken = await csvOf(hub, `${things}&attrs=name&lang=vi`)
      expect(spoken.map(({ value }) => value)).to.deep.equal(['Hồ'])
    })

    it('can be imported: the same instances, with the columns of the system or without', async () => {
      const names = 'level,note,on,shape'
      const { text } = await exported(hub, `${things}&attrs=${names}&options=sysAttrs`, CSV)
      await imported(text.replaceAll(/^(urn:t:[ab]),/gm, '$1:again,').replaceAll('Thing', 'Copied'), CSV)
      const again = `${EVOLUTIONS}?local=true&id=urn:t:a:again,urn:t:b:again&${ALL}`
      expect(
        withoutIds(await fragmentsOf(hub, again)).map((told) => told.replace(':again', '')),
      ).to.deep.equal(withoutIds(await fragmentsOf(hub, `${things}&attrs=${names}&id=urn:t:a,urn:t:b`)))
      const [first] = await fragmentsOf(hub, again)
      expect(first.type).to.deep.equal(['Copied', 'Other'])
    })

    it('has the columns of the system with sysAttrs, and the time that is asked by always', async () => {
      const first = async (search: string) => {
        const { text } = await exported(hub, `${EVOLUTIONS}/urn:t:b?${search}`, CSV)
        return text.split('\r\n', 1)[0]
      }
      const names = 'id,type,attribute,datasetId,observedAt,value,unitCode'
      expect(await first('options=sysAttrs')).to.equal(`${names},createdAt,modifiedAt,instanceId,deletedAt`)
      expect(await first('')).to.equal(names)
      const since = `timerel=after&timeAt=${minuteOf(0)}`
      expect(await first(`${since}&timeproperty=modifiedAt`)).to.equal(`${names},modifiedAt`)
      const [row] = await csvOf(hub, `${EVOLUTIONS}/urn:t:b?options=sysAttrs`)
      expect(row?.createdAt).to.match(/^20\d\d-/)
      expect(row?.instanceId).to.match(/^urn:ngsi-ld:Instance:/)
      expect(row?.deletedAt).to.equal('')
    })

    it('has names alone where nothing matches', async () => {
      const none = await exported(hub, `${EVOLUTIONS}?type=None&${ALL}`, CSV)
      expect(none.text).to.equal('id,type,attribute,datasetId,observedAt,value,unitCode\r\n')
    })
  })

  describe('Parquet', () => {
    it('has typed columns, exact in every instant and number', async () => {
      const { metadata, rows } = await parquetOf(hub, things)
      expect(
        metadata.schema
          .slice(1)
          .map(({ name }) => name)
          .join(),
      ).to.equal(
        'id,type,attribute,datasetId,observedAt,kind,value_number,value_string,value_boolean,value_json,unitCode',
      )
      const time = metadata.schema.find(({ name }) => name === 'observedAt')
      expect(time?.logical_type).to.deep.equal({ type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' })
      const numbers = rows.filter(({ attribute }) => attribute === 'level')
      expect(numbers.map(({ value_number: value }) => value)).to.deep.equal([
        0.1,
        -3.5e-300,
        Number.MAX_SAFE_INTEGER,
        50,
      ])
      expect(numbers[3]?.observedAt).to.equal(Date.UTC(2026, 0, 1, 0, 2) * 1000 + 123)
      expect(numbers[0]).to.include({ unitCode: 'GQ', kind: 'Property', type: '["Thing","Other"]' })
      const values = (name: string) =>
        rows
          .filter(({ attribute }) => attribute === name)
          .map(({ value_string: text, value_boolean: flag, value_json: json }) => [text, flag, json])
      expect(values('note').map(([text]) => text)).to.deep.equal([
        ...['a, "b"\nc', '=1+1', '007', '7', 'true', '', '@x'],
      ])
      expect(values('on')).to.deep.equal([[null, true, null]])
      expect(values('shape')).to.deep.equal([[null, null, '{"w":[1,2]}']])
      expect(values('near')).to.deep.equal([['urn:t:b', null, null]])
    })

    it('is a file also where nothing matches', async () => {
      const { metadata, rows } = await parquetOf(hub, `${EVOLUTIONS}?type=None&${ALL}&options=sysAttrs`)
      expect(rows).to.deep.equal([])
      expect(metadata.schema.map(({ name }) => name)).to.include('deletedAt')
    })
  })

  it('aggregates, as lines and as tables', async () => {
    const search = `type=Thing&attrs=level&${ALL}&format=aggregatedValues&aggrMethods=max,totalCount&aggrPeriodDuration=PT2M`
    const { body } = await hub.send(`${EVOLUTIONS}?${search}`)
    expect(await fragmentsOf(hub, `${EVOLUTIONS}?${search}`)).to.deep.equal(body)
    const rows = await csvOf(hub, `${EVOLUTIONS}?${search}`)
    expect(Object.keys(rows[0] ?? {}).join()).to.equal('id,type,attribute,datasetId,method,value,from,to')
    const told = (dataset: string, method: string) =>
      rows.filter((row) => row.id === 'urn:t:a' && row.datasetId === dataset && row.method === method)
    expect(told('', 'max').map(({ value, from }) => [Number(value), from])).to.deep.equal([
      [0.1, minuteOf(0)],
      [Number.MAX_SAFE_INTEGER, minuteOf(2)],
    ])
    expect(told('urn:d:1', 'totalCount').map(({ value, to }) => [value, to])).to.deep.equal([
      ['1', minuteOf(4)],
    ])
    const table = await parquetOf(hub, `${EVOLUTIONS}?${search}`)
    expect(table.rows).to.have.length(rows.length)
    expect(table.rows[0]).to.include.keys('method', 'value_number', 'from', 'to')
  })

  it('leaves out what no method applies to', async () => {
    const search = `type=Thing&${ALL}&format=aggregatedValues&aggrMethods=sum`
    const names = (await csvOf(hub, `${EVOLUTIONS}?${search}`)).map(({ attribute }) => attribute)
    expect(new Set(names)).to.deep.equal(new Set(['level', 'on']))
  })

  it('tells of the newest alone, newest first', async () => {
    for (const [search, found] of [
      ['id=urn:t:many&lastN=3', [2499, 2498, 2497]],
      ['id=urn:t:many&lastN=1001', Array.from({ length: 1001 }, (_, index) => MANY - 1 - index)],
      ['id=urn:t:many&lastN=2&timeproperty=modifiedAt', undefined],
    ] as const) {
      const fragments = await fragmentsOf(
        hub,
        `${EVOLUTIONS}?local=true&timerel=after&timeAt=${minuteOf(0)}&${search}`,
      )
      const values = fragments.flatMap(({ level }) => level.map(({ value }: { value: number }) => value))
      if (found) expect(values, search).to.deep.equal(found)
      else expect(values).to.have.length(2)
    }
  })

  it('holds what a page holds, for random histories and every filter', async () => {
    let run = 0
    await fc.assert(
      fc.asyncProperty(fc.array(entities, { minLength: 1, maxLength: 4 }), async (all) => {
        const type = `R${run++}`
        for (const [index, attributes] of all.entries())
          await provide(hub, { id: `urn:r:${type}:${index}`, type, ...bodyOf(attributes) })
        for (const filter of FILTERS) {
          const search = `${EVOLUTIONS}?type=${type}&${filter}`
          const { status, body, text } = await hub.send(`${search}&limit=100`)
          expect(status, text).to.equal(200)
          const page = instancesOf(body)
          expect(instancesOf(await fragmentsOf(hub, search)), filter).to.deep.equal(page)
          expect(await csvOf(hub, search), filter).to.have.length(page.length)
          expect((await parquetOf(hub, search)).rows, filter).to.have.length(page.length)
        }
      }),
      { numRuns: onMongo ? 4 : 12 },
    )
  })

  it('is a query by body too', async () => {
    const body = {
      type: 'Query',
      entities: [{ type: 'Thing' }],
      pick: ['id', 'type', 'level'],
      temporalQ: { timerel: 'between', timeAt: minuteOf(0), endTimeAt: minuteOf(2) },
    }
    const { status, text } = await hub.send(QUERY, { method: 'POST', body, headers: { Accept: CSV } })
    expect(status, text).to.equal(200)
    expect(text.split('\r\n').slice(1, -1)).to.have.length(1)
  })

  it('refuses what only pages have', async () => {
    for (const accept of TYPES)
      for (const search of [
        ...[
          'limit=5',
          'offset=5',
          'count=true',
          'after=x',
          'orderBy=id',
          'entityMap=true',
          'entityMapLifetime=PT1H',
        ],
      ]) {
        const { status, headers, body } = await hub.send(`${things}&${search}`, {
          headers: { Accept: accept },
        })
        expect([status, headers['content-type']], search).to.deep.equal([400, 'application/json'])
        expect(body.type, search).to.equal('https://uri.etsi.org/ngsi-ld/errors/InvalidRequest')
      }
    const mapped = { Accept: CSV, 'NGSILD-EntityMap': 'urn:map' }
    expect((await hub.send(things, { headers: mapped })).status).to.equal(400)
    const timeless = await hub.send(`${EVOLUTIONS}?type=Thing`, { headers: { Accept: CSV } })
    expect([timeless.status, timeless.body.type]).to.deep.equal([
      400,
      'https://uri.etsi.org/ngsi-ld/errors/BadRequestData',
    ])
  })

  it('is chosen by its name alone, and named where nothing fits', async () => {
    for (const accept of ['*/*', 'text/*, */*;q=0.1', 'application/*', 'text/csv, application/json'])
      expect((await hub.send(things, { headers: { Accept: accept } })).headers['content-type']).to.equal(
        'application/json',
      )
    const refused = await hub.send(things, { headers: { Accept: 'text/html' } })
    expect(refused.status).to.equal(406)
    expect(refused.body.available).to.deep.equal(['application/json', 'application/ld+json', ...TYPES])
  })

  it('says what is not there, and answers HEAD', async () => {
    for (const accept of TYPES) {
      const headers = { Accept: accept }
      expect((await hub.send(`${EVOLUTIONS}/urn:t:none`, { headers })).status).to.equal(404)
      const empty = await hub.send(`${EVOLUTIONS}/urn:t:b?timerel=before&timeAt=${minuteOf(0)}`, { headers })
      expect([empty.status, empty.headers['content-type']]).to.deep.equal([404, 'application/json'])
      const head = await hub.send(things, { method: 'HEAD', headers })
      expect([head.status, head.text, head.headers['content-type']]).to.deep.equal([200, '', accept])
      const none = await hub.send(`${EVOLUTIONS}/urn:t:none`, { method: 'HEAD', headers })
      expect(none.status).to.equal(404)
    }
  })

  it('is compressed for those who accept it, unless it is packed already', async () => {
    const coding = async (accept: string) =>
      (await hub.send(things, { headers: { Accept: accept, 'Accept-Encoding': 'gzip' } })).headers[
        'content-encoding'
      ]
    expect([await coding(CSV), await coding(PARQUET)]).to.deep.equal(['gzip', undefined])
  })
})

/** What a random entity has of each attribute. */
const value = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer({ min: -9, max: 9 }),
  fc.constantFrom('text', '=x', '', 'true', '12'),
  fc.boolean(),
)
const instance = fc.record(
  {
    minute: fc.nat({ max: 58 }),
    attribute: fc.constantFrom('level', 'other', 'third'),
    value,
    datasetId: fc.constantFrom('urn:d:1', 'urn:d:2'),
    unitCode: fc.constantFrom('GQ', '59'),
  },
  { requiredKeys: ['minute', 'attribute', 'value'] },
)
const entities = fc.record({
  instances: fc.array(instance, { maxLength: 90 }),
  scopes: fc.array(fc.record({ minute: fc.nat({ max: 58 }), scope: fc.constantFrom('/a', '/b') }), {
    maxLength: 3,
  }),
  place: fc.array(fc.record({ minute: fc.nat({ max: 58 }), x: fc.constantFrom(105, 0) }), { maxLength: 2 }),
})

type RandomEntity = typeof entities extends fc.Arbitrary<infer Made> ? Made : never

/** Of one attribute, dataset and minute there is one instance. */
function bodyOf({ instances, scopes, place }: RandomEntity): object {
  const body: Record<string, Map<string, object>> = { third: new Map([['', at(59, 0)]]) }
  const add = (name: string, key: string, told: object) => {
    body[name] ??= new Map()
    body[name].set(key, told)
  }
  for (const { attribute, minute, value: told, ...members } of instances)
    add(attribute, `${minute} ${members.datasetId}`, at(minute, told, members))
  for (const { minute, scope } of scopes) add('scope', `${minute}`, at(minute, scope))
  for (const { minute, x } of place)
    add('location', `${minute}`, {
      type: 'GeoProperty',
      value: { type: 'Point', coordinates: [x, 21] },
      observedAt: minuteOf(minute),
    })
  return Object.fromEntries(Object.entries(body).map(([name, told]) => [name, [...told.values()]]))
}

const SINCE = `timerel=after&timeAt=2020-01-01T00:00:00Z`
const FILTERS = [
  ALL,
  between(10, 30),
  `${ALL}&options=sysAttrs`,
  `${ALL}&format=concise`,
  `${ALL}&q=level>0`,
  `${ALL}&q=level>0;level<0`,
  `${ALL}&q=level>5|!other`,
  `${ALL}&q=!level`,
  `${ALL}&q=other==true;third`,
  `${ALL}&georel=within&geometry=Polygon&coordinates=[[[104,20],[106,20],[106,22],[104,22],[104,20]]]`,
  `${ALL}&q=level&georel=near;maxDistance==10&geometry=Point&coordinates=[0,21]`,
  `${ALL}&scopeQ=/a`,
  `${between(20, 40)}&scopeQ=/b`,
  `${ALL}&scopeQ=/a&lastN=2`,
  `${ALL}&pick=id,level`,
  `${ALL}&pick=id,type,scope`,
  `${ALL}&omit=level`,
  `${ALL}&omit=scope,third`,
  `${ALL}&attrs=level,other`,
  `${ALL}&attrs=none`,
  `${ALL}&datasetId=urn:d:1`,
  `${ALL}&datasetId=urn:d:2&attrs=level`,
  `${ALL}&datasetId=@none,urn:d:1&lastN=3`,
  `${ALL}&lastN=1`,
  `${ALL}&lastN=25`,
  `${SINCE}&timeproperty=modifiedAt`,
  `${SINCE}&timeproperty=createdAt&lastN=4`,
  `${SINCE}&timeproperty=deletedAt`,
]
