import { expect } from 'chai'
import type { TestedRequirement } from '../../conformance/collect-tests.ts'
import { matrixPage } from '../../conformance/matrix.ts'
import { type Clause, readStatements } from '../../conformance/statements.ts'

const clause = (number: string, statements: Clause['statements']): Clause => ({
  clause: number,
  title: 'Title',
  statements,
})
const tested = (number: string, requirement: string, file = 'test/http/x.test.ts'): TestedRequirement => ({
  clause: number,
  title: 'Words of the suite',
  requirement,
  file,
  tests: 2,
})
const lines = (clauses: readonly Clause[], tests: readonly TestedRequirement[]): readonly string[] =>
  matrixPage(clauses, tests)
    .split('\n')
    .filter((line) => /^(##|\| [a-z\\*])/.test(line) && !line.startsWith('| requirement'))

describe('matrix of requirements and tests', () => {
  it('links a statement to the tests that have it as their title, in that clause only', () => {
    const tests = [tested('5.1', 'does it'), tested('5.2', 'does that')]
    expect(
      lines([clause('5.1', [{ statement: 'does it' }, { statement: 'does that' }])], tests),
    ).to.deep.equal([
      '## 5.1 Title',
      '| does it | [http/x](../test/http/x.test.ts) (2) | tested |',
      '| does that |  | **not tested** |',
      '## 5.2 Words of the suite',
      '| does that | [http/x](../test/http/x.test.ts) (2) | tested |',
    ])
  })

  it('says what is for later and what deviates, tested or not', () => {
    const statements = [
      { statement: 'one', later: 6 },
      { statement: 'two', deviation: 'why' },
      { statement: 'three', later: 6 },
    ]
    expect(lines([clause('5.1', statements)], [tested('5.1', 'two'), tested('5.1', 'three')])).to.deep.equal([
      '## 5.1 Title',
      '| one |  | later: issue 6 |',
      '| two | [http/x](../test/http/x.test.ts) (2) | deviation: why |',
      '| three | [http/x](../test/http/x.test.ts) (2) | tested |',
    ])
  })

  it('puts tests of the pure rules together, and clauses in the order of their parts', () => {
    const unit = 'test/unit/y.test.ts'
    expect(
      lines([], [tested('5.10', 'a', unit), tested('5.10', 'b', unit), tested('5.9', 'c')]),
    ).to.deep.equal([
      '## 5.9 Words of the suite',
      '| c | [http/x](../test/http/x.test.ts) (2) | tested |',
      '## 5.10 Words of the suite',
      '| the rules of the clause by themselves | [unit/y](../test/unit/y.test.ts) (4) | tested |',
    ])
  })

  it('writes titles as text', () => {
    expect(lines([], [tested('5.1', 'a|b <c> `d`')])[1]).to.include('a\\|b \\<c\\> \\`d\\`')
  })
})

describe('test/conformance/statements.yaml', () => {
  const clauses = readStatements()

  it('has each clause once, and each of its statements once', () => {
    const numbers = clauses.map((each) => each.clause)
    expect(new Set(numbers).size).to.equal(numbers.length)
    for (const { clause: number, title, statements } of clauses) {
      expect(number).to.match(/^\d+(\.\d+)+$/)
      expect(title).to.be.a('string').that.is.not.equal('')
      const texts = statements.map(({ statement }) => statement)
      expect(new Set(texts).size, number).to.equal(texts.length)
    }
  })

  it('says of what is not served either which issue brings it or why it is otherwise', () => {
    for (const { clause: number, statements } of clauses) {
      for (const one of statements) {
        expect(Object.keys(one), number).to.satisfy(
          (keys: readonly string[]) => keys.length <= 2 && keys.includes('statement'),
        )
        expect(one.later ?? 1).to.be.a('number')
        expect(one.deviation ?? 'none')
          .to.be.a('string')
          .that.is.not.equal('')
      }
    }
  })
})
