import { expect } from 'chai'
import fc from 'fast-check'
import { appendAttributes } from '../../../broker/core/merge/append-attributes.ts'
import { createEntity } from '../../../broker/core/merge/create-entity.ts'
import { deleteAttribute } from '../../../broker/core/merge/delete-attribute.ts'
import { mergeEntity } from '../../../broker/core/merge/merge-entity.ts'
import { replaceEntity } from '../../../broker/core/merge/replace-entity.ts'
import { updateAttributes } from '../../../broker/core/merge/update-attributes.ts'
import type { Decision } from '../../../broker/core/model/change.ts'
import type { Entity, EntityFragment, InstanceFragment } from '../../../broker/core/model/entity.ts'
import { NGSI_LD_NULL } from '../../../broker/core/model/iri.ts'
import { DATASET, fragment, ID, iri, LATER, NOW, THEN } from './build.ts'

const scalar = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constantFrom('a', 'b', true, ''))
const key = fc.constantFrom('x', 'y', '__proto__')
const json = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    scalar,
    fc.array(tie('value'), { maxLength: 2 }),
    fc.dictionary(key, tie('value'), { maxKeys: 2 }),
  ),
})).value as fc.Arbitrary<string | number> // JSON by construction
const patch = fc.oneof(
  json,
  fc.constant(NGSI_LD_NULL),
  fc.dictionary(key, fc.constantFrom(1, NGSI_LD_NULL), { maxKeys: 2 }),
)
const dataset = fc.constantFrom<Partial<InstanceFragment>>({}, { datasetId: DATASET })
const term = fc.constantFrom('one', 'two', 'three')

function fragments(value: typeof patch, depth: number): fc.Arbitrary<EntityFragment['attributes']> {
  const members = fc.record({
    value,
    dataset,
    dated: fc.constantFrom<Partial<InstanceFragment>>({}, { observedAt: THEN }),
    below: depth > 0 ? fragments(value, depth - 1) : fc.constant({}),
  })
  const instances = fc.array(
    members.map(
      ({ value, dataset, dated, below }): InstanceFragment => ({
        kind: 'Property',
        value,
        ...dataset,
        ...dated,
        ...(Object.keys(below).length > 0 && { attributes: below }),
      }),
    ),
    { minLength: 1, maxLength: 3 },
  )
  return fc.dictionary(term, instances, { maxKeys: 3 }).map((byTerm) => fragment(byTerm).attributes)
}

const made = fragments(json, 1).map((attributes) => entityOf(attributes))
const changes = fragments(patch, 1).map((attributes): EntityFragment => ({ attributes }))

function entityOf(attributes: EntityFragment['attributes']): Entity {
  const { next } = createEntity(undefined, { id: ID, types: [iri('Station')], attributes }, THEN)
  if (!next) throw new Error('Creation made no entity')
  return next
}

const operations: Readonly<Record<string, (current: Entity, body: EntityFragment, now: number) => Decision>> =
  {
    merge: (current, body, now) => mergeEntity(current, body, { observedAt: NOW, lang: 'vi' }, now),
    update: updateAttributes,
    append: (current, body, now) => appendAttributes(current, body, { overwrite: true }, now),
    replace: replaceEntity,
  }

/** Append and replace take no NGSI-LD Nulls. */
const bodies = (name: string) =>
  name === 'append' || name === 'replace'
    ? fragments(json, 1).map((attributes): EntityFragment => ({ attributes }))
    : changes

describe('merge properties', () => {
  it('a merge with an empty fragment is identity', () => {
    fc.assert(
      fc.property(made, (current) => {
        expect(mergeEntity(current, { attributes: {} }, {}, NOW)).not.to.have.any.keys('next', 'change')
        const bare = Object.fromEntries(Object.keys(current.attributes).map((name) => [name, []]))
        expect(mergeEntity(current, { attributes: bare }, {}, NOW)).not.to.have.any.keys('next', 'change')
      }),
    )
  })

  for (const [name, operation] of Object.entries(operations)) {
    it(`${name}: the same fragment again changes nothing`, () => {
      fc.assert(
        fc.property(made, bodies(name), (current, body) => {
          const once = operation(current, body, NOW).next ?? current
          expect(operation(once, body, LATER)).not.to.have.any.keys('next', 'change')
        }),
      )
    })

    it(`${name}: never two instances with one datasetId, never an empty attribute`, () => {
      fc.assert(
        fc.property(made, bodies(name), (current, body) => {
          const { next = current } = operation(current, body, NOW)
          for (const instances of Object.values(next.attributes)) {
            const ids = instances.map(({ datasetId }) => datasetId)
            expect(ids).not.to.have.length(0)
            expect(new Set(ids).size).to.equal(ids.length)
          }
        }),
      )
    })

    it(`${name}: createdAt stays, modifiedAt moves only with a change, which is told`, () => {
      fc.assert(
        fc.property(made, bodies(name), (current, body) => {
          const { next, change } = operation(current, body, NOW)
          if (!next) {
            expect(change).to.equal(undefined)
            return
          }
          expect(next).to.include({ createdAt: THEN, modifiedAt: NOW })
          const told = new Set(
            change?.attributes.map(({ attribute, datasetId }) => `${attribute} ${datasetId}`),
          )
          for (const [attribute, instances] of Object.entries(next.attributes)) {
            for (const { datasetId, modifiedAt } of instances) {
              expect(told.has(`${attribute} ${datasetId}`)).to.equal(modifiedAt === NOW)
            }
          }
        }),
      )
    })

    it(`${name}: keeps no NGSI-LD Null as a value and touches no stored object`, () => {
      fc.assert(
        fc.property(made, bodies(name), (current, body) => {
          const before = JSON.stringify(current)
          const { next = current } = operation(current, body, NOW)
          expect(JSON.stringify(current)).to.equal(before)
          expect(JSON.stringify(next)).not.to.include(`"value":"${NGSI_LD_NULL}"`)
        }),
      )
    })
  }

  it('a deleted attribute leaves no trace', () => {
    fc.assert(
      fc.property(made, (current) => {
        for (const name of Object.keys(current.attributes)) {
          const { next } = deleteAttribute(current, name, { deleteAll: true }, NOW)
          expect(next?.attributes).not.to.have.property(name)
          const { [name]: _, ...others } = current.attributes
          expect(next?.attributes).to.deep.equal(others)
        }
      }),
    )
  })
})
