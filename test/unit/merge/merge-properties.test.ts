import { expect } from 'chai'
import fc from 'fast-check'
import { appendAttributes } from '../../../broker/core/merge/append-attributes.ts'
import { deleteAttribute } from '../../../broker/core/merge/delete-attribute.ts'
import { mergeEntity } from '../../../broker/core/merge/merge-entity.ts'
import { replaceEntity } from '../../../broker/core/merge/replace-entity.ts'
import { updateAttributes } from '../../../broker/core/merge/update-attributes.ts'
import type { Decision } from '../../../broker/core/model/change.ts'
import type { Entity, EntityFragment } from '../../../broker/core/model/entity.ts'
import { NGSI_LD_NULL } from '../../../broker/core/model/iri.ts'
import { bodies, entities, patches } from './arbitraries.ts'
import { LATER, NOW, THEN } from './build.ts'

const operations: Readonly<Record<string, (current: Entity, body: EntityFragment, now: number) => Decision>> =
  {
    merge: (current, body, now) => mergeEntity(current, body, { observedAt: NOW, lang: 'vi' }, now),
    update: updateAttributes,
    append: (current, body, now) => appendAttributes(current, body, { overwrite: true }, now),
    replace: replaceEntity,
  }

/** Append and replace take no NGSI-LD Nulls. */
const bodiesOf = (name: string) => (name === 'append' || name === 'replace' ? bodies : patches)

describe('merge properties', () => {
  it('a merge with an empty fragment is identity', () => {
    fc.assert(
      fc.property(entities, (current) => {
        expect(mergeEntity(current, { attributes: {} }, {}, NOW)).not.to.have.any.keys('next', 'change')
        const bare = Object.fromEntries(Object.keys(current.attributes).map((name) => [name, []]))
        expect(mergeEntity(current, { attributes: bare }, {}, NOW)).not.to.have.any.keys('next', 'change')
      }),
    )
  })

  for (const [name, operation] of Object.entries(operations)) {
    it(`${name}: the same fragment again changes nothing`, () => {
      fc.assert(
        fc.property(entities, bodiesOf(name), (current, body) => {
          const once = operation(current, body, NOW).next ?? current
          expect(operation(once, body, LATER)).not.to.have.any.keys('next', 'change')
        }),
      )
    })

    it(`${name}: never two instances with one datasetId, never an empty attribute`, () => {
      fc.assert(
        fc.property(entities, bodiesOf(name), (current, body) => {
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
        fc.property(entities, bodiesOf(name), (current, body) => {
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
        fc.property(entities, bodiesOf(name), (current, body) => {
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
      fc.property(entities, (current) => {
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
