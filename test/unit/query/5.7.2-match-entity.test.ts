import { expect } from 'chai'
import type { GeometryEngine } from '../../../broker/core/geo/engine.ts'
import { LOCATION } from '../../../broker/core/model/iri.ts'
import { Problem } from '../../../broker/core/model/problem.ts'
import type { EntityQuery } from '../../../broker/core/query/ast.ts'
import { matchEntity } from '../../../broker/core/query/match-entity.ts'
import { parseScopeQuery } from '../../../broker/core/query/parse-scope-query.ts'
import { parseTypeSelection } from '../../../broker/core/query/parse-type-selection.ts'
import { checkPattern } from '../../../broker/core/query/pattern.ts'
import { createGeometryEngine } from '../../../broker/geometry/geos.ts'
import { entity, name, of, q, table, thrownBy } from './builders.ts'

describe('5.7.2 Query Entities: the judge', () => {
  let engine: GeometryEngine
  before(async () => {
    engine = createGeometryEngine()
    await engine.ready()
  })

  const subject = entity(
    { speed: 50, location: of('GeoProperty', { type: 'Point', coordinates: [105.8482, 21.5942] }) },
    { id: 'urn:ngsi-ld:Vehicle:1', scopes: ['/ThaiNguyen/Center'] },
  )
  const types = (text: string) => ({ types: parseTypeSelection(text, table) })
  const square = {
    type: 'Polygon' as const,
    coordinates: [
      [
        [105.8, 21.5],
        [105.9, 21.5],
        [105.9, 21.6],
        [105.8, 21.6],
        [105.8, 21.5],
      ],
    ],
  }
  const within = { relation: 'within' as const, geometry: square, property: LOCATION }

  const cases: readonly (readonly [title: string, query: EntityQuery, matches: boolean])[] = [
    ['nothing asked', {}, true],
    ['its id', { ids: ['urn:x:1', 'urn:ngsi-ld:Vehicle:1'] }, true],
    ['another id', { ids: ['urn:x:1'] }, false],
    ['no id at all', { ids: [] }, false],
    ['its type', types('Vehicle'), true],
    ['another type', types('Home'), false],
    ['a pattern of its id', { idPattern: '^urn:.*:[0-9]$' }, true],
    ['a pattern inside its id', { idPattern: 'Vehicle' }, true],
    ['a pattern of another id', { idPattern: '^Vehicle' }, false],
    ['ids before pattern', { ids: ['urn:ngsi-ld:Vehicle:1'], idPattern: 'nothing' }, true],
    ['one of its attributes', { attributes: [name('weight'), name('speed')] }, true],
    ['none of its attributes', { attributes: [name('weight')] }, false],
    ['a name of the prototype', { attributes: ['constructor', 'toString'] }, false],
    ['q', { q: q('speed>40') }, true],
    ['another q', { q: q('speed>60') }, false],
    ['scope', { scope: parseScopeQuery('/ThaiNguyen/#') }, true],
    ['another scope', { scope: parseScopeQuery('/SongCong/#') }, false],
    ['place', { geo: within }, true],
    ['another place', { geo: { ...within, relation: 'disjoint' } }, false],
    ['one selector of several', { selectors: [types('Home'), types('Vehicle')] }, true],
    ['no selector', { selectors: [types('Home')] }, false],
    ['a selector with another id', { selectors: [{ ...types('Vehicle'), ids: ['urn:x:1'] }] }, false],
    ['a selector with a pattern', { selectors: [{ ...types('Vehicle'), idPattern: ':1$' }] }, true],
    ['everything', { ...types('Vehicle'), q: q('speed'), geo: within, idPattern: '^urn' }, true],
    ['all but one', { ...types('Vehicle'), q: q('speed'), geo: within, idPattern: '^x' }, false],
  ]
  for (const [title, query, matches] of cases) {
    it(`${matches ? 'selects' : 'does not select'} by ${title}`, () => {
      expect(matchEntity(query, subject, engine)).to.equal(matches)
    })
  }

  it('never confuses the patterns of two queries', () => {
    const queries = ['^urn', '^http'].map((idPattern) => ({ idPattern }))
    for (const _ of [1, 2]) {
      expect(queries.map((query) => matchEntity(query, subject, engine))).to.deep.equal([true, false])
    }
  })

  it('refuses an idPattern that is none', () => {
    const problem = thrownBy(() => checkPattern('urn:('))
    expect(problem).to.be.instanceOf(Problem).with.property('code', 'BadRequestData')
    expect(problem).to.have.property('message').that.contains('idPattern')
    expect(() => checkPattern('^urn:.*$')).to.not.throw()
  })
})
