import { expect } from 'chai'
import fc from 'fast-check'
import { MongoServerError } from 'mongodb'
import { Problem } from '../../../broker/core/model/problem.ts'
import { matchPattern } from '../../../broker/core/query/pattern.ts'
import { asked } from '../../../broker/store/mongodb/mongo-errors.ts'
import { idPrefix } from '../../../broker/store/mongodb/query/id-prefix.ts'
import { indexedValues } from '../../../broker/store/mongodb/query/indexed-values.ts'
import { rejection } from '../../support/rejection.ts'
import { entity, property } from '../../support/store-builders.ts'

describe('filters of the MongoDB store', () => {
  it('take from a pattern how ids begin, and never more than it says', () => {
    const piece = fc.constantFrom(
      'urn:',
      'a',
      'b',
      ':',
      '.',
      '\\.',
      '*',
      '+',
      '?',
      '{2}',
      '[ab]',
      '(a)',
      '|',
      '$',
      '.*',
    )
    const id = fc
      .array(fc.constantFrom('urn:', 'a', 'b', ':', '.'), { maxLength: 5 })
      .map((parts) => parts.join(''))
    let exact = 0
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 6 }),
        fc.array(id, { minLength: 1, maxLength: 20 }),
        (pieces, ids) => {
          const pattern = `^${pieces.join('')}`
          const known = idPrefix(pattern)
          if (!known) return
          for (const one of ids) {
            const matches = isMatch(pattern, one)
            if (matches === undefined) return
            const within = one >= known.prefix && one < known.before
            expect(within).to.equal(one.startsWith(known.prefix))
            if (matches) expect(within, `${pattern} ${one}`).to.equal(true)
            if (known.exact) expect(within, `${pattern} ${one}`).to.equal(matches)
            exact += Number(known.exact && matches)
          }
        },
      ),
      { numRuns: 2000 },
    )
    expect(exact).to.be.greaterThan(20)
    expect(idPrefix('^urn:ngsi-ld:Camera:.*')).to.include({ prefix: 'urn:ngsi-ld:Camera:', exact: true })
    expect(idPrefix('urn:ngsi-ld:Camera')).to.equal(undefined)
  })

  it('hold of an entity no more than a document takes, and say of which attributes they tell less', () => {
    const many = Array.from({ length: 900 }, (_, at) => `${at}`.padEnd(400, 'x'))
    const names = Array.from({ length: 20 }, (_, at) => `urn:p:${at}`)
    const attributes = Object.fromEntries(names.map((name) => [name, [property(many)]]))
    const values = indexedValues(entity('urn:e:1', { attributes }))
    expect(JSON.stringify(values).length).to.be.below(2_000_000)
    const opaque = values.filter(({ n }) => n.endsWith(' opaque')).map(({ n }) => n)
    expect(opaque.length).to.be.within(10, 19)
    const whole = new Set(values.map(({ n }) => n).filter((n) => n.endsWith(' string item')))
    expect([...whole].map((n) => n.split(' ')[0])).to.have.length(20 - opaque.length)
  })

  it('become a refusal of the query where the server has no time left for them', async () => {
    const error = await rejection(
      asked(() =>
        Promise.reject(new MongoServerError({ message: 'operation exceeded time limit', code: 50 })),
      ),
    )
    expect(error).to.be.instanceOf(Problem).with.property('code', 'TooComplexQuery')
    expect(error).to.have.property('message').which.does.not.include('exceeded')
  })
})

function isMatch(pattern: string, id: string): boolean | undefined {
  try {
    return matchPattern({}, pattern, id)
  } catch {
    return undefined
  }
}
