import { expect } from 'chai'
import fc from 'fast-check'
import { Problem } from '../../../broker/core/model/problem.ts'
import type { QNode } from '../../../broker/core/query/ast.ts'
import { parseQ, renamedQ } from '../../../broker/core/query/parse-q.ts'
import { writeQ } from '../../../broker/core/query/write-q.ts'
import { q as texts } from '../../fuzz/grammars.ts'
import { table } from './builders.ts'

const written = (text: string) => writeQ(parseQ(text, { table }), table)

describe('4.9 queries, written', () => {
  for (const [text, form = text] of [
    ['speed>10'],
    ['speed>=10.0', 'speed>=10'],
    ['a;b|c', 'a;b|c'],
    ['a;(b|c);!d'],
    ['(a|b)|c'],
    ['name==Eiffel', 'name=="Eiffel"'],
    ['name=="a \\"b\\" ü"'],
    ['n==1..3'],
    ['n!="a",true,5'],
    ['t.observedAt>2026-01-01T00:00:00Z'],
    ['modifiedAt<2026-01-01T00:00:00.500Z'],
    ['address[city.name]=="x"'],
    ['a.b.c'],
    ['rel{Line,Bus:stop.name}=="x"'],
    ['name~="a(b|c);d"'],
    ['name!~=a"b', 'name!~="a\\"b"'],
    ['ex:speed==urn:a:b'],
  ] as const) {
    it(`${text} is ${form}`, () => expect(written(text)).to.equal(form))
  }

  it('mean what they meant, whatever they are', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const node = parsed(text)
        // an IRI swallows the dots behind it
        fc.pre(node !== undefined && !/urn:|:\//.test(text))
        expect(plain(parsed(writeQ(node, table)))).to.deep.equal(plain(node))
      }),
      { numRuns: 200 },
    )
  })

  it('name anew what was expanded', () => {
    const node = parseQ('kind=="Male","x"', { table, expandValues: ['kind'] })
    expect(writeQ(node, table)).to.equal('kind=="Male","x"')
    expect(writeQ(node, { ...table, compact: (iri) => iri })).to.match(
      /=="https:\/\/example.org\/Male","https:/,
    )
  })

  it('are renamed without being read again', () => {
    const text = '(kind==a|raw[x]==1);!z;kind~="a"'
    const names = { table, expandValues: ['kind'], jsonKeys: ['raw'] }
    expect(renamedQ(parseQ(text, { table }), names)).to.deep.equal(parseQ(text, names))
    expect(renamedQ(parseQ(text, names), { table })).to.deep.equal(parseQ(text, { table }))
  })
})

function parsed(text: string): QNode | undefined {
  try {
    return parseQ(text, { table })
  } catch (error) {
    if (error instanceof Problem) return undefined
    throw error
  }
}

/** A quote in a pattern is the same with and without its escape. */
function plain(node: QNode | undefined): unknown {
  return JSON.parse(JSON.stringify(node ?? null).replaceAll('\\\\\\"', '\\"'))
}
