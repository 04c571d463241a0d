import { expect } from 'chai'
import { Problem } from '../../../broker/core/model/problem.ts'
import { at, EXAMPLE, name, q, thrownBy } from './builders.ts'

const a = { attributes: [name('a')] }
const number = (value: number) => ({ kind: 'number', value })
const string = (value: string) => ({ kind: 'string', value })
const exists = (attribute: string) => ({ kind: 'exists', path: { attributes: [name(attribute)] } })

function refusal(text: string, options = {}): Problem {
  const thrown = thrownBy(() => q(text, options))
  if (!(thrown instanceof Problem)) throw thrown
  return thrown
}

describe('4.9 NGSI-LD Query Language: paths', () => {
  const cases: readonly (readonly [string, object])[] = [
    ['a', a],
    ['  a  ', a],
    ['a.b.c', { attributes: [name('a'), name('b'), name('c')] }],
    ['nhiệtĐộ', { attributes: [name('nhiệtĐộ')] }],
    ['constructor', { attributes: [name('constructor')] }],
    ['ex:speed', { attributes: [`${EXAMPLE}speed`] }],
    ['a.ex:b', { attributes: [name('a'), `${EXAMPLE}b`] }],
    ['https://example.org/x.y', { attributes: ['https://example.org/x.y'] }],
    ['https://example.org/x.observedAt', { attributes: ['https://example.org/x'], member: 'observedAt' }],
    ['urn:x:a', { attributes: ['urn:x:a'] }],
    ['a.observedAt', { ...a, member: 'observedAt' }],
    ['a.modifiedAt', { ...a, member: 'modifiedAt' }],
    ['a.createdAt', { ...a, member: 'createdAt' }],
    ['a.expiresAt', { ...a, member: 'expiresAt' }],
    ['a.unitCode', { ...a, member: 'unitCode' }],
    ['a.datasetId', { ...a, member: 'datasetId' }],
    ['modifiedAt', { attributes: [], member: 'modifiedAt' }],
    ['a[x]', { ...a, value: ['x'] }],
    ['a[x.y-z.0]', { ...a, value: ['x', 'y-z', '0'] }],
    ['a[en]', { ...a, value: ['en'] }],
    ['a[*]', { ...a, value: ['*'] }],
    ['a[__proto__]', { ...a, value: ['__proto__'] }],
    ['a{b}', { ...a, linked: { types: [], path: { attributes: [name('b')] } } }],
    ['a{T:b}', { ...a, linked: { types: [name('T')], path: { attributes: [name('b')] } } }],
    [
      'a{T, ex:U:b[x]}',
      {
        ...a,
        linked: { types: [name('T'), `${EXAMPLE}U`], path: { attributes: [name('b')], value: ['x'] } },
      },
    ],
    [
      'a{https://example.org/T:b}',
      { ...a, linked: { types: ['https://example.org/T'], path: { attributes: [name('b')] } } },
    ],
    [
      'a{b{T:c}}',
      {
        ...a,
        linked: {
          types: [],
          path: {
            attributes: [name('b')],
            linked: { types: [name('T')], path: { attributes: [name('c')] } },
          },
        },
      },
    ],
  ]
  for (const [text, path] of cases) {
    it(`reads ${text}`, () => {
      expect(q(text)).to.deep.equal({ kind: 'exists', path })
      expect(q(`!${text}`)).to.deep.equal({ kind: 'absent', path })
    })
  }
})

describe('4.9 NGSI-LD Query Language: values', () => {
  const cases: readonly (readonly [string, object])[] = [
    ['a==20', number(20)],
    ['a==-0.5e3', number(-500)],
    ['a >= 20', number(20)],
    ['a=="x;y|z)"', string('x;y|z)')],
    ['a=="say \\"no\\" \\u00e9\\n"', string('say "no" é\n')],
    ['a=="20"', string('20')],
    ['a==""', string('')],
    ['a==Male', string('Male')],
    ['a==true', { kind: 'boolean', value: true }],
    ['a!=false', { kind: 'boolean', value: false }],
    [
      'a>2026-01-31T12:00:00Z',
      { kind: 'dateTime', value: at('2026-01-31T12:00:00Z'), text: '2026-01-31T12:00:00Z' },
    ],
    ['a==2026-01-31', { kind: 'date', value: at('2026-01-31T00:00:00Z'), text: '2026-01-31' }],
    ['a<12:30:00Z', { kind: 'time', value: 45_000_000_000, text: '12:30:00Z' }],
    ['a==urn:ngsi-ld:X:1', { kind: 'uri', value: 'urn:ngsi-ld:X:1' }],
    ['a==http://example.org/x(1)', { kind: 'uri', value: 'http://example.org/x(1)' }],
    ['a==http://example.org/../x', { kind: 'uri', value: 'http://example.org/../x' }],
    ['a=="urn:ngsi-ld:X:1"', string('urn:ngsi-ld:X:1')],
    ['a=="b", "c"', { kind: 'list', values: [string('b'), string('c')] }],
    ['a!=1,"c",true', { kind: 'list', values: [number(1), string('c'), { kind: 'boolean', value: true }] }],
    ['a==1..5', { kind: 'range', from: number(1), to: number(5) }],
    ['a==-1.5..2.5', { kind: 'range', from: number(-1.5), to: number(2.5) }],
    ['a=="b".."d"', { kind: 'range', from: string('b'), to: string('d') }],
    [
      'a==2026-01-01..2026-01-31',
      {
        kind: 'range',
        from: { kind: 'date', value: at('2026-01-01T00:00:00Z'), text: '2026-01-01' },
        to: { kind: 'date', value: at('2026-01-31T00:00:00Z'), text: '2026-01-31' },
      },
    ],
  ]
  for (const [text, value] of cases) {
    it(`reads ${text}`, () => {
      expect(q(text)).to.deep.include({ kind: 'compare', path: a, value })
    })
  }

  it('reads every operator', () => {
    for (const operator of ['==', '!=', '>', '>=', '<', '<=', '~=', '!~=']) {
      expect(q(`a${operator}"x"`)).to.include({ kind: 'compare', operator })
    }
  })

  it('keeps a pattern as it is written, quoted or not', () => {
    expect(q('a~="^x\\.y"')).to.include({ pattern: '^x\\.y' })
    expect(q('a~=(x|y);b')).to.have.nested.include({ 'nodes[0].pattern': '(x|y)' })
    expect(q('(a!~=[)|;]x)|b')).to.have.nested.include({ 'nodes[0].pattern': '[)|;]x' })
    expect(q('a~=x|b')).to.have.nested.include({ 'nodes[0].pattern': 'x', 'nodes[1].kind': 'exists' })
  })

  it('expands the values of attributes named by expandValues, and only theirs', () => {
    expect(q('a==Male', { expandValues: ['a'] })).to.deep.include({ expanded: [`${EXAMPLE}Male`] })
    expect(q('a=="Male","x"', { expandValues: ['a'] })).to.deep.include({
      expanded: [`${EXAMPLE}Male`, name('x')],
    })
    expect(q('r{a}==Male', { expandValues: ['a'] })).to.deep.include({ expanded: [`${EXAMPLE}Male`] })
    expect(q('b==Male', { expandValues: ['a'] })).to.not.have.property('expanded')
    expect(q('a==1', { expandValues: ['a'] })).to.not.have.property('expanded')
  })

  it('marks attributes named by jsonKeys, and only them', () => {
    expect(q('a[k]==1', { jsonKeys: ['a'] })).to.include({ jsonKeys: true })
    expect(q('b[k]==1', { jsonKeys: ['a'] })).to.not.have.property('jsonKeys')
  })
})

describe('4.9 NGSI-LD Query Language: logic', () => {
  it('binds ";" tighter than "|"', () => {
    expect(q('a|b;c')).to.deep.equal({
      kind: 'or',
      nodes: [exists('a'), { kind: 'and', nodes: [exists('b'), exists('c')] }],
    })
  })

  it('lets groups go first, at any depth', () => {
    expect(q('((a|b);c)')).to.deep.equal({
      kind: 'and',
      nodes: [{ kind: 'or', nodes: [exists('a'), exists('b')] }, exists('c')],
    })
    expect(q(`${'('.repeat(32)}a${')'.repeat(32)}`)).to.deep.equal(exists('a'))
  })

  it('freezes every node', () => {
    const node = q('a[x]==1,2|(b{T:c}==1..2;!d)')
    const check = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return
      expect(Object.isFrozen(value), JSON.stringify(value)).to.equal(true)
      Object.values(value).forEach(check)
    }
    check(node)
  })
})

describe('4.9 NGSI-LD Query Language: refusals', () => {
  const cases: readonly (readonly [text: string, position: number, expected: string])[] = [
    ['', 0, 'the name of an attribute'],
    ['__proto__', 0, 'the name of an attribute'],
    ['a.__proto__==1', 2, 'the name of an attribute'],
    ['1a', 0, 'the name of an attribute'],
    ['a;', 2, 'the name of an attribute'],
    ['a;;b', 2, 'the name of an attribute'],
    ['|a', 0, 'the name of an attribute'],
    ['!(a)', 1, 'the name of an attribute'],
    ['a.', 2, 'the name of an attribute'],
    ['a=1', 1, 'an operator'],
    ['a b', 2, 'an operator'],
    ['a)', 1, 'an operator'],
    ['!a==1', 2, 'an operator'],
    ['a.observedAt.b', 12, 'an operator after the member observedAt'],
    ['a.observedAt[x]', 12, 'an operator after the member observedAt'],
    ['(a', 2, '")"'],
    ['(a;b', 4, '")"'],
    ['a[', 2, 'a key'],
    ['a[]', 2, 'a key'],
    ['a[x..y]', 4, 'a key'],
    ['a[x', 3, '"]"'],
    ['a[x][y]', 4, 'an operator'],
    ['a{', 2, 'the name of an attribute'],
    ['a{}', 2, 'the name of an attribute'],
    ['a{b', 3, '"}"'],
    ['a{1T:b}', 2, 'entity types'],
    ['a==', 3, 'a value'],
    ['a==;b', 3, 'a value'],
    ['a=="x', 5, 'a closing quote'],
    ['a==x"', 4, 'an operator'],
    ['a=="\\x"', 3, 'escapes of JSON'],
    ['a=="\\ud800"', 3, 'escapes of JSON'],
    ["a=='x'", 3, 'a value'],
    ['a==01', 3, 'a value'],
    ['a==1e999', 3, 'a value'],
    ['a==1...5', 6, 'a value'],
    ['a==1,', 5, 'a value'],
    ['a==1.."x"', 6, 'an order'],
    ['a==true..false', 3, 'a value'],
    ['a>true', 2, 'an order'],
    ['a>4..5', 3, 'a single value'],
    ['a>4,5', 3, 'a single value'],
  ]
  for (const [text, position, expected] of cases) {
    it(`refuses ${text || 'nothing'} at ${position}`, () => {
      const problem = refusal(text)
      expect(problem.code).to.equal('BadRequestData')
      expect(problem.members.position).to.equal(position)
      expect(problem.message).to.contain(expected).and.contain(`character ${position}`)
    })
  }

  it('refuses an invalid pattern where it is wrong', () => {
    expect(refusal('a~="x(y"').members.position).to.equal(4)
    expect(refusal('a~="x[z-a]"').members).to.deep.include({ position: 6 })
    expect(refusal('a~="(x)\\1"').members.position).to.equal(7)
    expect(refusal('a~="(?=x)"').members.position).to.equal(4)
    expect(refusal('a~=""').members.position).to.equal(4)
    expect(refusal('a~=').members.position).to.equal(3)
  })

  it('refuses a lone surrogate', () => {
    expect(refusal('a=="\ud800"').code).to.equal('BadRequestData')
  })

  it('does not repeat more of the query than one character', () => {
    expect(refusal('name=="Nguyễn Văn A" x').message).to.not.contain('Nguyễn')
  })

  const limits: readonly (readonly [limit: string, text: string, fits: string])[] = [
    ['length', `a=="${'x'.repeat(8188)}"`, `a=="${'x'.repeat(8187)}"`],
    ['depth', `${'('.repeat(33)}a${')'.repeat(33)}`, `${'('.repeat(32)}a${')'.repeat(32)}`],
    ['depth', `${'a{'.repeat(33)}a${'}'.repeat(33)}`, `${'a{'.repeat(32)}a${'}'.repeat(32)}`],
    ['depth', Array(33).fill('a').join('.'), Array(32).fill('a').join('.')],
    ['depth', `a[${Array(33).fill('a').join('.')}]`, `a[${Array(32).fill('a').join('.')}]`],
    ['terms', Array(129).fill('a').join('|'), Array(128).fill('a').join('|')],
    ['listItems', `a==${Array(257).fill(1).join(',')}`, `a==${Array(256).fill(1).join(',')}`],
    ['pattern', `a~="${'x'.repeat(1025)}"`, `a~="${'x'.repeat(1024)}"`],
    ['pattern', `a~="${'x{1000}'.repeat(20)}"`, 'a~="x{1000}"'],
  ]
  for (const [limit, text, fits] of limits) {
    it(`names the limit ${limit} that ${text.slice(0, 12)}… breaks`, () => {
      const problem = refusal(text)
      expect(problem.code).to.equal('TooComplexQuery')
      expect(problem.members.limit).to.equal(limit)
      expect(() => q(fits)).to.not.throw()
    })
  }

  it('obeys the limits that it is given', () => {
    const limits = { length: 20, depth: 1, terms: 2, listItems: 2 }
    expect(refusal('a|b|c', { limits }).members).to.include({ limit: 'terms', maximum: 2 })
  })

  it('survives nesting far beyond the limit', () => {
    expect(refusal('('.repeat(8192)).code).to.equal('TooComplexQuery')
    expect(refusal('a{'.repeat(4000)).code).to.equal('TooComplexQuery')
  })
})
