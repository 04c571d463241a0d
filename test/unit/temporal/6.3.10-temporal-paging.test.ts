import { expect } from 'chai'
import fc from 'fast-check'
import type { TemporalEntity, TimeWindow } from '../../../broker/core/model/temporal.ts'
import { type CutRequest, cutEvolutions } from '../../../broker/core/temporal/cut-evolutions.ts'
import { lastInstances } from '../../../broker/core/temporal/last-instances.ts'
import { atHand, evolution, instance, table } from './evolution.ts'

const observed = (...times: readonly number[]) =>
  times.map((at) => instance(at, undefined, { observedAt: at }))
const timesOf = (entity: TemporalEntity | undefined, name: string) =>
  entity?.attributes[table.expand(name)]?.map(({ observedAt }) => observedAt)
const cut = (entity: TemporalEntity, request: Omit<CutRequest, 'perAttribute'>, perAttribute = 3) => {
  const { entities, range } = cutEvolutions([entity], { ...request, perAttribute })
  return { a: timesOf(entities[0], 'a'), b: timesOf(entities[0], 'b'), range }
}
const since = (from: number): TimeWindow => ({ property: 'observedAt', from })
const until = (to: number): TimeWindow => ({ property: 'observedAt', to })

describe('5.7.4.4 lastN', () => {
  it('keeps the last of each attribute, the newest first', () => {
    const entity = evolution({ a: observed(1, 3, 2), b: observed(5) })
    const last = lastInstances(entity, 2, 'observedAt')
    expect(timesOf(last, 'a')).to.deep.equal([3, 2])
    expect(timesOf(last, 'b')).to.deep.equal([5])
  })

  it('counts all datasets of an attribute together, by the time that is asked by', () => {
    const entity = evolution({
      a: [
        instance(1, undefined, { observedAt: 1, modifiedAt: 9 }),
        instance(2, undefined, { observedAt: 2, modifiedAt: 8, datasetId: 'urn:x:a' }),
      ],
    })
    const value = (property: 'observedAt' | 'modifiedAt') =>
      lastInstances(entity, 1, property).attributes[table.expand('a')]?.map((each) => each.value)
    expect(value('observedAt')).to.deep.equal([2])
    expect(value('modifiedAt')).to.deep.equal([1])
  })
})

describe('6.3.10 Cut of evolutions', () => {
  it('leaves what is not too much as it is', () => {
    const entities = [evolution({ a: observed(1, 2, 3), b: observed(4) })]
    expect(cutEvolutions(entities, { perAttribute: 3 })).to.deep.equal({ entities })
    expect(cutEvolutions(entities, { perAttribute: 3, lastN: 3 }).range).to.equal(undefined)
  })

  it('cuts all attributes at one instant', () => {
    const entity = evolution({ a: observed(1, 2, 3, 4), b: observed(2, 3, 5) })
    expect(cut(entity, { window: since(0) })).to.deep.equal({
      a: [1, 2, 3],
      b: [2, 3],
      range: { start: 0, end: 3, size: '*' },
    })
  })

  it('leaves nothing of an attribute that comes later', () => {
    expect(
      cut(evolution({ a: observed(1, 2, 3, 4), b: observed(7, 8, 9, 10) }), { window: since(0) }),
    ).to.deep.include({
      a: [1, 2, 3],
      b: [],
    })
  })

  it('goes backwards with lastN', () => {
    const entity = evolution({ a: observed(10, 9, 8, 7), b: observed(4, 3, 2, 1), c: observed(9, 1) })
    expect(cut(entity, { window: until(20), lastN: 100 })).to.deep.equal({
      a: [10, 9, 8],
      b: [],
      range: { start: 20, end: 8, size: 100 },
    })
  })

  const ranges: readonly (readonly [
    string,
    Omit<CutRequest, 'perAttribute'>,
    number,
    number,
    number | '*',
  ])[] = [
    ['after, forwards', { window: since(0) }, 0, 3, '*'],
    ['before, forwards', { window: until(20) }, 1, 3, '*'],
    ['between, forwards', { window: { ...since(0), to: 20 } }, 0, 3, '*'],
    ['all of time, forwards', {}, 1, 3, '*'],
    ['after, backwards', { window: since(0), lastN: 5 }, 5, 3, 5],
    ['before, backwards', { window: until(20), lastN: 5 }, 20, 3, 5],
    ['between, backwards', { window: { ...since(0), to: 20 }, lastN: 5 }, 20, 3, 5],
    ['all of time, backwards', { lastN: 5 }, 5, 3, 5],
  ]
  for (const [what, request, start, end, size] of ranges) {
    it(`tells the range: ${what}`, () => {
      const times = request.lastN === undefined ? [1, 2, 3, 4, 5] : [5, 4, 3, 2, 1]
      expect(cut(evolution({ a: observed(...times) }), request).range).to.deep.equal({ start, end, size })
    })
  }

  it('cuts several evolutions at one instant', () => {
    const { entities, range } = cutEvolutions(
      [evolution({ a: observed(1, 2, 3, 4) }), evolution({ a: observed(3, 9) })],
      { perAttribute: 3 },
    )
    expect(entities.map((entity) => timesOf(entity, 'a'))).to.deep.equal([[1, 2, 3], [3]])
    expect(range).to.deep.equal({ start: 1, end: 3, size: '*' })
  })

  it('never parts the instances of one instant backwards, and always goes on forwards', () => {
    const forwards = (...times: readonly number[]) =>
      cut(evolution({ a: observed(...times) }), { window: since(1) }).a
    expect(forwards(1, 2, 3, 3)).to.deep.equal([1, 2])
    expect(forwards(1, 1, 2, 2)).to.deep.equal([1, 1, 2, 2])
    expect(forwards(1, 2, 2, 2)).to.deep.equal([1, 2, 2, 2])
    const backwards = (...times: readonly number[]) =>
      cut(evolution({ a: observed(...times) }), { lastN: 9 }).a
    expect(backwards(9, 8, 7, 7)).to.deep.equal([9, 8])
    expect(backwards(9, 8, 8, 8)).to.deep.equal([9])
  })

  it('keeps scopes from before the window, which belong to its beginning', () => {
    const entity = evolution({ a: observed(11, 12, 13, 14), scope: observed(3) })
    const { entities, range } = cutEvolutions([entity], { window: since(10), perAttribute: 3 })
    expect(timesOf(entities[0], 'scope')).to.deep.equal([3])
    expect(range).to.deep.equal({ start: 10, end: 13, size: '*' })
  })

  /** As a store answers it: so many of each attribute. */
  const inOrder = (entity: TemporalEntity, backwards: boolean, most: number): TemporalEntity => ({
    ...entity,
    attributes: Object.fromEntries(
      Object.entries(entity.attributes).map(([name, instances]) => {
        const sorted = instances.toSorted((left, right) => (left.observedAt ?? 0) - (right.observedAt ?? 0))
        return [name, (backwards ? sorted.reverse() : sorted).slice(0, most)]
      }),
    ),
  })
  const series = fc.uniqueArray(fc.integer({ min: 0, max: 60 }), { maxLength: 40 })

  for (const backwards of [false, true]) {
    it(`misses nothing from part to part, ${backwards ? 'backwards' : 'forwards'}`, () => {
      fc.assert(
        fc.property(series, series, fc.integer({ min: 1, max: 9 }), (a, b, perAttribute) => {
          const whole = evolution({ a: observed(...a), b: observed(...b) })
          const seen = { a: new Set<number>(), b: new Set<number>() }
          let window: TimeWindow = { property: 'observedAt', from: 0, to: 100 }
          for (let part = 0; part < 100; part++) {
            const found = inOrder(atHand(whole, window), backwards, perAttribute + 1)
            const request = { window, perAttribute, ...(backwards && { lastN: 1000 }) }
            const { entities, range } = cutEvolutions([found], request)
            for (const name of ['a', 'b'] as const)
              for (const time of timesOf(entities[0], name) ?? []) seen[name].add(time ?? -1)
            if (!range) break
            window = backwards ? { ...window, to: range.end } : { ...window, from: range.end }
          }
          return seen.a.size === a.length && seen.b.size === b.length
        }),
      )
    })
  }
})
