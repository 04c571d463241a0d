import { expect } from 'chai'
import fc from 'fast-check'
import { appendAttributes } from '../../../broker/core/merge/append-attributes.ts'
import { createEntity } from '../../../broker/core/merge/create-entity.ts'
import { deleteAttribute } from '../../../broker/core/merge/delete-attribute.ts'
import { mergeEntity } from '../../../broker/core/merge/merge-entity.ts'
import { partialUpdateAttribute } from '../../../broker/core/merge/partial-update-attribute.ts'
import { replaceAttribute } from '../../../broker/core/merge/replace-attribute.ts'
import { replaceEntity } from '../../../broker/core/merge/replace-entity.ts'
import { updateAttributes } from '../../../broker/core/merge/update-attributes.ts'
import type { Decision } from '../../../broker/core/model/change.ts'
import type {
  AttributeFragments,
  Attributes,
  Entity,
  EntityFragment,
  InstanceFragment,
} from '../../../broker/core/model/entity.ts'
import { type Iri, NGSI_LD_NULL } from '../../../broker/core/model/iri.ts'
import { bodies, entities, patches } from './arbitraries.ts'
import { LATER, NOW } from './build.ts'

/** What is left when a decision is carried out. */
const outcome = (current: Entity, { next, change }: Decision): Entity =>
  change ? (next ?? current) : current
const merge = (current: Entity, body: EntityFragment, now = NOW) =>
  outcome(current, mergeEntity(current, body, {}, now))
const update = (current: Entity, body: EntityFragment) =>
  outcome(current, updateAttributes(current, body, NOW))
const replace = (current: Entity, body: EntityFragment) => outcome(current, replaceEntity(current, body, NOW))
const append = (current: Entity, body: EntityFragment, overwrite: boolean) =>
  outcome(current, appendAttributes(current, body, { overwrite }, NOW))

/** Everything but the times of the system and the order of what has none. */
function content(entity: Entity): unknown {
  return { id: entity.id, types: [...entity.types].sort(), attributes: contentOf(entity.attributes) }
}

function contentOf(attributes: Attributes): unknown {
  return Object.entries(attributes)
    .map(([name, instances]) => [name, instances.map(withoutTimes).sort(byDataset)] as const)
    .sort(([left], [right]) => (left < right ? -1 : 1))
}

function withoutTimes({ createdAt: _, modifiedAt: __, attributes, ...rest }: Attributes[string][number]) {
  return { ...rest, ...(attributes && { attributes: contentOf(attributes) }) }
}

function byDataset(left: { datasetId?: string }, right: { datasetId?: string }): number {
  return (left.datasetId ?? '') < (right.datasetId ?? '') ? -1 : 1
}

/** Puts each instance of a body into one of two, which then have no instance in common. */
function halves(body: EntityFragment, first: (name: Iri, datasetId?: string) => boolean) {
  const half = (wanted: boolean): EntityFragment => ({
    attributes: Object.fromEntries(
      Object.entries(body.attributes)
        .map(
          ([name, list]) =>
            [name, list.filter(({ datasetId }) => first(name, datasetId) === wanted)] as const,
        )
        .filter(([, list]) => list.length > 0),
    ),
  })
  return [half(true), half(false)] as const
}

/** An entity as the body that would create it. */
function asBody(attributes: Attributes): AttributeFragments {
  const given = ({
    createdAt: _,
    modifiedAt: __,
    attributes: below,
    ...rest
  }: Attributes[string][number]): InstanceFragment => ({
    ...rest,
    ...(below && { attributes: asBody(below) }),
  })
  return Object.fromEntries(Object.entries(attributes).map(([name, list]) => [name, list.map(given)]))
}

const choice = fc.func<[Iri, string?], boolean>(fc.boolean())

describe('merge algebra', () => {
  it('merges of fragments without a common instance commute, and are one merge of both', () => {
    fc.assert(
      fc.property(entities, patches, choice, (entity, body, first) => {
        const [left, right] = halves(body, first)
        const once = content(merge(entity, body))
        expect(content(merge(merge(entity, left), right))).to.deep.equal(once)
        expect(content(merge(merge(entity, right), left))).to.deep.equal(once)
      }),
      { numRuns: 300 },
    )
  })

  it('a merge again, later too, changes nothing', () => {
    fc.assert(
      fc.property(entities, patches, (entity, body) => {
        const once = merge(entity, body)
        expect(mergeEntity(once, body, {}, LATER)).not.to.have.any.keys('next', 'change')
      }),
      { numRuns: 300 },
    )
  })

  it('a merge of what is there changes nothing', () => {
    fc.assert(
      fc.property(entities, (entity) => {
        const body = { types: entity.types, attributes: asBody(entity.attributes) }
        expect(mergeEntity(entity, body, {}, NOW)).not.to.have.any.keys('next', 'change')
      }),
    )
  })

  it('a merge into an entity without attributes is its creation', () => {
    fc.assert(
      fc.property(entities, bodies, (entity, body) => {
        const bare = { ...entity, attributes: {} }
        const { next } = createEntity(undefined, { id: entity.id, types: entity.types, ...body }, NOW)
        expect(content(merge(bare, body))).to.deep.equal(next && content(next))
      }),
    )
  })

  it('a replacement after any merge is the replacement', () => {
    fc.assert(
      fc.property(entities, patches, bodies, (entity, patch, body) => {
        expect(content(replace(merge(entity, patch), body))).to.deep.equal(content(replace(entity, body)))
        expect(replace(merge(entity, patch), body).createdAt).to.equal(entity.createdAt)
      }),
    )
  })

  it('a merge of nulls for all that is there leaves nothing', () => {
    fc.assert(
      fc.property(entities, (entity) => {
        const nulls = Object.entries(entity.attributes).map(([name, list]) => [
          name,
          list.map(({ datasetId }) => ({
            value: NGSI_LD_NULL,
            ...(datasetId !== undefined && { datasetId }),
          })),
        ])
        for (const operation of [merge, update])
          expect(operation(entity, { attributes: Object.fromEntries(nulls) }).attributes).to.deep.equal({})
      }),
    )
  })
})

describe('append and update', () => {
  it('are the same for bodies without null', () => {
    fc.assert(
      fc.property(entities, bodies, (entity, body) => {
        expect(content(append(entity, body, true))).to.deep.equal(content(update(entity, body)))
      }),
    )
  })

  it('of bodies without a common instance commute, and are one operation of both', () => {
    fc.assert(
      fc.property(
        entities,
        bodies,
        choice,
        fc.constantFrom(true, false),
        (entity, body, first, overwrite) => {
          const [left, right] = halves(body, first)
          const once = content(append(entity, body, overwrite))
          expect(content(append(append(entity, left, overwrite), right, overwrite))).to.deep.equal(once)
          expect(content(append(append(entity, right, overwrite), left, overwrite))).to.deep.equal(once)
          expect(content(update(update(entity, left), right))).to.deep.equal(content(update(entity, body)))
        },
      ),
    )
  })

  it('without overwriting leave every instance that is there, the very object', () => {
    fc.assert(
      fc.property(entities, bodies, (entity, body) => {
        const { next = entity, notUpdated = [] } = appendAttributes(entity, body, { overwrite: false }, NOW)
        for (const [name, list] of Object.entries(entity.attributes))
          expect(next.attributes[name]).to.include.members([...list])
        const there = Object.entries(body.attributes).flatMap(([name, list]) =>
          list.filter(({ datasetId }) => entity.attributes[name]?.some((one) => one.datasetId === datasetId)),
        )
        expect(notUpdated).to.have.length(there.length)
      }),
    )
  })

  it('overwriting after not overwriting is overwriting', () => {
    fc.assert(
      fc.property(entities, bodies, (entity, body) => {
        expect(content(append(append(entity, body, false), body, true))).to.deep.equal(
          content(append(entity, body, true)),
        )
      }),
    )
  })

  it('of an attribute that was not there is undone by its deletion', () => {
    fc.assert(
      fc.property(entities, bodies, (entity, { attributes }) => {
        for (const [name, list] of Object.entries(attributes)) {
          if (Object.hasOwn(entity.attributes, name)) continue
          const grown = append(entity, { attributes: { [name]: list } }, true)
          const shrunk = outcome(grown, deleteAttribute(grown, name, { deleteAll: true }, LATER))
          expect(shrunk.attributes).to.deep.equal(entity.attributes)
        }
      }),
    )
  })
})

describe('changes of one attribute', () => {
  it('a partial update of nothing changes nothing', () => {
    fc.assert(
      fc.property(entities, (entity) => {
        for (const [name, list] of Object.entries(entity.attributes)) {
          const given = list.map(({ datasetId }) => (datasetId === undefined ? {} : { datasetId }))
          expect(partialUpdateAttribute(entity, name, given, NOW)).not.to.have.any.keys('next', 'change')
        }
      }),
    )
  })

  it('a replacement is that of an update with this attribute alone', () => {
    fc.assert(
      fc.property(entities, bodies, (entity, { attributes }) => {
        for (const [name, list] of Object.entries(attributes)) {
          const known = list.filter(({ datasetId }) =>
            entity.attributes[name]?.some((one) => one.datasetId === datasetId),
          )
          if (known.length === 0) continue
          const replaced = outcome(entity, replaceAttribute(entity, name, known, NOW))
          expect(replaced).to.deep.equal(update(entity, { attributes: { [name]: known } }))
        }
      }),
    )
  })

  it('a partial update of everything that is given is a replacement but for what is not given', () => {
    fc.assert(
      fc.property(entities, bodies, (entity, { attributes }) => {
        for (const [name, list] of Object.entries(attributes)) {
          const fitting = list.filter(({ datasetId, kind }) =>
            entity.attributes[name]?.some((one) => one.datasetId === datasetId && one.kind === kind),
          )
          if (fitting.length === 0) continue
          const partly = outcome(entity, partialUpdateAttribute(entity, name, fitting, NOW))
          for (const given of fitting) {
            const [before, now] = [entity, partly].map((each) =>
              each.attributes[name]?.find(({ datasetId }) => datasetId === given.datasetId),
            )
            expect(now?.value).to.deep.equal(given.value)
            expect(now?.observedAt).to.equal(given.observedAt ?? before?.observedAt)
            for (const below of Object.keys(before?.attributes ?? {}))
              expect(now?.attributes).to.have.property(below)
          }
        }
      }),
    )
  })
})
