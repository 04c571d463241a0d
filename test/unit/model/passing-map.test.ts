import { expect } from 'chai'
import { PassingMap } from '../../../broker/core/model/passing-map.ts'

describe('passing map', () => {
  it('answers as a Map does however much has passed through it', () => {
    const passing = new PassingMap<number, string>()
    const plain = new Map<number, string>()
    for (let at = 0; at < 1000; at++) {
      passing.set(at, `v${at}`)
      plain.set(at, `v${at}`)
      // now and then more than it is renewed with stays
      if (at % 300 < 200) continue
      for (const gone of [at, at - 150, at - 151]) expect(passing.delete(gone)).to.equal(plain.delete(gone))
      expect(passing.size).to.equal(plain.size)
    }
    expect([...passing.entries()]).to.deep.equal([...plain])
    expect([...passing.values()]).to.deep.equal([...plain.values()])
    expect(passing.get(1)).to.equal('v1')
    expect(passing.get(299)).to.equal(undefined)
    expect(passing.delete(299)).to.equal(false)
  })

  it('keeps the order of what stays while others come and go', () => {
    const passing = new PassingMap<string, number>()
    passing.set('first', 1)
    passing.set('second', 2)
    for (let at = 0; at < 500; at++) {
      passing.set(`passes ${at}`, at)
      passing.delete(`passes ${at}`)
    }
    expect([...passing.entries()]).to.deep.equal([
      ['first', 1],
      ['second', 2],
    ])
    passing.clear()
    expect(passing.size).to.equal(0)
    expect(passing.get('first')).to.equal(undefined)
  })
})
