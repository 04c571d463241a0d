import { expect } from 'chai'
import fc from 'fast-check'
import { type Entity, type Instance, VALUE_MEMBER } from '../../../broker/core/model/entity.ts'
import { DEFAULT_CONTEXT } from '../../../broker/core/model/iri.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../../broker/core/model/json.ts'
import type { RenderOptions } from '../../../broker/core/view/render-options.ts'
import { nullOf, PREVIOUS_MEMBER } from '../../../broker/core/view/told.ts'
import { entities } from '../merge/arbitraries.ts'
import { render } from '../view/rendered.ts'
import { changed, receivedEntity, subscription, table } from './notices.ts'

const NULL = 'urn:ngsi-ld:null'
const formats = fc.constantFrom<RenderOptions['format']>('normalized', 'concise', 'simplified')

function byTerm(entity: Entity): Readonly<Record<string, readonly Instance[]>> {
  return Object.fromEntries(
    Object.entries(entity.attributes).map(([name, instances]) => [
      name.slice(DEFAULT_CONTEXT.length),
      instances,
    ]),
  )
}

/** Instances that a receiver finds under a name of the normalized representation. */
function instancesIn(entity: JsonObject | undefined, name: string): readonly JsonObject[] {
  const found: JsonValue | undefined = entity?.[name]
  return (Array.isArray(found) ? found : [found]).filter(isJsonObject)
}

function find(instances: readonly JsonObject[], datasetId: string | undefined): JsonObject | undefined {
  return instances.find((one) => one.datasetId === datasetId)
}

/** What an instance alone looks like in an answer. */
function answered(instance: Instance, name: string, like: Entity): JsonObject | undefined {
  const alone = { ...like, attributes: { [`${DEFAULT_CONTEXT}${name}`]: [instance] } }
  return instancesIn(render(alone, { format: 'normalized' }, table), name)[0]
}

describe('5.8.6 What is told of any change', () => {
  it('is, of an entity that was created or changed without deletions, what a query answers', () =>
    fc.assert(
      fc.asyncProperty(entities, formats, async (after, format) => {
        const told = await receivedEntity(
          changed(undefined, byTerm(after)),
          subscription({ options: { format } }),
        )
        expect(told).to.deep.equal(render(after, { format }, table))
      }),
    ))

  it('says of each instance what it is, that it is gone, and what it was', () =>
    fc.assert(
      fc.asyncProperty(entities, entities, async (before, after) => {
        const change = changed(byTerm(before), byTerm(after))
        const told = await receivedEntity(change, subscription({ showChanges: true }))
        for (const { attribute, datasetId, action, before: was, after: is } of change.changes) {
          const name = attribute.slice(DEFAULT_CONTEXT.length)
          const instance = find(instancesIn(told, name), datasetId)
          const previous = was && PREVIOUS_MEMBER[was.kind]
          const sameMember = !is || previous === PREVIOUS_MEMBER[is.kind]
          const { [previous ?? '']: then, ...now } = instance ?? {}
          if (was && !sameMember) expect(then).to.equal(undefined)
          else if (was) expect(then).to.deep.equal(answered(was, name, before)?.[VALUE_MEMBER[was.kind]])
          if (is) expect(now).to.deep.equal(answered(is, name, after))
          if (was && action === 'deleted') {
            expect(now).to.deep.equal(answered({ ...gone(was), value: nullOf(was.kind) }, name, before))
          }
        }
      }),
    ))

  it('has a null for nothing but what is gone, in any representation', () =>
    fc.assert(
      fc.asyncProperty(entities, entities, formats, async (before, after, format) => {
        const change = changed(byTerm(before), byTerm(after))
        const told = await receivedEntity(change, subscription({ options: { format } }))
        const goes = change.changes.filter(({ action }) => action === 'deleted')
        const names = new Set(goes.map(({ attribute }) => attribute.slice(DEFAULT_CONTEXT.length)))
        for (const [name, value] of Object.entries(told ?? {})) {
          expect(JSON.stringify(value).includes(NULL), name).to.equal(names.has(name))
        }
      }),
    ))

  it('says of a deleted entity that all is gone', () =>
    fc.assert(
      fc.asyncProperty(entities, formats, async (before, format) => {
        const triggers = new Set(['attributeDeleted'] as const)
        const of = subscription({ options: { format }, triggers })
        const told = (await receivedEntity(changed(byTerm(before), undefined), of)) ?? {}
        const { id, type: _, deletedAt, ...attributes } = told
        expect(id).to.equal(before.id)
        expect(deletedAt).to.be.a('string')
        expect(Object.keys(attributes)).to.have.members(Object.keys(byTerm(before)))
        for (const value of Object.values(attributes)) expect(JSON.stringify(value)).to.include(NULL)
      }),
    ))
})

/** An instance without what its deletion does not tell. */
function gone({ kind, datasetId, createdAt, modifiedAt, value }: Instance): Instance {
  return { kind, value, createdAt, modifiedAt, ...(datasetId !== undefined && { datasetId }) }
}
