import { expect } from 'chai'
import { shareIds } from '../../../broker/federation/maps/share-ids.ts'
import { registration } from './support.ts'

const ids = (count: number, length = 10) =>
  Array.from({ length: count }, (_, at) => `urn:b:${String(at).padStart(length - 6, '0')}`)

describe('5.14.4 shareIds', () => {
  it('keeps what is not much together, and bounds what is much', () => {
    const forward = { registration: registration() }
    expect(shareIds(forward, ids(100)).map((part) => part.ids.length)).to.deep.equal([100])
    expect(shareIds(forward, ids(250)).map((part) => part.ids.length)).to.deep.equal([100, 100, 50])
    const long = shareIds(forward, ids(10, 1000))
    expect(long.flatMap((part) => part.ids)).to.deep.equal(ids(10, 1000))
    expect(long.map((part) => part.ids.length)).to.deep.equal([3, 3, 3, 1])
    expect(shareIds(forward, ids(1, 9000))).to.have.length(1)
  })

  it('asks for nothing but what the source registered, by ids alone', () => {
    const some = { registration: registration(), idPattern: '[02468]$' }
    const [part, ...others] = shareIds(some, ids(5))
    expect([part?.ids, others]).to.deep.equal([['urn:b:0000', 'urn:b:0002', 'urn:b:0004'], []])
    expect(part).to.not.have.property('idPattern')
    expect(shareIds({ registration: registration(), ids: ['urn:x'] }, ids(5))).to.deep.equal([])
  })
})
