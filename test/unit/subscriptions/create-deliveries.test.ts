import { expect } from 'chai'
import { Problem } from '../../../broker/core/model/problem.ts'
import { START, World } from './delivery-world.ts'

const endpoint = 'http://receiver.test/'
const HOUR = 3_600_000

describe('5.8.6 deliveries: order and retry', () => {
  it('sends what has one key one after the other, and different keys at the same time', async () => {
    const world = new World()
    world.answer = () => ({ delivered: true, after: 10 })
    for (const id of ['w1', 'w2', 'w3']) world.add(id, { order: id, endpoint })
    await world.pass(100) // the endpoint has shown that it works
    world.sent.length = 0
    for (const id of ['a1', 'b1', 'a2', 'a3']) world.add(id, { order: id[0]!, endpoint })
    await world.pass(5)
    expect(world.sent.map(({ id }) => id)).to.deep.equal(['a1', 'b1'])
    await world.pass(95)
    expect(world.sent.map(({ id }) => id)).to.deep.equal(['a1', 'b1', 'a2', 'a3'])
    expect(world.told.slice(3).map(({ id, at }) => [id, at])).to.deep.equal([
      ['a1', 110],
      ['b1', 110],
      ['a2', 120],
      ['a3', 130],
    ])
  })

  it('tries again after growing pauses, and lets nothing of the key pass by', async () => {
    const world = new World()
    let failures = 4
    world.answer = () => ({ delivered: failures-- <= 0, after: 0 })
    world.add('a1', { order: 'a', endpoint })
    world.add('a2', { order: 'a', endpoint })
    await world.pass(10_000)
    expect(world.sent.map(({ id, from }) => [id, from])).to.deep.equal([
      ['a1', 0],
      ['a1', 50],
      ['a1', 150],
      ['a1', 350],
      ['a1', 750],
      ['a2', 750],
    ])
    expect(world.outcomes()).to.deep.equal({ a1: 'delivered', a2: 'delivered' })
    expect(world.attempts.filter(({ attempt }) => !attempt.delivered)).to.have.length(4)
  })

  it('follows a key to another endpoint in order', async () => {
    const world = new World()
    const other = 'http://other.test/'
    world.add('a1', { order: 'a', endpoint })
    world.add('a2', { order: 'a', endpoint: other })
    world.add('a3', { order: 'a', endpoint })
    await world.pass(100)
    expect(world.sent.map(({ id }) => id)).to.deep.equal(['a1', 'a2', 'a3'])
    expect(world.deliveries.state(other)).to.deep.equal({ breaker: 'closed', waiting: 0, underWay: 0 })
  })

  it('sends more at a time while an endpoint takes them, up to its connections, and one after a failure', async () => {
    const world = new World({ connections: 5 })
    let fails = false
    world.answer = () => ({ delivered: !fails, after: 10 })
    for (let n = 0; n < 100; n++) world.add(`m${n}`, { order: `k${n}`, endpoint })
    const seen: number[] = []
    for (let step = 0; step < 5; step++) {
      await world.pass(1)
      seen.push(world.underWay())
      await world.pass(9)
    }
    expect(seen).to.deep.equal([1, 2, 4, 5, 5])
    fails = true
    await world.pass(10)
    fails = false
    await world.pass(10)
    expect(world.underWay()).to.be.at.most(1)
  })

  it('tells what waits and what is under way', async () => {
    const world = new World()
    for (const id of ['a', 'b', 'c']) world.add(id, { order: id, endpoint })
    expect(world.deliveries.state(endpoint)).to.deep.equal({ breaker: 'closed', waiting: 2, underWay: 1 })
    await world.pass(100)
    expect(world.deliveries.state(endpoint)).to.deep.equal({ breaker: 'closed', waiting: 0, underWay: 0 })
    expect(world.deliveries.state('http://unknown.test/')).to.deep.include({ breaker: 'closed' })
  })

  it('forgets an endpoint that nothing is for, and sets no timer any more', async () => {
    const world = new World()
    const batch = (name: string) => {
      for (let n = 0; n < 9; n++) world.add(`${name}${n}`, { order: `${name}${n}`, endpoint })
    }
    batch('a')
    await world.pass(100)
    batch('b')
    expect(world.deliveries.state(endpoint)).to.include({ underWay: 8, waiting: 1 })
    await world.pass(HOUR)
    expect(world.timers).to.equal(0)
    batch('c')
    expect(world.deliveries.state(endpoint)).to.include({ underWay: 1, waiting: 8 })
    await world.pass(100)
    expect(world.told).to.have.length(27)
  })

  it('sets few timers, however many deliveries wait', async () => {
    const world = new World()
    world.answer = () => ({ delivered: false })
    for (let n = 0; n < 1000; n++) world.add(`m${n}`, { order: `k${n}`, endpoint })
    await world.pass(1000)
    // one for each answer of the script, and about one for each pause
    expect(world.timersSet).to.be.below(3 * world.sent.length + 10)
  })
})

describe('5.8.6 deliveries: what is given up', () => {
  it('gives a message up that fails while others get through, and goes on with its key', async () => {
    const world = new World({ attempts: 3 })
    world.answer = ({ id }) => ({ delivered: id !== 'poison' })
    world.add('poison', { order: 'a', endpoint })
    world.add('a2', { order: 'a', endpoint })
    for (let n = 0; n < 50; n++) {
      world.add(`b${n}`, { order: 'b', endpoint })
      await world.pass(100)
    }
    expect(world.outcomes()).to.include({ poison: 'dead', a2: 'delivered', b49: 'delivered' })
    const dead = world.told.find(({ id }) => id === 'poison')!.outcome
    expect(dead).to.deep.equal({
      outcome: 'dead',
      reason: 'Notification is given up after 4 attempts: it answers 500',
      attempts: 4,
    })
    // no other message waited for it
    expect(world.told.filter(({ id, at }) => id[0] === 'b' && at % 100 > 2)).to.deep.equal([])
  })

  it('counts no attempt while the endpoint takes nothing at all', async () => {
    const world = new World({ attempts: 3, retryHours: 24 })
    world.answer = (_, now) => ({ delivered: now > 10 * HOUR })
    for (const id of ['a', 'b', 'c']) world.add(id, { order: id, endpoint })
    await world.pass(11 * HOUR)
    expect(world.outcomes()).to.deep.equal({ a: 'delivered', b: 'delivered', c: 'delivered' })
    expect(world.attempts.length).to.be.above(1000)
  })

  it('gives up what is too old at its time, also what never could be tried', async () => {
    const world = new World()
    world.answer = () => ({ delivered: false, after: 100 })
    world.add('a1', { order: 'a', endpoint })
    await world.pass(HOUR / 2)
    for (let n = 0; n < 9; n++) world.add(`b${n}`, { order: `b${n}`, endpoint })
    world.add('a2', { order: 'a', endpoint })
    await world.pass(HOUR / 2 + 200)
    expect(world.outcomes()).to.deep.equal({ a1: 'dead' })
    await world.pass(HOUR / 2)
    expect(world.told).to.have.length(11)
    for (const { id, at, outcome } of world.told) {
      expect(outcome.outcome).to.equal('dead')
      expect(at, id).to.be.within(id === 'a1' ? HOUR : 1.5 * HOUR, (id === 'a1' ? HOUR : 1.5 * HOUR) + 200)
      expect(outcome)
        .to.have.property('reason')
        .that.matches(/^Notification is given up after 1 h: /)
    }
    expect(world.deliveries.state(endpoint)).to.include({ waiting: 0, underWay: 0 })
  })

  it('drops what is not due any more when its turn comes, and says nothing of the endpoint', async () => {
    const world = new World()
    world.add('a', { order: 'a', endpoint, compose: async () => undefined })
    world.add('b', { order: 'a', endpoint })
    await world.pass(10)
    expect(world.outcomes()).to.deep.equal({ a: 'dropped', b: 'delivered' })
    expect(world.attempts.map(({ id }) => id)).to.deep.equal(['b'])
  })

  it('takes a message that cannot be written as a failed attempt, without blaming the endpoint', async () => {
    const world = new World()
    let fails = 2
    world.add('a', {
      order: 'a',
      endpoint,
      compose: async () => {
        if (fails-- > 0) {
          throw fails === 1 ? new Problem('LdContextNotAvailable', 'Context is away') : new Error('secret')
        }
        return undefined
      },
    })
    world.add('b', { order: 'b', endpoint })
    await world.pass(1)
    expect(world.outcomes()).to.deep.equal({ b: 'delivered' })
    await world.pass(1000)
    expect(world.outcomes()).to.deep.equal({ a: 'dropped', b: 'delivered' })
    expect(world.attempts.filter(({ id }) => id === 'a').map(({ attempt }) => attempt.reason)).to.deep.equal([
      'Notification cannot be written: Context is away',
      'Notification cannot be written',
    ])
  })
})

describe('5.8.6 deliveries: circuit breaker and cooldown', () => {
  it('leaves an endpoint alone after failures of different messages, and longer each time', async () => {
    const world = new World({}, () => 1)
    world.answer = () => ({ delivered: false, after: 0 })
    for (let n = 0; n < 20; n++) world.add(`m${n}`, { order: `k${n}`, endpoint })
    await world.pass(0)
    expect(world.sent.map(({ id }) => id)).to.deep.equal(['m0', 'm1', 'm2', 'm3', 'm4'])
    expect(world.deliveries.state(endpoint)).to.include({ breaker: 'open', waiting: 20, underWay: 0 })
    await world.pass(100_000)
    const times = world.sent.slice(5, 15).map(({ from }) => from)
    expect(times).to.deep.equal([100, 300, 700, 1500, 3100, 6300, 12_700, 22_700, 32_700, 42_700])
    // probes go round: none is tried twice while others have not been tried
    expect(world.sent.slice(5, 15).map(({ id }) => id)).to.deep.equal(
      Array.from({ length: 10 }, (_, n) => `m${n + 5}`),
    )
  })

  it('closes with the first success, and sends all that waits', async () => {
    const world = new World()
    world.answer = (_, now) => ({ delivered: now >= 5000 })
    for (let n = 0; n < 20; n++) world.add(`m${n}`, { order: `k${n}`, endpoint })
    await world.pass(4900)
    expect(world.deliveries.state(endpoint).breaker).to.equal('open')
    await world.pass(10_000)
    expect(world.deliveries.state(endpoint)).to.deep.equal({ breaker: 'closed', waiting: 0, underWay: 0 })
    expect(Object.values(world.outcomes())).to.deep.equal(Array(20).fill('delivered'))
  })

  it('opens for no single message, so that others find the endpoint open', async () => {
    const world = new World()
    world.answer = ({ id }) => ({ delivered: id !== 'poison' })
    world.add('poison', { order: 'a', endpoint })
    await world.pass(HOUR / 2)
    expect(world.deliveries.state(endpoint).breaker).to.equal('closed')
    world.add('good', { order: 'b', endpoint })
    await world.pass(2)
    expect(world.outcomes()).to.deep.equal({ good: 'delivered' })
  })

  it('tries a closed-off endpoint when asked to', async () => {
    const world = new World()
    let works = false
    world.answer = () => ({ delivered: works })
    for (let n = 0; n < 9; n++) world.add(`m${n}`, { order: `k${n}`, endpoint })
    await world.pass(60_000)
    const tried = world.sent.length
    works = true
    world.deliveries.retry(endpoint)
    await world.pass(10)
    expect(world.sent.length).to.be.above(tried)
    expect(world.deliveries.state(endpoint).breaker).to.equal('closed')
    world.deliveries.retry('http://unknown.test/')
  })

  it('leaves a receiver alone for as long as it asks, but an hour at most', async () => {
    const world = new World()
    const wishes = [5000, 86_400_000]
    world.answer = () => {
      const retryAfterMs = wishes.shift()
      return { delivered: retryAfterMs === undefined, after: 0, ...(retryAfterMs && { retryAfterMs }) }
    }
    for (const id of ['a', 'b']) world.add(id, { order: id, endpoint, at: START + 1_000_000 * 10_000 })
    await world.pass(2 * HOUR)
    expect(world.sent.map(({ from }) => from)).to.deep.equal([0, 5000, 5000 + HOUR, 5000 + HOUR])
  })

  it('sends nothing within the cooldown after a failure, whatever waits (5.2.15)', async () => {
    const world = new World()
    world.answer = (_, now) => ({ delivered: now >= 3000 })
    for (let n = 0; n < 4; n++) world.add(`m${n}`, { order: `k${n}`, endpoint, cooldownMs: 2000 })
    await world.pass(10_000)
    expect(world.sent.slice(0, 3).map(({ from }) => from)).to.deep.equal([0, 2001, 4002])
    expect(world.told).to.have.length(4)
  })
})

describe('5.8.6 deliveries: endpoints of others', () => {
  it('delays no quick endpoint by many dead ones', async () => {
    const world = new World({ underWay: 16 })
    world.answer = ({ url }) =>
      url === endpoint ? { delivered: true, after: 1 } : { delivered: false, after: 5000 }
    world.add('first', { order: 'first', endpoint })
    await world.pass(10)
    for (let n = 0; n < 300; n++) world.add(`d${n}`, { order: `d${n}`, endpoint: `http://dead${n}.test/` })
    for (let n = 0; n < 200; n++) {
      world.add(`m${n}`, { order: `m${n % 3}`, endpoint })
      await world.pass(100)
    }
    const late = world.told.filter(({ id, at }) => id[0] === 'm' && at % 100 !== 11)
    expect(late).to.deep.equal([])
    expect(world.told.filter(({ id }) => id[0] === 'm')).to.have.length(200)
    expect(world.underWay()).to.be.within(1, 8)
  })

  it('delays no quick endpoint by many slow ones', async () => {
    const world = new World({ underWay: 16 })
    world.answer = ({ url }) => ({ delivered: true, after: url === endpoint ? 1 : 4000 })
    world.add('first', { order: 'first', endpoint })
    await world.pass(10)
    for (let n = 0; n < 300; n++) world.add(`s${n}`, { order: `s${n}`, endpoint: `http://s${n % 50}.test/` })
    for (let n = 0; n < 100; n++) {
      world.add(`m${n}`, { order: `m${n % 3}`, endpoint })
      await world.pass(100)
    }
    expect(world.told.filter(({ id, at }) => id[0] === 'm' && at % 100 !== 11)).to.deep.equal([])
    expect(world.told.filter(({ id }) => id[0] === 'm')).to.have.length(100)
  })
})

describe('5.8.6 deliveries: what is taken back, and the end', () => {
  it('takes back what waits, and says nothing more of it', async () => {
    const world = new World()
    world.answer = ({ id }) => ({ delivered: id !== 'a1' })
    for (const id of ['a1', 'a2', 'a3', 'b1']) world.add(id, { order: id[0]!, endpoint })
    await world.pass(10) // a1 has failed and waits for its next attempt
    world.deliveries.withdraw('a')
    world.deliveries.withdraw('unknown')
    await world.pass(HOUR)
    expect(world.outcomes()).to.deep.equal({ b1: 'delivered' })
    expect(world.deliveries.state(endpoint)).to.deep.equal({ breaker: 'closed', waiting: 0, underWay: 0 })
    world.add('a4', { order: 'a', endpoint })
    await world.pass(10)
    expect(world.outcomes()).to.deep.equal({ b1: 'delivered', a4: 'delivered' })
  })

  it('tries what was taken back under way not again, and lets the key go on', async () => {
    const world = new World()
    world.answer = ({ id }) => ({ delivered: id !== 'a1', after: 10 })
    world.add('a1', { order: 'a', endpoint })
    world.add('a2', { order: 'a', endpoint })
    await world.pass(5)
    world.deliveries.withdraw('a')
    world.add('a3', { order: 'a', endpoint })
    await world.pass(HOUR)
    expect(world.sent.map(({ id }) => id)).to.deep.equal(['a1', 'a3'])
    expect(world.outcomes()).to.deep.equal({ a1: 'dropped', a3: 'delivered' })
  })

  it('does not send what is taken back while it is written', async () => {
    const world = new World()
    world.add('a', { order: 'a', endpoint })
    world.deliveries.withdraw('a')
    await world.pass(10)
    expect(world.sent).to.deep.equal([])
    expect(world.outcomes()).to.deep.equal({ a: 'dropped' })
  })

  it('waits at its end for what is under way, and starts nothing more', async () => {
    const world = new World()
    world.answer = () => ({ delivered: true, after: 50 })
    for (const id of ['a', 'b', 'c']) world.add(id, { order: id, endpoint })
    await world.pass(10)
    let closed = false
    const end = world.deliveries.close().then(() => {
      closed = true
    })
    world.add('d', { order: 'd', endpoint })
    await world.pass(10)
    expect(closed).to.equal(false)
    await world.pass(HOUR)
    await end
    expect(world.sent.map(({ id }) => id)).to.deep.equal(['a'])
    expect(world.outcomes()).to.deep.equal({ a: 'delivered' })
    await world.deliveries.close()
  })

  it('keeps what failed when it ends untold: it is due again after the next start', async () => {
    const world = new World()
    world.answer = () => ({ delivered: false, after: 50 })
    world.add('a', { order: 'a', endpoint })
    await world.pass(10)
    const end = world.deliveries.close()
    await world.pass(2 * HOUR)
    await end
    expect(world.told).to.deep.equal([])
    expect(world.attempts).to.have.length(1)
  })
})
