import { expect } from 'chai'
import { RecentWork } from '../../../broker/subscriptions/recent-work.ts'

describe('recent work', () => {
  it('makes once what is wanted again soon, of one object in one form', () => {
    const work = new RecentWork<object | undefined>()
    let made = 0
    const make = (): object => ({ number: ++made })
    const [one, other] = [{ id: 'same' }, { id: 'same' }]
    const first = work.of(one, 'form', make)
    expect(work.of(one, 'form', make)).to.equal(first)
    expect(work.of(one, 'other form', make)).not.to.equal(first)
    expect(work.of(other, 'form', make)).not.to.equal(first)
    expect(made).to.equal(3)
  })

  it('remembers that nothing comes of it', () => {
    const work = new RecentWork<undefined>()
    let asked = 0
    const nothing = (): undefined => void asked++
    const of = {}
    work.of(of, '', nothing)
    work.of(of, '', nothing)
    expect(asked).to.equal(1)
  })

  it('forgets what others came after, and makes it again', () => {
    const work = new RecentWork<number>()
    let made = 0
    const of = {}
    const make = (): number => ++made
    work.of(of, '', make)
    for (let at = 0; at < 100; at++) work.of({}, '', make)
    expect(work.of(of, '', make)).to.equal(102)
  })
})
