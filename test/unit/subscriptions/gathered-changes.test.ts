import { expect } from 'chai'
import fc from 'fast-check'
import { wholeChange } from '../../../broker/core/merge/settle.ts'
import type { LogRecord } from '../../../broker/core/model/change.ts'
import type { Entity } from '../../../broker/core/model/entity.ts'
import { DEFAULT_TENANT } from '../../../broker/core/model/tenant.ts'
import { GatheredChanges, gatheredRecord } from '../../../broker/subscriptions/gathered-changes.ts'
import { seeChange } from '../../../broker/subscriptions/match/see-change.ts'
import { OPEN_CALLER } from '../../../security/open-caller.ts'
import { entity, NOW, property } from '../../support/store-builders.ts'

const ID = 'urn:ngsi-ld:Thing:1'
const NAMES = ['https://example.org/x', 'https://example.org/y', 'https://example.org/z']

/** States of an entity, one after the other; undefined: it is not there. */
const states = fc.array(
  fc.option(
    fc
      .dictionary(fc.constantFrom(...NAMES), fc.integer({ min: 1, max: 3 }), { minKeys: 1 })
      .map((values) => values),
    { nil: undefined },
  ),
  { minLength: 2, maxLength: 8 },
)

function entityOf(values: Record<string, number> | undefined): Entity | undefined {
  if (!values) return undefined
  const attributes = Object.entries(values).map(([name, value]) => [name, [property(value)]] as const)
  return entity(ID, { attributes: Object.fromEntries(attributes) })
}

function recordOf(
  sequence: number,
  before: Entity | undefined,
  after: Entity | undefined,
): LogRecord | undefined {
  if (!before && !after) return undefined
  const action = before ? (after ? 'updated' : 'deleted') : 'created'
  const whole = wholeChange(before ? 'deleted' : 'created', (before ?? after) as Entity, NOW).attributes
  const names = [
    ...new Set([...Object.keys(before?.attributes ?? {}), ...Object.keys(after?.attributes ?? {})]),
  ]
  const changed = names.flatMap((attribute) => {
    const [was] = before?.attributes[attribute] ?? []
    const [is] = after?.attributes[attribute] ?? []
    if (was?.value === is?.value) return []
    return [
      {
        attribute,
        action: was ? (is ? ('updated' as const) : ('deleted' as const)) : ('created' as const),
        ...(was && { before: was }),
        ...(is && { after: is }),
      },
    ]
  })
  return {
    sequence,
    collection: 'entity',
    id: ID,
    action,
    at: NOW + sequence,
    origin: { by: 'tester' },
    ...(before && { before }),
    ...(after && { after }),
    attributes: action === 'updated' ? changed : whole,
  }
}

describe('changes of one entity that are gathered', () => {
  it('tell what leads from the first state to the last', () => {
    const view = OPEN_CALLER.view(DEFAULT_TENANT)
    fc.assert(
      fc.property(states, (given) => {
        const all = given.map(entityOf)
        const records = all
          .slice(1)
          .map((after, at) => recordOf(at + 1, all[at], after))
          .filter((record) => record !== undefined)
        const gathered = new GatheredChanges()
        for (const record of records) gathered.add(record)
        expect(gathered.size).to.equal(records.length > 0 ? 1 : 0)
        const [change] = gathered.take()
        const merged = change && gatheredRecord(change, all.at(-1))
        const direct = recordOf(records.at(-1)?.sequence ?? 1, all[0], all.at(-1))
        const told = merged && seeChange(merged, view, NOW)
        const wanted = direct && seeChange(direct, view, NOW)
        const summary = (change: typeof told) =>
          change && {
            before: change.before,
            after: change.after,
            changes: change.changes
              .filter(({ before, after }) => before?.value !== after?.value)
              .map(({ attribute, action, before, after }) => [attribute, action, before?.value, after?.value])
              .sort(),
          }
        expect(summary(told)).to.deep.equal(summary(wanted))
      }),
      { numRuns: 500 },
    )
  })

  it('are taken as far as there is room, one at least, and are not held any more', () => {
    const gathered = new GatheredChanges()
    const add = (id: string, sequence: number, values: Record<string, number>) => {
      const record = recordOf(sequence, undefined, entityOf(values))
      if (record) gathered.add({ ...record, id })
    }
    const takeIds = (most: number) => gathered.take(undefined, most).map(({ last }) => last.id)
    for (const [at, id] of ['a', 'b', 'c', 'd'].entries()) add(id, at + 1, { [`${NAMES[0]}`]: 1 })
    const one = gathered.length / 4
    add('b', 5, { [`${NAMES[0]}`]: 1 })
    expect(gathered.length).to.equal(4 * one)
    expect(takeIds(2 * one)).to.deep.equal(['a', 'b'])
    expect(takeIds(0)).to.deep.equal(['c'])
    expect(gathered.length).to.equal(one)
    expect(takeIds(one)).to.deep.equal(['d'])
    expect([gathered.length, gathered.size]).to.deep.equal([0, 0])
  })
})
