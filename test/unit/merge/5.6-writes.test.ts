import { expect } from 'chai'
import { appendAttributes } from '../../../broker/core/merge/append-attributes.ts'
import { createEntity } from '../../../broker/core/merge/create-entity.ts'
import { deleteAttribute } from '../../../broker/core/merge/delete-attribute.ts'
import { deleteEntity } from '../../../broker/core/merge/delete-entity.ts'
import { limitEntitySize } from '../../../broker/core/merge/limit-entity-size.ts'
import { mergeEntity } from '../../../broker/core/merge/merge-entity.ts'
import { partialUpdateAttribute } from '../../../broker/core/merge/partial-update-attribute.ts'
import { replaceAttribute } from '../../../broker/core/merge/replace-attribute.ts'
import { replaceEntity } from '../../../broker/core/merge/replace-entity.ts'
import { updateAttributes } from '../../../broker/core/merge/update-attributes.ts'
import { upsertEntity } from '../../../broker/core/merge/upsert-entity.ts'
import type { Entity } from '../../../broker/core/model/entity.ts'
import { NGSI_LD_NULL } from '../../../broker/core/model/iri.ts'
import { Problem, type ProblemCode } from '../../../broker/core/model/problem.ts'
import { SCOPE } from '../../../broker/core/model/temporal.ts'
import { DATASET, entity, fragment, given, ID, instance, iri, LATER, NOW, stored, THEN } from './build.ts'

function refusal(code: ProblemCode, act: () => unknown): void {
  try {
    act()
  } catch (problem) {
    expect(problem).to.be.instanceOf(Problem)
    expect((problem as Problem).code).to.equal(code) // checked above
    return
  }
  expect.fail(`nothing was refused, expected ${code}`)
}

const none: Entity | undefined = undefined

describe('5.6.1 Create Entity', () => {
  const body = fragment(
    { level: [given(1)] },
    { id: ID, types: [iri('Station'), iri('Station')], scopes: ['/a', '/a'] },
  )

  it('dates everything now and tells every instance as created', () => {
    const { next, change } = createEntity(none, body, NOW)
    expect(next).to.deep.equal({
      id: ID,
      types: [iri('Station')],
      scopes: ['/a'],
      createdAt: NOW,
      modifiedAt: NOW,
      attributes: { [iri('level')]: [{ kind: 'Property', value: 1, createdAt: NOW, modifiedAt: NOW }] },
    })
    expect(change).to.deep.equal({
      action: 'created',
      at: NOW,
      members: true,
      attributes: [
        { attribute: iri('level'), action: 'created', after: next?.attributes[iri('level')]?.[0] },
      ],
    })
    expect(next).not.to.have.property('expiresAt')
  })

  it('refuses a second one until the first has expired', () => {
    refusal('AlreadyExists', () => createEntity(entity({}), body, NOW))
    refusal('AlreadyExists', () => createEntity(entity({}, { expiresAt: LATER }), body, NOW))
    const { next, change } = createEntity(entity({ old: [stored(1)] }, { expiresAt: NOW }), body, NOW)
    expect(next?.createdAt).to.equal(NOW)
    expect(next?.attributes).not.to.have.property(iri('old'))
    expect(change?.action).to.equal('created')
  })

  it('refuses NGSI-LD Nulls, a missing id and a missing type', () => {
    const types = [iri('Station')]
    refusal('BadRequestData', () =>
      createEntity(none, fragment({ level: [{ value: NGSI_LD_NULL }] }, { id: ID, types }), NOW),
    )
    refusal('BadRequestData', () =>
      createEntity(none, fragment({}, { id: ID, types, scopes: NGSI_LD_NULL }), NOW),
    )
    refusal('BadRequestData', () => createEntity(none, fragment({}, { types }), NOW))
    refusal('BadRequestData', () => createEntity(none, fragment({}, { id: ID, types: [] }), NOW))
  })
})

describe('5.6 writes on an entity that is not there', () => {
  const gone = entity({ level: [stored(1)] }, { expiresAt: NOW })
  const acts: Readonly<Record<string, (current: Entity | undefined) => unknown>> = {
    append: (current) => appendAttributes(current, fragment({}), { overwrite: true }, NOW),
    update: (current) => updateAttributes(current, fragment({}), NOW),
    partial: (current) => partialUpdateAttribute(current, iri('level'), [given(2)], NOW),
    replaceAttribute: (current) => replaceAttribute(current, iri('level'), [given(2)], NOW),
    merge: (current) => mergeEntity(current, fragment({}), {}, NOW),
    replace: (current) => replaceEntity(current, fragment({}), NOW),
    deleteAttribute: (current) => deleteAttribute(current, iri('level'), {}, NOW),
    delete: (current) => deleteEntity(current, NOW),
  }
  for (const [name, act] of Object.entries(acts)) {
    it(`${name} answers ResourceNotFound for an absent and for an expired entity`, () => {
      refusal('ResourceNotFound', () => act(undefined))
      refusal('ResourceNotFound', () => act(gone))
    })
  }

  it('names the entity that is missing', () => {
    expect(() => updateAttributes(undefined, fragment({}, { id: ID }), NOW)).to.throw(
      `Entity ${ID} does not exist`,
    )
  })

  it('refuses a body that names another entity', () => {
    const other = fragment({}, { id: 'urn:ngsi-ld:Station:2' })
    refusal('BadRequestData', () => updateAttributes(entity({}), other, NOW))
    refusal('BadRequestData', () => mergeEntity(entity({}), other, {}, NOW))
    refusal('BadRequestData', () => replaceEntity(entity({}), other, NOW))
    refusal('BadRequestData', () => appendAttributes(entity({}), other, { overwrite: true }, NOW))
  })
})

describe('5.6.3 Append Attributes', () => {
  const current = entity(
    {
      level: [stored(1, { unitCode: 'CMT', attributes: { [iri('by')]: [stored('a')] } })],
      quiet: [stored('same')],
    },
    { scopes: ['/a'] },
  )

  it('replaces what exists as a whole, keeps createdAt and what is not mentioned', () => {
    const body = fragment(
      { level: [given(2)], added: [given(3)] },
      { types: [iri('Sensor')], scopes: ['/b'] },
    )
    const { next, change, updated, notUpdated } = appendAttributes(current, body, { overwrite: true }, NOW)
    expect(instance(next?.attributes, 'level')).to.deep.equal(stored(2, { modifiedAt: NOW }))
    expect(instance(next?.attributes, 'quiet')).to.equal(instance(current.attributes, 'quiet'))
    expect(next).to.include({ createdAt: THEN, modifiedAt: NOW })
    expect(next?.types).to.deep.equal([iri('Station'), iri('Sensor')])
    expect(next?.scopes).to.deep.equal(['/b'])
    expect(change?.attributes.map(({ attribute, action }) => [attribute, action])).to.deep.equal([
      [iri('level'), 'updated'],
      [iri('added'), 'created'],
    ])
    expect(updated).to.deep.equal([iri('level'), iri('added'), SCOPE])
    expect(notUpdated).to.deep.equal([])
  })

  it('leaves what exists without overwrite, and says so; scopes are united', () => {
    const body = fragment({ level: [given(2)], added: [given(3)] }, { scopes: ['/b'] })
    const { next, updated, notUpdated } = appendAttributes(current, body, { overwrite: false }, NOW)
    expect(instance(next?.attributes, 'level')).to.equal(instance(current.attributes, 'level'))
    expect(next?.scopes).to.deep.equal(['/a', '/b'])
    expect(updated).to.deep.equal([iri('added'), SCOPE])
    expect(notUpdated?.map(({ attribute }) => attribute)).to.deep.equal([iri('level')])
    expect(notUpdated?.[0]?.reason).to.include('overwriting is not allowed')
  })

  it('adds an instance with a new datasetId beside the default one', () => {
    const body = fragment({ level: [given(9, { datasetId: DATASET })] })
    const { next, change } = appendAttributes(current, body, { overwrite: false }, NOW)
    expect(next?.attributes[iri('level')]).to.have.length(2)
    expect(instance(next?.attributes, 'level')).to.equal(instance(current.attributes, 'level'))
    expect(change?.attributes).to.have.length(1)
    expect(change?.attributes[0]).to.include({ datasetId: DATASET, action: 'created' })
    expect(change?.attributes[0]).not.to.have.property('before')
  })

  it('refuses an NGSI-LD Null', () => {
    refusal('BadRequestData', () =>
      appendAttributes(current, fragment({ level: [{ value: NGSI_LD_NULL }] }), { overwrite: true }, NOW),
    )
  })
})

describe('5.6.2 Update Attributes', () => {
  const level = stored(1, { expiresAt: LATER, attributes: { [iri('by')]: [stored('a')] } })
  const current = entity({ level: [level, stored(5, { datasetId: DATASET })], quiet: [stored('same')] })

  it('replaces whole attributes: sub-attributes and expiresAt not given are lost; adds missing ones', () => {
    const { next } = updateAttributes(current, fragment({ level: [given(2)], added: [given(3)] }), NOW)
    expect(instance(next?.attributes, 'level')).to.deep.equal(stored(2, { modifiedAt: NOW }))
    expect(instance(next?.attributes, 'level', DATASET)?.value).to.equal(5)
    expect(instance(next?.attributes, 'added')).to.deep.equal(stored(3, { createdAt: NOW, modifiedAt: NOW }))
  })

  it('may change the type of an attribute and keeps createdAt', () => {
    const link = { kind: 'Relationship' as const, value: 'urn:ngsi-ld:Well:1' }
    const { next } = updateAttributes(current, fragment({ quiet: [link] }), NOW)
    expect(instance(next?.attributes, 'quiet')).to.deep.equal({ ...link, createdAt: THEN, modifiedAt: NOW })
  })

  it('deletes exactly the instance that is given as NGSI-LD Null', () => {
    const { next, change } = updateAttributes(current, fragment({ level: [{ value: NGSI_LD_NULL }] }), NOW)
    expect(instance(next?.attributes, 'level')).to.equal(undefined)
    expect(instance(next?.attributes, 'level', DATASET)?.value).to.equal(5)
    expect(change?.attributes).to.deep.equal([{ attribute: iri('level'), action: 'deleted', before: level }])
  })

  it('ignores the NGSI-LD Null of an attribute that is not there', () => {
    expect(
      updateAttributes(current, fragment({ none: [{ value: NGSI_LD_NULL }] }), NOW),
    ).not.to.have.property('change')
  })

  it('replaces the scope only if there is one', () => {
    const body = fragment({}, { scopes: ['/b'] })
    const without = updateAttributes(current, body, NOW)
    expect(without).not.to.have.property('next')
    expect(without.notUpdated?.map(({ attribute }) => attribute)).to.deep.equal([SCOPE])
    const withScope = updateAttributes({ ...current, scopes: ['/a'] }, body, NOW)
    expect(withScope.next?.scopes).to.deep.equal(['/b'])
    expect(withScope.change?.members).to.equal(true)
    expect(withScope.notUpdated).to.deep.equal([])
  })

  it('only ever adds types', () => {
    const { next } = updateAttributes(current, fragment({}, { types: [iri('Sensor')] }), NOW)
    expect(next?.types).to.deep.equal([iri('Station'), iri('Sensor')])
    expect(updateAttributes(current, fragment({}, { types: [iri('Station')] }), NOW)).not.to.have.property(
      'change',
    )
  })
})

describe('5.6.4 Partial Attribute Update', () => {
  const level = stored(25, {
    unitCode: 'CEL',
    observedAt: THEN,
    expiresAt: LATER,
    attributes: { [iri('by')]: [stored('a')], [iri('note')]: [stored('n')] },
  })
  const current = entity({ level: [level] })

  it('overwrites the given members and keeps the others (5.5.8, example 1)', () => {
    const { next } = partialUpdateAttribute(current, iri('level'), [given(100, { observedAt: NOW })], NOW)
    expect(instance(next?.attributes, 'level')).to.deep.equal({
      ...level,
      value: 100,
      observedAt: NOW,
      modifiedAt: NOW,
    })
  })

  it('replaces and deletes sub-attributes one by one', () => {
    const attributes = { [iri('by')]: [given('b')], [iri('note')]: [{ value: NGSI_LD_NULL }] }
    const { next, change } = partialUpdateAttribute(current, iri('level'), [{ attributes }], NOW)
    const after = instance(next?.attributes, 'level')
    expect(after?.attributes).to.deep.equal({ [iri('by')]: [stored('b', { modifiedAt: NOW })] })
    expect(after?.value).to.equal(25)
    expect(change?.attributes).to.deep.equal([
      { attribute: iri('level'), action: 'updated', before: level, after },
    ])
  })

  it('takes observedAt away when it is given as NGSI-LD Null', () => {
    const { next } = partialUpdateAttribute(current, iri('level'), [{ observedAt: NGSI_LD_NULL }], NOW)
    expect(instance(next?.attributes, 'level')).not.to.have.property('observedAt')
  })

  it('replaces objects inside values instead of merging them', () => {
    const there = entity({ address: [stored({ city: 'Phổ Yên', street: 'Trường Chinh' })] })
    const { next } = partialUpdateAttribute(there, iri('address'), [given({ city: 'Sông Công' })], NOW)
    expect(instance(next?.attributes, 'address')?.value).to.deep.equal({ city: 'Sông Công' })
  })

  it('deletes exactly the instance whose value is NGSI-LD Null', () => {
    const { next, change } = partialUpdateAttribute(current, iri('level'), [{ value: NGSI_LD_NULL }], NOW)
    expect(instance(next?.attributes, 'level')).to.equal(undefined)
    expect(change?.attributes.map(({ action }) => action)).to.deep.equal(['deleted'])
    refusal('ResourceNotFound', () =>
      partialUpdateAttribute(current, iri('none'), [{ value: NGSI_LD_NULL }], NOW),
    )
  })

  it('refuses another type and the scope', () => {
    refusal('BadRequestData', () =>
      partialUpdateAttribute(current, iri('level'), [{ kind: 'Relationship', value: 'urn:x:1' }], NOW),
    )
    refusal('BadRequestData', () =>
      partialUpdateAttribute({ ...current, scopes: ['/a'] }, 'scope', [given(1)], NOW),
    )
  })

  it('answers ResourceNotFound for a missing attribute or instance', () => {
    refusal('ResourceNotFound', () => partialUpdateAttribute(current, iri('none'), [given(1)], NOW))
    refusal('ResourceNotFound', () =>
      partialUpdateAttribute(current, iri('level'), [given(1, { datasetId: DATASET })], NOW),
    )
  })
})

describe('5.6.19 Replace Attribute', () => {
  const level = stored(1, { unitCode: 'CMT', attributes: { [iri('by')]: [stored('a')] } })
  const current = entity({ level: [level, stored(5, { datasetId: DATASET })] })

  it('puts the new instance in place of the old one and keeps createdAt only', () => {
    const { next, updated } = replaceAttribute(current, iri('level'), [given(2)], NOW)
    expect(instance(next?.attributes, 'level')).to.deep.equal(stored(2, { modifiedAt: NOW }))
    expect(instance(next?.attributes, 'level', DATASET)).to.equal(
      instance(current.attributes, 'level', DATASET),
    )
    expect(updated).to.deep.equal([iri('level')])
  })

  it('refuses NGSI-LD Nulls and the scope, and finds no missing instance', () => {
    refusal('BadRequestData', () => replaceAttribute(current, iri('level'), [{ value: NGSI_LD_NULL }], NOW))
    refusal('BadRequestData', () => replaceAttribute(current, SCOPE, [given(1)], NOW))
    refusal('ResourceNotFound', () => replaceAttribute(current, iri('none'), [given(1)], NOW))
    refusal('ResourceNotFound', () =>
      replaceAttribute(current, iri('level'), [given(1, { datasetId: 'urn:x:2' })], NOW),
    )
  })
})

describe('5.6.18 Replace Entity', () => {
  const current = entity(
    { level: [stored(1)], quiet: [stored('same')], old: [stored(0)] },
    { scopes: ['/a'] },
  )

  it('loses everything not given; createdAt stays, also of attributes; unchanged ones keep modifiedAt', () => {
    const body = fragment({ quiet: [given('same')], level: [given(2)] }, { types: [iri('Pump')] })
    const { next, change } = replaceEntity(current, body, NOW)
    expect(next?.types).to.deep.equal([iri('Pump')])
    expect(next).not.to.have.property('scopes')
    expect(next?.createdAt).to.equal(THEN)
    expect(next?.attributes).to.deep.equal({
      [iri('quiet')]: [stored('same')],
      [iri('level')]: [stored(2, { modifiedAt: NOW })],
    })
    expect(change).to.include({ action: 'updated', members: true })
    expect(change?.attributes.map(({ attribute, action }) => [attribute, action])).to.deep.equal([
      [iri('level'), 'updated'],
      [iri('old'), 'deleted'],
    ])
  })

  it('changes nothing when the same content comes in another order', () => {
    const body = fragment({ old: [given(0)], quiet: [given('same')], level: [given(1)] }, { scopes: ['/a'] })
    expect(replaceEntity(current, body, NOW)).not.to.have.any.keys('next', 'change')
  })
})

describe('5.6.5 Delete Attribute', () => {
  const current = entity(
    { level: [stored(1), stored(5, { datasetId: DATASET })], quiet: [stored('same')] },
    { scopes: ['/a'] },
  )

  it('takes the default instance without datasetId, and with @none', () => {
    for (const which of [{}, { datasetId: '@none' }]) {
      const { next } = deleteAttribute(current, iri('level'), which, NOW)
      expect(next?.attributes[iri('level')]).to.deep.equal([stored(5, { datasetId: DATASET })])
    }
  })

  it('takes one dataset, or all instances', () => {
    const one = deleteAttribute(current, iri('level'), { datasetId: DATASET }, NOW)
    expect(one.next?.attributes[iri('level')]).to.deep.equal([stored(1)])
    const all = deleteAttribute(current, iri('level'), { deleteAll: true }, NOW)
    expect(all.next?.attributes).not.to.have.property(iri('level'))
    expect(all.change?.attributes).to.have.length(2)
    expect(JSON.stringify(all.next)).not.to.include('level')
  })

  it('takes the scope away', () => {
    const { next, change } = deleteAttribute(current, 'scope', {}, NOW)
    expect(next).not.to.have.property('scopes')
    expect(change).to.deep.include({ members: true, attributes: [] })
  })

  it('answers ResourceNotFound for what is not there', () => {
    refusal('ResourceNotFound', () => deleteAttribute(current, iri('none'), { deleteAll: true }, NOW))
    refusal('ResourceNotFound', () => deleteAttribute(current, iri('quiet'), { datasetId: DATASET }, NOW))
    refusal('ResourceNotFound', () => deleteAttribute(entity({}), 'scope', {}, NOW))
    refusal('ResourceNotFound', () => deleteAttribute(current, 'toString', {}, NOW))
  })
})

describe('5.6.6 Delete Entity', () => {
  it('keeps nothing and tells every instance as deleted', () => {
    const current = entity({ level: [stored(1), stored(5, { datasetId: DATASET })] })
    const decision = deleteEntity(current, NOW)
    expect(decision).not.to.have.property('next')
    expect(decision.change).to.include({ action: 'deleted', at: NOW, members: true })
    expect(decision.change?.attributes.map(({ action, before }) => [action, before?.value])).to.deep.equal([
      ['deleted', 1],
      ['deleted', 5],
    ])
  })
})

describe('5.6.8 Upsert', () => {
  const current = entity({ level: [stored(1)], quiet: [stored('same')] })
  const body = fragment({ level: [given(2)] }, { id: ID, types: [iri('Pump')] })

  it('creates what is not there or expired', () => {
    for (const before of [undefined, { ...current, expiresAt: NOW }]) {
      const { next, change } = upsertEntity(before, body, { mode: 'update' }, NOW)
      expect(change?.action).to.equal('created')
      expect(next?.attributes).not.to.have.property(iri('quiet'))
    }
  })

  it('replaces, or updates attributes', () => {
    const replaced = upsertEntity(current, body, { mode: 'replace' }, NOW).next
    expect(replaced?.attributes).not.to.have.property(iri('quiet'))
    expect(replaced?.types).to.deep.equal([iri('Pump')])
    const updated = upsertEntity(current, body, { mode: 'update' }, NOW).next
    expect(updated?.attributes).to.have.property(iri('quiet'))
    expect(updated?.types).to.deep.equal([iri('Station'), iri('Pump')])
  })
})

describe('entity size', () => {
  it('counts bytes of UTF-8, not characters', () => {
    const text = 'ổ'.repeat(100)
    const bytes = Buffer.byteLength(JSON.stringify(entity({ name: [stored(text)] })))
    expect(() => limitEntitySize(entity({ name: [stored(text)] }), bytes)).not.to.throw()
    refusal('RequestEntityTooLarge', () => limitEntitySize(entity({ name: [stored(text)] }), bytes - 1))
    refusal('RequestEntityTooLarge', () => limitEntitySize(entity({ name: [stored('a'.repeat(1_048_576))] })))
  })
})
