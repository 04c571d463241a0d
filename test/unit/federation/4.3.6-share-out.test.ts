import { expect } from 'chai'
import type { JsonObject } from '../../../broker/core/model/json.ts'
import { matchRegistrations } from '../../../broker/federation/registry/match-registrations.ts'
import { type SharedWrite, shareOut } from '../../../broker/federation/registry/share-out.ts'
import { iri, registration, table } from './support.ts'

const ID = 'urn:b:1'

const names = (attributes: readonly string[] | 'everything'): string =>
  attributes === 'everything' ? '*' : attributes.map(table.compact).join(',')

/** A registration in short: mode, its attributes (none: the whole entity), what else it says. */
function source(mode: string, attributes: readonly string[] = [], members: JsonObject = {}): JsonObject {
  const propertyNames = attributes.map(iri)
  return {
    id: `urn:r:${mode}`,
    mode,
    operations: ['redirectionOps'],
    information: [
      { entities: [{ type: iri('Bus'), id: ID }], ...(propertyNames.length > 0 && { propertyNames }) },
    ],
    ...members,
  }
}

/** Shares in short: `mode attributes` of each source, with why it is not asked, and this hub's as `own`, `(own)` if it may lack the entity. */
function shares(sources: readonly JsonObject[], write: Partial<SharedWrite> = {}): readonly string[] {
  const forwards = matchRegistrations(sources.map(registration), { ids: [ID], via: [], now: 0 })
  const shared = shareOut(forwards, {
    operation: 'createEntity',
    attributes: [iri('speed'), iri('line')],
    whole: false,
    via: [],
    ...write,
  })
  const own = shared.own && `${shared.own.optional ? '(own)' : 'own'} ${names(shared.own.attributes)}`
  return [
    ...shared.sources.map(({ registration: { mode }, attributes, refusal }) =>
      [mode, names(attributes), ...(refusal ? [refusal] : [])].join(' '),
    ),
    ...(own === undefined ? [] : [own]),
  ]
}

describe('4.3.6 Sharing out a write among sources and this hub', () => {
  const readOnly = { operations: ['retrieveOps'] }
  const cases: readonly [string, readonly JsonObject[], Partial<SharedWrite>, readonly string[]][] = [
    ['without sources all is this hub’s', [], {}, ['own speed,line']],
    [
      '4.3.6.3 an exclusive source takes its attributes away',
      [source('exclusive', ['speed'])],
      {},
      ['exclusive speed', 'own line'],
    ],
    [
      'nothing is left of an entity of which all attributes are taken',
      [source('exclusive', ['speed', 'line', 'colour'])],
      {},
      ['exclusive speed,line'],
    ],
    [
      'but what the content says besides is',
      [source('exclusive', ['speed', 'line'])],
      { whole: true },
      ['exclusive speed,line', '(own) '],
    ],
    [
      'an exclusive source has no part in other attributes',
      [source('exclusive', ['colour'])],
      {},
      ['own speed,line'],
    ],
    [
      '4.3.6.3 all redirects get the same, and then it is gone',
      [source('redirect', ['speed']), source('redirect', ['speed'], { id: 'urn:r:2' })],
      {},
      ['redirect speed', 'redirect speed', 'own line'],
    ],
    [
      'what an exclusive source took no redirect gets',
      [source('redirect'), source('exclusive', ['speed'])],
      {},
      ['exclusive speed', 'redirect line'],
    ],
    [
      'nothing is left where a redirect takes the whole entity',
      [source('redirect')],
      {},
      ['redirect speed,line'],
    ],
    [
      'not even for inclusive sources',
      [source('inclusive'), source('redirect')],
      { whole: true },
      ['redirect speed,line'],
    ],
    [
      '4.3.6.2 inclusive sources and this hub get the rest',
      [source('inclusive'), source('exclusive', ['speed'])],
      {},
      ['exclusive speed', 'inclusive line', 'own line'],
    ],
    [
      'an inclusive source gets what it registered',
      [source('inclusive', ['speed'])],
      {},
      ['inclusive speed', 'own speed,line'],
    ],
    ['auxiliary sources never write', [source('auxiliary')], {}, ['own speed,line']],
    [
      '5.6.1.4 what an exclusive source does not support is taken all the same',
      [source('exclusive', ['speed'], readOnly)],
      {},
      ['exclusive speed unsupported', 'own line'],
    ],
    ['5.6.1.4 a redirect too', [source('redirect', [], readOnly)], {}, ['redirect speed,line unsupported']],
    ['5.6.1.4 inclusive ones are passed over', [source('inclusive', [], readOnly)], {}, ['own speed,line']],
    [
      '6.3.18 a source that had the request before is not asked; what is its own is nobody else’s',
      [
        source('redirect', ['speed'], { contextSourceAlias: 'city' }),
        source('inclusive', [], { contextSourceAlias: 'city' }),
      ],
      { via: ['city'] },
      ['redirect speed loop', 'own line'],
    ],
    [
      'without attributes the entity is whose who registered it',
      [source('inclusive'), source('inclusive', ['speed'], { id: 'urn:r:2' })],
      { attributes: [] },
      ['inclusive ', 'own '],
    ],
    ['a redirect has it alone', [source('redirect')], { attributes: [] }, ['redirect ']],
    [
      '5.6.6.4 a deletion goes to everyone, and here if there is anything',
      [source('exclusive', ['speed']), source('redirect'), source('inclusive', ['line'])],
      { operation: 'deleteEntity', attributes: 'everything', whole: true },
      ['exclusive *', 'redirect *', '(own) *'],
    ],
    [
      '5.6.6.4 beside inclusive sources this hub counts as they do',
      [source('inclusive', ['line'])],
      { operation: 'deleteEntity', attributes: 'everything', whole: true },
      ['inclusive *', 'own *'],
    ],
  ]
  for (const [title, sources, write, expected] of cases) {
    it(title, () => expect(shares(sources, write)).to.deep.equal(expected))
  }

  describe('5.2.9 a registration with datasetIds has those instances', () => {
    const datasets = new Map([[iri('speed'), ['@none', 'urn:d:1']]])
    const some = { datasetId: ['urn:d:1'] }
    const cases: readonly [string, readonly JsonObject[], Partial<SharedWrite>, readonly string[]][] = [
      [
        'of an exclusive one the others stay here',
        [source('exclusive', ['speed'], some)],
        { datasets },
        ['exclusive speed', 'own speed,line'],
      ],
      [
        'where there are no others nothing stays',
        [source('exclusive', ['speed'], some)],
        { datasets: new Map([[iri('speed'), ['urn:d:1']]]) },
        ['exclusive speed', 'own line'],
      ],
      [
        'where it has none it has no part',
        [source('exclusive', ['speed'], some)],
        { datasets: new Map([[iri('speed'), ['@none']]]) },
        ['own speed,line'],
      ],
      [
        'what one redirect took another one of other instances does not get',
        [source('redirect', ['speed'], some), source('inclusive', ['speed'], some)],
        { datasets },
        ['redirect speed', 'own speed,line'],
      ],
      [
        'a redirect of the whole entity leaves the other instances',
        [source('redirect', [], some)],
        { datasets, attributes: [iri('speed')] },
        ['redirect speed', 'own speed'],
      ],
    ]
    for (const [title, sources, write, expected] of cases) {
      it(title, () => expect(shares(sources, write)).to.deep.equal(expected))
    }
  })

  it('puts together what a source registered in several pieces', () => {
    const pieces = ['speed', 'line'].map((name) => ({
      entities: [{ type: iri('Bus') }],
      propertyNames: [iri(name)],
    }))
    expect(shares([source('exclusive', [], { information: pieces })])).to.deep.equal(['exclusive speed,line'])
    const whole = [{ entities: [{ type: iri('Bus') }] }, ...pieces]
    expect(shares([source('redirect', [], { information: whole })])).to.deep.equal(['redirect speed,line'])
  })

  it('asks a bounded number of sources', () => {
    const many = Array.from({ length: 103 }, (_, at) => source('inclusive', [], { id: `urn:r:${at}` }))
    const shared = shares(many)
    expect(shared.filter((one) => one.endsWith('crowd'))).to.have.length(3)
    expect(shared.at(-1)).to.equal('own speed,line')
  })
})
