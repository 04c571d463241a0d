import { expect } from 'chai'
import fc from 'fast-check'
import type { QNode } from '../../../broker/core/query/ast.ts'
import { matchQ } from '../../../broker/core/query/match-q.ts'
import { matchTypes } from '../../../broker/core/query/match-types.ts'
import { type FindIds, narrowLinked } from '../../../broker/operations/entities/narrow-linked.ts'
import { entity, name, of, q } from '../query/builders.ts'

const IDS = ['urn:x:0', 'urn:x:1', 'urn:x:2', 'urn:x:3', 'urn:x:4']
const uris = fc.array(fc.constantFrom(...IDS, 'urn:x:none'), { minLength: 1, maxLength: 3 })

/** Five entities that point to each other, in circles too. */
const graphs = fc
  .tuple(
    ...IDS.map((id) =>
      fc.record({
        id: fc.constant(id),
        type: fc.constantFrom('T', 'U'),
        a: fc.option(fc.nat(2), { nil: undefined }),
        r: uris,
        s: fc.option(uris, { nil: undefined }),
      }),
    ),
  )
  .map((list) =>
    list.map(({ id, type, a, r, s }) =>
      entity(
        {
          ...(a !== undefined && { a }),
          r: of('Relationship', r.length === 1 ? (r[0] ?? '') : r),
          ...(s && { s: of('ListRelationship', s) }),
        },
        { id, types: [name(type)] },
      ),
    ),
  )

const leaves = fc.constantFrom('a', 'a==1', 'a>0', 'a!=1', 'r=="urn:x:1"', 'b')
const terms = fc.oneof(
  leaves,
  ...[
    'r{a}',
    'r{a}==1',
    's{a}!=0',
    'r{T:a}==2',
    's{T,U:a}>0',
    'r{s{a}}==1',
    's{U:r{T:s{a}}}',
    '!r{a}',
    '!s{T:a}',
  ].map((text) => fc.constant(text)),
)
const texts = fc
  .array(fc.array(terms, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 })
  .map((groups) => groups.map((group) => group.join(';')).join('|'))

describe('4.9 NGSI-LD Query Language, linked entities found from behind', () => {
  it('finds all that q matches, however many may be named', async () => {
    await fc.assert(
      fc.asyncProperty(graphs, texts, fc.nat(5), async (graph, text, most) => {
        const context = { linked: (uri: string) => graph.find(({ id }) => id === uri) }
        const findIds: FindIds = async ({ q: inner, types }) => {
          const found = graph.filter(
            (one) => (!inner || matchQ(inner, one, context)) && (!types || matchTypes(types, one.types)),
          )
          return found.length > most ? undefined : found.map(({ id }) => id)
        }
        const narrowed = await narrowLinked(q(text), findIds)
        for (const one of graph) {
          if (matchQ(q(text), one, context)) expect(matchQ(narrowed, one, context), text).to.equal(true)
        }
      }),
      { numRuns: 500 },
    )
  })

  it('says what the relationship points to, in place of what is behind it', async () => {
    const ids = async () => ['urn:x:1', 'urn:x:2']
    const pointing = { kind: 'compare', path: { attributes: [name('r')] }, operator: '==' }
    const node = (await narrowLinked(q('r{T:a}==1'), ids)) as Extract<QNode, { kind: 'compare' }>
    expect(node).to.deep.include(pointing)
    expect(node.value).to.deep.equal({
      kind: 'list',
      values: [
        { kind: 'uri', value: 'urn:x:1' },
        { kind: 'uri', value: 'urn:x:2' },
      ],
    })
    for (const text of ['a', 'a==1', '!r{a}', 'b.r{a}'])
      expect(await narrowLinked(q(text), ids), text).to.deep.equal(q(text))
    expect(await narrowLinked(q('r{a}'), async () => undefined)).to.deep.equal(q('r{a}'))
  })
})
