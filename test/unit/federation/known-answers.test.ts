import { expect } from 'chai'
import { createKnownAnswers } from '../../../broker/federation/forward/known-answers.ts'

describe('answers of sources that come again', () => {
  const known = createKnownAnswers()
  const parse = (question: string, text: string) => known.parse(question, Buffer.from(text))

  it('are the same object while they are the same bytes', () => {
    const first = parse('a', '[{"id":"urn:x:1"}]')
    expect(first).to.deep.equal([{ id: 'urn:x:1' }])
    expect(parse('a', '[{"id":"urn:x:1"}]')).to.equal(first)
    expect(parse('a', '[{"id":"urn:x:2"}]')).to.deep.equal([{ id: 'urn:x:2' }])
    expect(parse('a', '[{"id":"urn:x:1"}]')).to.not.equal(first)
  })

  it('are those of one question, and what is no JSON is never remembered', () => {
    const first = parse('b', '[]')
    expect(parse('c', '[]')).to.not.equal(first)
    expect(() => parse('b', '[')).to.throw(SyntaxError)
    expect(parse('b', '[]')).to.equal(first)
  })
})
