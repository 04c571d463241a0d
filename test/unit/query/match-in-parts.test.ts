import { expect } from 'chai'
import fc from 'fast-check'
import type { Entity, Instance } from '../../../broker/core/model/entity.ts'
import { matchInParts } from '../../../broker/core/query/match-in-parts.ts'
import { matchQ } from '../../../broker/core/query/match-q.ts'
import { createGeometryEngine } from '../../../broker/geometry/geos.ts'
import { entity, instance, name, q } from './builders.ts'

const terms = fc.constantFrom(
  ...['a', '!a', 'a==1', 'a!=1', 'a>2', 'a==1,2', 'a==0..1', 'a~="x"', 'b', '!b', 'b==true', 'b<0', 'c.c==1'],
)
const texts: fc.Arbitrary<string> = fc.letrec<{ q: string }>((tie) => ({
  q: fc.oneof(
    { maxDepth: 3 },
    terms,
    fc
      .tuple(fc.constantFrom(';', '|'), fc.array(tie('q'), { minLength: 2, maxLength: 3 }))
      .map(([operator, parts]) => parts.map((part) => `(${part})`).join(operator)),
  ),
})).q

const told = fc.record({
  attribute: fc.constantFrom('a', 'b', 'c'),
  part: fc.nat({ max: 4 }),
  value: fc.constantFrom(0, 1, 2, 3, true, 'x', 'y'),
})

describe('4.9 q of what is at hand in parts', () => {
  const engine = createGeometryEngine()
  const made = (instances: readonly { attribute: string; instance: Instance }[]): Entity => {
    const attributes: Record<string, readonly Instance[]> = {}
    for (const { attribute, instance: one } of instances)
      attributes[name(attribute)] = [...(attributes[name(attribute)] ?? []), one]
    return { ...entity({}), attributes }
  }

  it('is judged as if all of it were at hand, whatever the parts', () => {
    fc.assert(
      fc.property(texts, fc.array(told, { maxLength: 8 }), (text, all) => {
        const node = q(text)
        const instances = all.map(({ value, ...of }) => ({ ...of, instance: instance(value) }))
        const judge = matchInParts({ q: node }, engine)
        const expected = matchQ(node, made(instances))
        for (const part of [0, 1, 2, 3, 4]) {
          judge.add(made(instances.filter((one) => one.part === part)))
          if (judge.decided()) expect(expected, text).to.equal(true)
        }
        expect(judge.matches(), text).to.equal(expected)
      }),
      { numRuns: 500 },
    )
  })

  it('is not decided while something may turn up that has to be absent', () => {
    const judge = matchInParts({ q: q('!b') }, engine)
    judge.add(made([]))
    expect([judge.matches(), judge.decided()]).to.deep.equal([true, false])
    judge.add(made([{ attribute: 'b', instance: instance(1) }]))
    expect(judge.matches()).to.equal(false)
  })
})
