import { expect } from 'chai'
import fc from 'fast-check'
import { createEntity } from '../../../broker/core/merge/create-entity.ts'
import { deleteEntity } from '../../../broker/core/merge/delete-entity.ts'
import { keepNewest } from '../../../broker/core/merge/keep-newest.ts'
import { mergeEntity } from '../../../broker/core/merge/merge-entity.ts'
import { reapEntity } from '../../../broker/core/merge/reap-entity.ts'
import { replaceEntity } from '../../../broker/core/merge/replace-entity.ts'
import { updateAttributes } from '../../../broker/core/merge/update-attributes.ts'
import type { AttributeChange, Decision, LogRecord } from '../../../broker/core/model/change.ts'
import type { Entity, EntityFragment, Instance } from '../../../broker/core/model/entity.ts'
import { see } from '../../../broker/core/view/see.ts'
import type { View } from '../../../broker/core/view/view.ts'
import { redactBefore, redactChanges, redactEntity } from '../../../broker/store/port/past-selection.ts'
import { seeChange } from '../../../broker/subscriptions/match/see-change.ts'
import type { NotifiedEntity } from '../../../broker/subscriptions/notified-entity.ts'
import { tellEntity } from '../../../broker/subscriptions/notify/tell-entity.ts'
import { bodies, patches } from '../merge/arbitraries.ts'
import { DATASET, entity, fragment, given, ID, iri, LATER, NOW, stored, THEN } from '../merge/build.ts'
import { viewOf } from '../view/view-of.ts'

const ALL = viewOf({}, { unrestricted: true })
const stars = (instance: Instance): Instance => ({ ...instance, value: '***' })

/** The record that a store makes of a decision. */
function recordOf(before: Entity | undefined, { next, change }: Decision): LogRecord {
  if (!change) throw new Error('Nothing changed')
  const { action, at, attributes } = change
  const origin = { by: 'tester' }
  const state = { ...(before && { before }), ...(next && { after: next }) }
  return { sequence: 1, collection: 'entity', id: ID, action, at, origin, attributes, ...state }
}

function updated(before: Entity, body: Parameters<typeof fragment>[0], more?: Partial<EntityFragment>) {
  return recordOf(before, updateAttributes(before, fragment(body, more), NOW))
}

const ERASURES = [{ what: { attributes: [iri('level')] }, version: 9, at: NOW }]
const TOLD = { version: 1, at: NOW }

/** What the log keeps of a record once the level was erased. */
function erased({ before, after, attributes = [], ...record }: LogRecord): LogRecord {
  return {
    ...record,
    ...(before && { before: redactEntity(before as Entity, ERASURES, TOLD) }),
    ...(after && { after: redactEntity(after as Entity, ERASURES, TOLD) }),
    attributes: redactChanges(attributes, ERASURES, TOLD),
  }
}

/** The record of the current state, of which only what was before it is erased. */
function withoutBefore({ before, attributes = [], ...record }: LogRecord): LogRecord {
  const left = redactEntity(before as Entity, ERASURES, TOLD)
  return { ...record, before: left, attributes: redactBefore(attributes, ERASURES, TOLD) }
}

/** What a change says in short: `before>after` and its parts. */
function short(seen: NotifiedEntity | undefined): string {
  if (!seen) return 'nothing'
  const entityText = `${seen.before ? 'there' : 'none'}>${seen.after ? 'there' : 'none'}`
  const parts = seen.changes.map(
    ({ attribute, datasetId, action }) =>
      `${action} ${attribute.split('/').at(-1)}${datasetId ? ' of set' : ''}`,
  )
  return [entityText, ...parts.sort()].join(', ')
}

describe('seeChange', () => {
  const room = entity({ level: [stored(1)], phone: [stored('0900000417')] })
  const table: readonly (readonly [string, LogRecord, View, string])[] = [
    [
      'a creation',
      recordOf(
        undefined,
        createEntity(undefined, { ...room, attributes: fragment({ level: [given(1)] }).attributes }, NOW),
      ),
      viewOf({ phone: 'absent' }),
      'none>there, created level',
    ],
    [
      'an update',
      updated(room, { level: [given(2)] }),
      viewOf({ phone: 'absent' }),
      'there>there, updated level',
    ],
    [
      'a new instance',
      updated(room, { level: [given(2, { datasetId: DATASET })] }),
      viewOf({ phone: 'absent' }),
      'there>there, created level of set',
    ],
    [
      'an update of what is hidden',
      updated(room, { phone: [given('0900000418')] }),
      viewOf({ phone: 'absent' }),
      'nothing',
    ],
    [
      'an update that the mask hides',
      updated(room, { phone: [given('0900000418')] }),
      viewOf({ phone: stars }),
      'nothing',
    ],
    [
      'a new attribute behind a mask',
      updated(room, { other: [given(1)] }),
      viewOf({ other: stars }),
      'there>there, created other',
    ],
    [
      'an update of both',
      updated(room, { phone: [given('0900000418')], level: [given(2)] }),
      viewOf({ phone: 'absent' }),
      'there>there, updated level',
    ],
    [
      'a hidden sub-attribute',
      updated(room, { level: [given(1, { attributes: fragment({ by: [given('Lan')] }).attributes })] }),
      viewOf({ by: 'absent' }),
      'nothing',
    ],
    [
      'a seen sub-attribute',
      updated(room, { level: [given(1, { attributes: fragment({ by: [given('Lan')] }).attributes })] }),
      viewOf({ by: stars }),
      'there>there, updated level',
    ],
    [
      'a new scope',
      updated({ ...room, scopes: ['/b'] }, {}, { scopes: ['/a'] }),
      viewOf({ phone: 'absent' }),
      'there>there',
    ],
    [
      'a deletion',
      recordOf(room, deleteEntity(room, NOW)),
      viewOf({ phone: 'absent' }),
      'there>none, deleted level',
    ],
    [
      'a deletion of an entity that is not seen',
      recordOf(room, deleteEntity(room, NOW)),
      viewOf({}, { admits: () => false }),
      'nothing',
    ],
    [
      'an entity that comes into view',
      updated({ ...room, scopes: ['/b'] }, {}, { scopes: ['/a'] }),
      viewOf({ phone: 'absent' }, { admits: inA }),
      'none>there, created level',
    ],
    [
      'an entity that goes out of view',
      updated({ ...room, scopes: ['/a'] }, {}, { scopes: ['/b'] }),
      viewOf({ phone: 'absent' }, { admits: inA }),
      'there>none, deleted level',
    ],
    [
      'what erasure left of an update: the name',
      erased(updated(room, { level: [given(2)] })),
      ALL,
      'there>there, updated level',
    ],
    [
      'nothing of it where the rest is masked',
      erased(updated(room, { level: [given(2)] })),
      viewOf({ phone: stars }),
      'nothing',
    ],
    [
      'what erasure left of a deletion',
      erased(recordOf(room, deleteEntity(room, NOW))),
      ALL,
      'there>none, deleted level, deleted phone',
    ],
    [
      'a new value over one that was erased',
      withoutBefore(updated(room, { level: [given(2)] })),
      ALL,
      'there>there, updated level',
    ],
  ]
  it('tells a receiver that asks for what was before of no value that was erased', () => {
    const triggers = new Set(['attributeCreated', 'attributeUpdated', 'attributeDeleted'] as const)
    for (const record of [
      erased(updated(room, { level: [given(2)] })),
      erased(recordOf(room, deleteEntity(room, NOW))),
      withoutBefore(updated(room, { level: [given(2)] })),
    ]) {
      const seen = seeChange(record, ALL, NOW)
      const told =
        seen && tellEntity(seen, { showChanges: true, triggers, options: { format: 'normalized' } })
      expect(JSON.stringify(told)).to.not.include('"value":1')
    }
  })

  for (const [name, record, view, expected] of table) {
    it(`tells ${name}: ${expected}`, () => expect(short(seeChange(record, view, NOW))).to.equal(expected))
  }

  it('shows nothing of what is hidden', () => {
    const record = updated(room, { phone: [given('0900000418')], level: [given(2)] })
    for (const treatment of ['absent', stars] as const) {
      const text = JSON.stringify(seeChange(record, viewOf({ phone: treatment }), NOW))
      expect(text).to.contain('level').and.not.to.contain('09000004')
    }
  })

  it('answers what the record holds, itself, to whoever sees everything', () => {
    const record = updated(room, { phone: [given('0900000418')] })
    for (const view of [ALL, viewOf()]) {
      const seen = seeChange(record, view, NOW)
      expect(seen?.before).to.equal(record.before)
      expect(seen?.after).to.equal(record.after)
      expect(seen?.changes).to.equal(record.attributes)
    }
  })

  it('leaves what is for history alone', () => {
    const current = entity({ level: [stored(7, { observedAt: THEN })], name: [stored('gate')] })
    const late = given(5, { observedAt: THEN - 1 })
    const only = keepNewest(current, updateAttributes(current, fragment({ level: [late] }), NOW))
    const both = keepNewest(
      current,
      updateAttributes(current, fragment({ level: [late], name: [given('door')] }), NOW),
    )
    for (const view of [ALL, viewOf({ other: 'absent' })]) {
      expect(short(seeChange(recordOf(current, only), view, NOW))).to.equal('nothing')
      expect(short(seeChange(recordOf(current, both), view, NOW))).to.equal('there>there, updated name')
    }
  })

  describe('what expires', () => {
    const lasting = entity({ level: [stored(1, { expiresAt: NOW + 5 })], name: [stored('gate')] })
    const leaving = { ...lasting, expiresAt: NOW + 9 }
    it('is told as deleted when it is taken away', () => {
      const reaped = recordOf(leaving, reapEntity(leaving, LATER))
      expect(short(seeChange(reaped, ALL, NOW + 5))).to.equal('there>there, deleted level')
      const gone = recordOf(leaving, {
        change: { action: 'deleted', at: NOW + 9, attributes: [], members: true },
      })
      expect(short(seeChange(gone, ALL, LATER))).to.equal('there>none')
    })

    it('is not shown by earlier records any more', () => {
      const record = recordOf(undefined, {
        ...createEntity(undefined, { ...lasting, attributes: {} }, NOW),
        next: lasting,
      })
      expect(seeChange(record, ALL, NOW + 4)?.after).to.equal(lasting)
      expect(Object.keys(seeChange(record, ALL, NOW + 5)?.after?.attributes ?? {})).to.deep.equal([
        iri('name'),
      ])
      const whole = recordOf(lasting, {
        ...updateAttributes(lasting, fragment({ name: [given('door')] }), NOW),
        next: leaving,
      })
      expect(short(seeChange(whole, ALL, NOW + 8))).to.equal('there>there, updated name')
      expect(short(seeChange(whole, ALL, NOW + 9))).to.equal('nothing')
    })

    it('was not there when it is created anew', () => {
      const before = entity({ level: [stored(1)] }, { expiresAt: NOW })
      const again = createEntity(before, { types: [iri('Station')], ...fragment({ level: [given(1)] }) }, NOW)
      expect(short(seeChange(recordOf(before, again), ALL, NOW))).to.equal('none>there, created level')
    })
  })

  describe('over any history', () => {
    const steps = fc.array(
      fc.oneof(
        fc.record({ kind: fc.constant('merge' as const), body: patches }),
        fc.record({
          kind: fc.constant('replace' as const),
          body: bodies,
          type: fc.constantFrom('Station', 'Other'),
        }),
        fc.record({ kind: fc.constant('delete' as const) }),
      ),
      { maxLength: 8 },
    )
    const views: readonly View[] = [
      ALL,
      viewOf(),
      viewOf({ one: 'absent' }),
      viewOf({ one: stars, two: 'absent' }),
      viewOf({}, { types: new Set([iri('Station')]) }),
      viewOf({ three: stars }, { admits: ({ types }) => types.includes(iri('Other')) }),
    ]

    /** The records of a history. */
    function recordsOf(list: typeof steps extends fc.Arbitrary<infer T> ? T : never): readonly LogRecord[] {
      let current: Entity | undefined
      return list.flatMap((step, at) => {
        const now = THEN + at
        const decision = decide(current, step, now)
        if (!decision?.change) return []
        const record = recordOf(current, decision)
        current = decision.next
        return [record]
      })
    }

    it('whoever follows has what a query answers', () => {
      fc.assert(
        fc.property(steps, fc.constantFrom(...views), (list, view) => {
          let kept: Entity | undefined
          for (const record of recordsOf(list)) {
            const told = seeChange(record, view, LATER)
            if (told) {
              expect(timeless(told.before)).to.deep.equal(timeless(kept))
              kept = told.after
            }
            const visible = record.after && see(record.after as Entity, view) // a record of an entity
            expect(timeless(kept)).to.deep.equal(timeless(visible))
          }
        }),
      )
    })

    it('the changes are those between what is seen before and after', () => {
      fc.assert(
        fc.property(steps, fc.constantFrom(...views), (list, view) => {
          for (const record of recordsOf(list)) {
            const told = seeChange(record, view, LATER)
            if (!told) continue
            const applied = new Map(placed(told.before))
            for (const change of told.changes) apply(applied, change)
            expect(timeless([...applied].sort())).to.deep.equal(timeless(placed(told.after).sort()))
          }
        }),
      )
    })

    it('a view that hides nothing tells what an unrestricted one tells', () => {
      const copying = viewOf({ one: (instance) => ({ ...instance }) })
      fc.assert(
        fc.property(steps, (list) => {
          for (const record of recordsOf(list)) {
            expect(short(seeChange(record, copying, LATER))).to.equal(short(seeChange(record, ALL, LATER)))
          }
        }),
      )
    })
  })
})

function inA({ scopes }: Entity): boolean {
  return scopes?.includes('/a') === true
}

type Step =
  | { readonly kind: 'merge'; readonly body: EntityFragment }
  | { readonly kind: 'replace'; readonly body: EntityFragment; readonly type: string }
  | { readonly kind: 'delete' }

function decide(current: Entity | undefined, step: Step, now: number): Decision | undefined {
  if (!current && step.kind !== 'replace') return undefined
  if (step.kind === 'delete') return deleteEntity(current, now)
  if (step.kind === 'merge') return mergeEntity(current, step.body, {}, now)
  const body = { ...step.body, id: ID, types: [iri(step.type)] }
  return current ? replaceEntity(current, body, now) : createEntity(undefined, body, now)
}

/** A copy without the times of the system, which move with what is hidden. */
function timeless(value: unknown): unknown {
  if (value === undefined) return undefined
  return JSON.parse(
    JSON.stringify(value, (name, held) => (name === 'modifiedAt' || name === 'createdAt' ? undefined : held)),
  )
}

function placed(seen: Entity | undefined): (readonly [string, Instance])[] {
  return Object.entries(seen?.attributes ?? {}).flatMap(([name, instances]) =>
    instances.map((instance) => [`${name} ${instance.datasetId}`, instance] as const),
  )
}

function apply(places: Map<string, Instance>, { attribute, datasetId, after }: AttributeChange): void {
  const place = `${attribute} ${datasetId}`
  if (after) places.set(place, after)
  else places.delete(place)
}
