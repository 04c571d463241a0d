import { expect } from 'chai'
import type { Entity } from '../../../broker/core/model/entity.ts'
import type { JsonObject } from '../../../broker/core/model/json.ts'
import type { TypeNode } from '../../../broker/core/query/ast.ts'
import type { Forward } from '../../../broker/federation/registry/match-registrations.ts'
import type { RegistrationMode } from '../../../broker/federation/registry/registration.ts'
import {
  coveredBy,
  isCurrent,
  withoutTaken,
  withoutTakenPart,
} from '../../../broker/federation/registry/taken-by.ts'
import { iri, registration, table } from './support.ts'

const instance = (datasetId?: string) =>
  ({ kind: 'Property', value: 1, createdAt: 1, modifiedAt: 1, ...(datasetId && { datasetId }) }) as const

const BUS: Entity = {
  id: 'urn:b:1',
  types: [iri('Bus'), iri('Electric')],
  createdAt: 1,
  modifiedAt: 1,
  attributes: { [iri('speed')]: [instance(), instance('urn:d:1')], [iri('line')]: [instance()] },
}

const info = (entities: readonly JsonObject[], ...propertyNames: readonly string[]): JsonObject => ({
  information: [
    {
      ...(entities.length > 0 && { entities }),
      ...(propertyNames.length > 0 && { propertyNames: propertyNames.map(iri) }),
    },
  ],
})
const entityInfo = (type: readonly string[], members: JsonObject = {}): JsonObject => ({
  ...(type.length > 0 && { type: type.map(iri) }),
  ...members,
})

/** What is left: names with the number of their instances; null: nothing at all. */
function left(members: JsonObject, mode?: RegistrationMode): Record<string, number> | null {
  const kept = withoutTaken(BUS, [registration(members)], mode)
  if (!kept) return null
  return Object.fromEntries(
    Object.entries(kept.attributes).map(([name, instances]) => [table.compact(name), instances.length]),
  )
}

const WHOLE = { speed: 2, line: 1 }

describe('4.3.6.3 What proxied registrations take', () => {
  const covered: readonly [string, JsonObject, readonly string[] | 'all' | undefined][] = [
    ['an entity by its id', info([entityInfo([], { id: 'urn:b:1' })], 'speed'), ['speed']],
    ['not one of another id', info([entityInfo([], { id: 'urn:b:2' })], 'speed'), undefined],
    ['entities whose id has a pattern', info([entityInfo([], { idPattern: ':b:' })]), 'all'],
    ['entities of a type, whole', info([entityInfo(['Bus'])]), 'all'],
    ['entities of all the types of one part', info([entityInfo(['Bus', 'Electric'])]), 'all'],
    ['none that lacks one of them', info([entityInfo(['Bus', 'Tram'])]), undefined],
    ['an attribute of any entity', info([], 'line'), ['line']],
    ['an id counts before a pattern', info([entityInfo([], { id: 'urn:b:2', idPattern: ':b:' })]), undefined],
  ]
  for (const [title, members, expected] of covered) {
    it(`covers ${title}`, () => {
      const found = coveredBy(registration(members), BUS)
      expect(found instanceof Set ? [...found].map(table.compact) : found).to.deep.equal(expected)
    })
  }

  it('several parts of a registration cover what each of them does', () => {
    const information = [...['speed', 'line']].map((name) => ({ propertyNames: [iri(name)] }))
    expect(coveredBy(registration({ information }), BUS)).to.deep.equal(new Set([iri('speed'), iri('line')]))
  })

  const taken: readonly [string, JsonObject, RegistrationMode | undefined, object | null][] = [
    ['an exclusive one takes its attributes from this hub', { mode: 'exclusive' }, undefined, { line: 1 }],
    ['… from an inclusive source', { mode: 'exclusive' }, 'inclusive', { line: 1 }],
    ['… from a redirect source', { mode: 'exclusive' }, 'redirect', { line: 1 }],
    ['… and leaves them to its own', { mode: 'exclusive' }, 'exclusive', WHOLE],
    ['a redirect one takes them from this hub', { mode: 'redirect' }, undefined, { line: 1 }],
    ['… from an auxiliary source', { mode: 'redirect' }, 'auxiliary', { line: 1 }],
    ['… and shares them with other redirect sources', { mode: 'redirect' }, 'redirect', WHOLE],
    ['… and not from an exclusive source', { mode: 'redirect' }, 'exclusive', WHOLE],
    ['an inclusive one takes nothing', { mode: 'inclusive' }, 'auxiliary', WHOLE],
    ['an auxiliary one takes nothing', { mode: 'auxiliary' }, undefined, WHOLE],
    [
      'one without the operation to read takes them all the same',
      { mode: 'exclusive', operations: ['updateOps'] },
      undefined,
      { line: 1 },
    ],
    [
      'with datasetIds only those instances are taken',
      { mode: 'exclusive', datasetId: ['urn:d:1'] },
      undefined,
      { speed: 1, line: 1 },
    ],
    [
      'the default instance by its name',
      { mode: 'exclusive', datasetId: ['@none'] },
      undefined,
      { speed: 1, line: 1 },
    ],
  ]
  for (const [title, members, mode, expected] of taken) {
    it(title, () => {
      const part = info([entityInfo([], { id: 'urn:b:1' })], 'speed')
      expect(left({ ...part, ...members }, mode)).to.deep.equal(expected)
    })
  }

  it('nothing is left of an entity that is redirected whole', () => {
    expect(left({ mode: 'redirect', ...info([entityInfo(['Bus'])]) })).to.equal(null)
    expect(left({ mode: 'redirect', ...info([entityInfo(['Tram'])]) })).to.deep.equal(WHOLE)
  })

  it('counts for the current state only, and until it expires', () => {
    expect(isCurrent(registration(), 1)).to.equal(true)
    expect(isCurrent(registration({ expiresAt: '2026-01-01T00:00:00Z' }), 1_767_225_600_000_000)).to.equal(
      false,
    )
    const observationInterval = { startAt: '2020-01-01T00:00:00Z' }
    expect(isCurrent(registration({ observationInterval }), 1)).to.equal(false)
  })
})

describe('4.3.6.3 What others are not asked for', () => {
  const type = (name: string): TypeNode => ({ kind: 'type', type: iri(name) })
  const forward = (members: Partial<Forward>): Forward => ({ registration: registration(), ...members })
  const REDIRECT_BUS = registration({ mode: 'redirect', ...info([entityInfo(['Bus'])]) })
  const EXCLUSIVE = registration({
    mode: 'exclusive',
    ...info([entityInfo(['Bus'], { id: 'urn:b:1' })], 'speed'),
  })

  const cases: readonly [string, Forward, typeof EXCLUSIVE, readonly string[] | 'all' | undefined][] = [
    ['what is redirected whole', forward({ types: type('Bus') }), REDIRECT_BUS, undefined],
    [
      'each of several types that is redirected, and what has more of them',
      forward({ types: { kind: 'and', nodes: [type('Bus'), type('Electric')] } }),
      REDIRECT_BUS,
      undefined,
    ],
    [
      'but for a selection that is wider',
      forward({ types: { kind: 'or', nodes: [type('Bus'), type('Tram')] } }),
      REDIRECT_BUS,
      'all',
    ],
    ['but for any type', forward({}), REDIRECT_BUS, 'all'],
    [
      'an attribute of the one entity',
      forward({ types: type('Bus'), ids: ['urn:b:1'], attributes: [iri('speed'), iri('line')] }),
      EXCLUSIVE,
      ['line'],
    ],
    [
      'nothing when that was all',
      forward({ types: type('Bus'), ids: ['urn:b:1'], attributes: [iri('speed')] }),
      EXCLUSIVE,
      undefined,
    ],
    [
      'but where other entities are asked for too',
      forward({ types: type('Bus'), ids: ['urn:b:1', 'urn:b:2'], attributes: [iri('speed')] }),
      EXCLUSIVE,
      ['speed'],
    ],
    [
      'but where the type is not sure',
      forward({ ids: ['urn:b:1'], attributes: [iri('speed')] }),
      EXCLUSIVE,
      ['speed'],
    ],
    [
      'nor what has the same mode',
      forward({ registration: REDIRECT_BUS, types: type('Bus') }),
      REDIRECT_BUS,
      'all',
    ],
  ]
  for (const [title, asked, proxied, expected] of cases) {
    it(title, () => {
      const narrowed = withoutTakenPart(asked, [proxied])
      expect(narrowed && (narrowed.attributes?.map(table.compact) ?? 'all')).to.deep.equal(expected)
    })
  }
})
