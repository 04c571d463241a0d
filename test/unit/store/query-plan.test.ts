import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'
import { expect } from 'chai'
import { DEFAULT_TENANT } from '../../../broker/core/model/tenant.ts'
import type { EntityQuery, QNode, QOperator, QValue } from '../../../broker/core/query/ast.ts'
import { openForReading } from '../../../broker/store/sqlite/connection.ts'
import { pageSql } from '../../../broker/store/sqlite/query/query-entities.ts'
import { openSqliteStore } from '../../../broker/store/sqlite/sqlite-store.ts'
import { placedSql, TenantReader } from '../../../broker/store/sqlite/tenant-reader.ts'
import { entity, PM10, property, put, TYPE } from '../../support/store-builders.ts'
import { temporaryFolder } from '../../support/stores.ts'

const NAME = 'https://example.org/name'
const PLACE = 'https://example.org/place'
const LINK = 'https://example.org/refDistrict'
const SEEN = 'https://example.org/seen'
const COUNT = 3000

function one(attribute: string, operator: QOperator, value: QValue): QNode {
  return { kind: 'compare', path: { attributes: [attribute] }, operator, value }
}

const NUMBER = { kind: 'number', value: 17 } as const
const types = { kind: 'type', type: TYPE } as const

/** Queries whose cost must follow the answer, and what must drive them. */
const CASES: readonly (readonly [string, EntityQuery, RegExp])[] = [
  [
    'type and number equality',
    { types, q: one(PM10, '==', NUMBER) },
    /SEARCH x USING PRIMARY KEY \(attribute=\? AND kind=\? AND value=\? AND entity>\?\)/,
  ],
  [
    'type and number range',
    { types, q: one(PM10, '==', { kind: 'range', from: NUMBER, to: { kind: 'number', value: 19 } }) },
    /SEARCH x USING PRIMARY KEY \(attribute=\? AND kind=\? AND value>\? AND value<\?\)/,
  ],
  [
    'type and text equality',
    { types, q: one(NAME, '==', { kind: 'string', value: 'name 17' }) },
    /attribute=\? AND kind=\? AND value=\? AND entity>\?/,
  ],
  [
    'type and time order',
    { types, q: one(SEEN, '>', { kind: 'dateTime', value: Date.UTC(2026, 0, 1, 0, 49) * 1000, text: '' }) },
    /attribute=\? AND kind=\? AND value>\?/,
  ],
  [
    'type and URI equality',
    { types, q: one(LINK, '==', { kind: 'uri', value: 'urn:d:17' }) },
    /attribute=\? AND kind=\? AND value=\? AND entity>\?/,
  ],
  [
    'list',
    { types, q: one(PM10, '==', { kind: 'list', values: [NUMBER, { kind: 'number', value: 18 }] }) },
    /attribute=\? AND kind=\? AND value=\?/,
  ],
  [
    'or',
    {
      q: {
        kind: 'or',
        nodes: [one(PM10, '==', NUMBER), one(NAME, '==', { kind: 'string', value: 'name 5' })],
      },
    },
    /MERGE \(UNION\)/,
  ],
  [
    'id',
    { types, ids: ['urn:e:5', 'urn:e:7'] },
    /SEARCH x USING (COVERING )?INDEX sqlite_autoindex_entity_1 \(id=\?/,
  ],
  [
    'scope',
    { types, scope: { kind: 'scope', levels: ['city', 'ward17'], below: true } },
    /SEARCH x USING PRIMARY KEY \(scope/,
  ],
  [
    'near',
    {
      types,
      geo: {
        relation: 'near',
        geometry: { type: 'Point', coordinates: [105.17, 21.5] },
        maxDistance: 100,
        property: PLACE,
      },
    },
    /SEARCH x USING PRIMARY KEY \(attribute=\? AND kind=\? AND value>\? AND value<\?\)[\s\S]*SCAN x VIRTUAL TABLE INDEX 2/,
  ],
]

describe('query plans', () => {
  const directory = temporaryFolder()
  let reader: TenantReader
  let database: InstanceType<typeof DatabaseSync>

  before(async () => {
    const store = await openSqliteStore({ directory })
    const units = Array.from({ length: COUNT }, (_, at) =>
      put(
        entity(`urn:e:${at}`, {
          scopes: [`/city/ward${at}`],
          attributes: {
            [PM10]: [property(at)],
            [NAME]: [property(`name ${at}`)],
            [SEEN]: [property(new Date(Date.UTC(2026, 0, 1, 0, 0, at)).toISOString())],
            [LINK]: [{ ...property(`urn:d:${at}`), kind: 'Relationship' }],
            [PLACE]: [
              { ...property({ type: 'Point', coordinates: [105 + at / 100, 21.5] }), kind: 'GeoProperty' },
            ],
          },
        }),
      ),
    )
    await store.commit(DEFAULT_TENANT, units)
    await store.close()
    const file = join(directory, 'default.sqlite')
    reader = new TenantReader(openForReading({ file }))
    database = new DatabaseSync(file, { readOnly: true })
  })
  after(() => {
    reader.close()
    database.close()
    rmSync(directory, { recursive: true, force: true })
  })

  function explain(query: EntityQuery, read = (keys: string) => keys): string {
    const { keys } = pageSql(reader, { query, limit: 20, maxRows: 10_000 })
    const steps: { detail: string }[] = database
      .prepare(`EXPLAIN QUERY PLAN ${read(keys.text)}`)
      .all(...keys.values)
    return steps.map(({ detail }) => detail).join('\n')
  }

  for (const [title, query, driven] of CASES) {
    it(`${title}: comes from its index and never scans the entities`, () => {
      const plan = explain(query)
      expect(plan).to.match(driven)
      expect(plan).to.not.match(/SCAN (x|entity|scalar|presence)( USING|$)/m)
      expect(plan.split('\n')[0]).to.not.contain('entity_type')
    })
  }

  it('takes the order of the index where keys come in order: no sorting for equality', () => {
    expect(explain({ types, q: one(PM10, '==', NUMBER) })).to.not.contain('TEMP B-TREE')
    expect(explain({ types })).to.not.contain('TEMP B-TREE')
    expect(explain({})).to.not.contain('TEMP B-TREE')
    expect(
      explain({ types: { kind: 'or', nodes: [types, { kind: 'type', type: 'urn:none' }] } }),
    ).to.not.contain('TEMP B-TREE')
  })

  it('reads the entities of a page by their keys, in that order', () => {
    const plan = explain({ types, q: one(PM10, '==', NUMBER) }, placedSql)
    expect(plan).to.match(/SEARCH entity USING INTEGER PRIMARY KEY/)
    expect(plan).to.match(/SEARCH log USING INTEGER PRIMARY KEY/)
    expect(plan).to.not.contain('TEMP B-TREE')
  })

  it('would notice a scan', () => {
    expect(explain({ q: { kind: 'absent', path: { attributes: [PM10] } } })).to.match(
      /(SCAN|SEARCH) x USING INTEGER PRIMARY KEY|SCAN x/,
    )
  })
})
